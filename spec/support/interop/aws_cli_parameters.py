"""Reads shorthand and command lines with the AWS CLI's own code, to be compared.

    aws_cli_parameters.py < jobs > results

Both are JSON texts, one a line.  A job is one of

    {"action": "version"}
    {"action": "shorthand", "text": text}
    {"action": "command", "service": name, "operation": name, "argv": words}
    {"action": "operations", "service": name}

Models come from AWS_DATA_PATH.  Nothing is sent: where a command would call the
service, its parameters are checked and are the result.  Bytes are {"$bytes":
base64}, times {"$time": seconds since the epoch}.
"""

import base64
import contextlib
import gzip
import io
import json
import pathlib
import sys

import awscli
import botocore.hooks
import botocore.loaders
from awscli import argparser, argprocess, arguments, clidriver, shorthand
from awscli.customizations import binaryformat, exceptions
from botocore import xform_name
from botocore.exceptions import ParamValidationError
from botocore.utils import parse_to_aware_datetime
from botocore.validate import ParamValidator

PARAM_ERRORS = (
    argprocess.ParamError,
    argprocess.ParamSyntaxError,
    exceptions.ParamValidationError,
    ParamValidationError,
)


class Called(Exception):
    """What a command would call, instead of the call."""


def refuse(parser, message):
    raise argparser.ArgParseException(message)


argparser.CLIArgParser.error = refuse

# Half of the time goes into a look at handlers that are known to be right.
botocore.hooks.accepts_kwargs = lambda handler: True


class FileLoader(botocore.loaders.JSONFileLoader):
    """Reads what newer versions of botocore pack as well."""

    def exists(self, path):
        return super().exists(path) or pathlib.Path(f"{path}.json.gz").is_file()

    def load_file(self, path):
        if super().exists(path) or not self.exists(path):
            return super().load_file(path)
        return json.loads(gzip.decompress(pathlib.Path(f"{path}.json.gz").read_bytes()))


botocore.loaders.Loader.FILE_LOADER_CLASS = FileLoader


def kind_of(error):
    if isinstance(error, argparser.ArgParseException):
        return "usage"
    if isinstance(error, arguments.UnknownArgumentError):
        return "unknown"
    return "param" if isinstance(error, PARAM_ERRORS) else "general"


def to_json(value, shape=None):
    """A value that was found valid, by its shape; or any, without one."""
    kind = shape.type_name if shape else None
    if isinstance(value, dict):
        parts = getattr(shape, "members", {})
        rest = getattr(shape, "value", None)
        return {k: to_json(v, parts.get(k, rest)) for k, v in value.items()}
    if isinstance(value, list):
        return [to_json(item, getattr(shape, "member", None)) for item in value]
    if kind == "timestamp":
        return {"$time": parse_to_aware_datetime(value).timestamp()}
    if isinstance(value, bytes) or kind == "blob":
        data = value if isinstance(value, bytes) else value.encode()
        return {"$bytes": base64.b64encode(data).decode()}
    return value


class Caller:
    """Stands for what calls the service."""

    def __init__(self, session):
        self.session = session

    def invoke(self, service_name, operation_name, parameters, parsed_globals):
        model = self.session.get_service_model(service_name)
        operation = model.operation_model(operation_name)
        paging = parameters.pop("PaginationConfig", None)
        if parsed_globals.cli_binary_format != "raw-in-base64-out":
            binaryformat.base64_decode_input_blobs(parameters, operation)
        if operation.input_shape is not None:
            report = ParamValidator().validate(parameters, operation.input_shape)
            if report.has_errors():
                raise ParamValidationError(report=report.generate_report())
        raise Called(
            {
                "params": to_json(parameters, operation.input_shape),
                "paging": paging,
                "paginate": bool(parsed_globals.paginate),
            }
        )


clidriver.CLIOperationCaller = Caller


class Handler:
    """Keeps the error that a command ended with."""

    def handle_exception(self, exception, stdout, stderr, **kwargs):
        self.exception = exception
        return 255


# Reads each model once.
LOADERS = []


def driver():
    made = clidriver.create_clidriver()
    LOADERS.append(made.session.get_component("data_loader"))
    made.session.register_component("data_loader", LOADERS[0])
    made._error_handler = Handler()
    return made


def command(job):
    made = driver()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        made.main([job["service"], xform_name(job["operation"], "-"), *job["argv"]])
    error = getattr(made._error_handler, "exception", None)
    if error is None:
        return {"printed": printed.getvalue()}
    if isinstance(error, Called):
        return error.args[0]
    return {"kind": kind_of(error), "message": str(error)}


def parse_shorthand(job):
    try:
        return {"value": shorthand.ShorthandParser().parse(job["text"])}
    except shorthand.ShorthandParseError as error:
        return {"message": str(error)}


def describe(shape, known):
    """What a shape is made of, shapes within it included."""
    if shape.name not in known:
        known[shape.name] = None
        known[shape.name] = {
            "type": shape.type_name,
            "min": shape.metadata.get("min"),
            "required": sorted(shape.metadata.get("required", [])),
            "members": [
                [name, describe(member, known)]
                for name, member in getattr(shape, "members", {}).items()
            ],
            "within": [
                describe(getattr(shape, part), known)
                for part in ("member", "value")
                if hasattr(shape, part)
            ],
        }
    return known[shape.name]


def operations(job):
    """The inputs of a service's operations, and the options of their commands."""
    made = driver()
    model = made.session.get_service_model(job["service"])
    commands = made._get_command_table()[job["service"]]._get_command_table()
    found = {}
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        table = commands.get(xform_name(name, "-"))
        found[name] = {
            "input": describe(shape, {}) if shape else None,
            "options": ["--" + option for option in table.arg_table] if table else None,
        }
    return found


ACTIONS = {
    "version": lambda job: {"version": awscli.__version__},
    "shorthand": parse_shorthand,
    "command": command,
    "operations": operations,
}


def main():
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps(ACTIONS[job["action"]](job)))


if __name__ == "__main__":
    main()
