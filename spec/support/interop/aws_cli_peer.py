"""Answers for the AWS CLI what a spec asks, in one process.

    aws_cli_peer.py MODELS < jobs > results

Both are JSON texts, one a line.  MODELS is laid out as botocore/data; where it is
empty, or has no model of a service, the AWS CLI's own is taken.
"""

import contextlib
import gzip
import io
import json
import os
import pathlib
import sys
import tempfile
import unicodedata

import awscli  # noqa: F401: its botocore takes the place of any other
import jmespath
from awscli import formatter
from awscli.clidriver import create_clidriver
from awscli.customizations import generatecliskeleton
from botocore import xform_name
from botocore.utils import ArgumentGenerator, parse_timestamp


class Arguments:
    """What a formatter looks at of the command line."""

    def __init__(self, color, query):
        self.color = color
        self.query = jmespath.compile(query)


def show(job):
    """What a query gives, a scalar or a list too, as a format shows it."""
    stream, errors = io.StringIO(), io.StringIO()
    arguments = Arguments(job["color"], job["query"])
    # colorama puts streams of its own in the place of both.
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(errors):
        shown = formatter.get_formatter(job["format"], arguments)
        if job["format"] == "table":
            shown.table._terminal_width = job["width"]
        shown(job["operation"], job.get("pages") or {"value": job["value"]})
    return stream.getvalue()


def description(shape, open_shapes=()):
    """All that a skeleton depends on."""
    if shape is None:
        return ""
    if shape.name in open_shapes:
        return shape.name
    inner = (*open_shapes, shape.name)
    text = f"{shape.name} {shape.type_name}"
    if shape.type_name == "structure":
        parts = [
            f"{'!' if name in shape.required_members else ''}{name}:"
            + description(member, inner)
            for name, member in shape.members.items()
        ]
        return f"{text}({','.join(parts)})"
    if shape.type_name == "list":
        return f"{text}({description(shape.member, inner)})"
    if shape.type_name == "map":
        return f"{text}({description(shape.value, inner)})"
    if getattr(shape, "enum", None):
        return f"{text} {shape.enum[0]}"
    return text


class Skeletons(generatecliskeleton.GenerateCliSkeletonArgument):
    def __init__(self, operation):
        self._operation_model = operation

    def printed(self, kind):
        stream = io.StringIO()
        with contextlib.redirect_stdout(stream):
            getattr(self, f"_generate_{kind}_skeleton")()
        return stream.getvalue()


def skeletons(job):
    """The skeletons of all operations of a service."""
    # The comments are not compared, but where they stand.
    generatecliskeleton.get_shape_doc_overview = lambda shape: "comment"
    service = driver.session.get_service_model(job["service"])
    found = {}
    for name in service.operation_names:
        operation = service.operation_model(name)
        skeleton = Skeletons(operation)
        output = {}
        if operation.output_shape:
            output = ArgumentGenerator(use_member_names=True).generate_skeleton(
                operation.output_shape
            )
        stream = io.StringIO()
        formatter.JSONFormatter(Arguments("off", "@"))(name, output, stream)
        found[name] = {
            "input_shape": description(operation.input_shape),
            "output_shape": description(operation.output_shape),
            "input": skeleton.printed("input"),
            "yaml_input": skeleton.printed("yaml_input"),
            "output": stream.getvalue(),
        }
    return found


def names(job):
    """The names of a service's operations, and of their members."""
    service = driver.session.get_service_model(job["service"])
    found = {}
    for name in service.operation_names:
        shape = service.operation_model(name).input_shape
        members = shape.members if shape else ()
        found[name] = {
            "command": xform_name(name, "-"),
            "members": {member: xform_name(member, "-") for member in members},
        }
    return found


def commands(job):
    """The commands of a service, each with its options."""
    command = driver._get_command_table()[job["service"]]
    return {
        name: sorted(operation.arg_table)
        for name, operation in command._get_command_table().items()
        if hasattr(operation, "arg_table")
    }


def widths(job):
    """Characters as widths, from code point 0: 1, 2, or 0 where there is none."""

    def width(code):
        char = chr(code)
        if unicodedata.category(char) in ("Cn", "Cs"):
            return "0"
        return "2" if unicodedata.east_asian_width(char) in "WFA" else "1"

    return "".join(map(width, range(0x110000)))


def times(job):
    return [parse_timestamp(value).isoformat() for value in job["values"]]


ACTIONS = {
    f.__name__: f for f in (show, skeletons, names, commands, widths, times)
}


def unpack(models, folder):
    """Copies models, for earlier releases do not read what is compressed."""
    for path in pathlib.Path(models).glob("*/*/*.json*"):
        text = path.read_bytes()
        if path.suffix == ".gz":
            path, text = path.with_suffix(""), gzip.decompress(text)
        copy = folder / path.relative_to(models)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(text)


# What a job gives as pages stands for the pages of an operation.
formatter.is_response_paginated = lambda response: isinstance(response, list)


def main(models):
    global driver
    with tempfile.TemporaryDirectory() as folder:
        if models:
            unpack(models, pathlib.Path(folder))
        os.environ["AWS_DATA_PATH"] = folder
        driver = create_clidriver()
        answer_all()


def answer_all():
    for line in sys.stdin:
        job = json.loads(line)
        try:
            result = {"value": ACTIONS[job["action"]](job)}
        except Exception as error:  # the spec says what it was about
            result = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), file=sys.__stdout__)


if __name__ == "__main__":
    main(*sys.argv[1:])
