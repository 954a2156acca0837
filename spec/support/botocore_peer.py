"""Does with botocore what a spec asks for, to be compared.

    botocore_peer.py MODELS < jobs > results

Both are JSON texts, one a line.  MODELS is laid out as botocore/data and may
be empty where no job names a service.  Blobs are base64, times are seconds
since the epoch.
"""

import base64
import datetime
import gzip
import json
import pathlib
import sys

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.model
import botocore.parsers
import botocore.serialize
import botocore.session

FOLDERS = {
    "ses": "ses/2010-12-01",
    "sesv2": "sesv2/2019-09-27",
    "sts": "sts/2011-06-15",
    "sso": "sso/2019-06-10",
    "sso_oidc": "sso-oidc/2019-06-10",
}
UTC = datetime.timezone.utc


class Frozen:
    """Stands for the module datetime where the time does not pass."""

    def __init__(self, seconds):
        now = datetime.datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)

        class Clock(datetime.datetime):
            @classmethod
            def utcnow(cls):
                return now

        self.datetime = Clock


class Models:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.services = {}

    def service(self, name):
        if name not in self.services:
            path = self.root / FOLDERS[name] / "service-2.json"
            if path.exists():
                text = path.read_bytes()
            else:
                text = gzip.decompress(path.with_suffix(".json.gz").read_bytes())
            self.services[name] = botocore.model.ServiceModel(
                json.loads(text), service_name=name
            )
        return self.services[name]

    def operation(self, job):
        return self.service(job["service"]).operation_model(job["operation"])


def to_python(value, shape):
    kind = shape.type_name
    if kind == "structure":
        return {k: to_python(v, shape.members[k]) for k, v in value.items()}
    if kind == "list":
        return [to_python(item, shape.member) for item in value]
    if kind == "map":
        return {k: to_python(v, shape.value) for k, v in value.items()}
    if kind == "blob":
        return base64.b64decode(value)
    if kind == "timestamp":
        return datetime.datetime.fromtimestamp(value, UTC)
    return value


def to_json(value):
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    return value


def request_of(method, url, headers, body):
    request = botocore.awsrequest.AWSRequest(
        method=method, url=url, headers=headers, data=body
    )
    return request


def sign(models, job):
    request = request_of(
        job["method"], job["url"], job["headers"], base64.b64decode(job["body"])
    )
    credentials = botocore.credentials.Credentials(
        job["access_key_id"], job["secret_access_key"], job.get("session_token")
    )
    scope = (credentials, job["service"], job["region"])
    botocore.auth.datetime = Frozen(job["time"])
    if "expires" in job:
        botocore.auth.SigV4QueryAuth(*scope, expires=job["expires"]).add_auth(request)
        return {"url": request.url}
    botocore.auth.SigV4Auth(*scope).add_auth(request)
    return {"headers": dict(request.headers.items())}


def serialize(models, job):
    service = models.service(job["service"])
    operation = models.operation(job)
    params = to_python(job["params"], operation.input_shape) if job["params"] else {}
    serializer = botocore.serialize.create_serializer(
        service.protocol, include_validation=True
    )
    wire = serializer.serialize_to_request(params, operation)
    botocore.awsrequest.prepare_request_dict(wire, "https://example.com")
    request = botocore.awsrequest.create_request_object(wire).prepare()
    body = request.body or b""
    if isinstance(body, str):
        body = body.encode()
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers.items()),
        "body": base64.b64encode(body).decode(),
    }


def parse(models, job):
    service = models.service(job["service"])
    operation = models.operation(job)
    parser = botocore.parsers.create_parser(service.protocol)
    response = {
        "status_code": job["status"],
        "headers": job["headers"],
        "body": base64.b64decode(job["body"]),
    }
    shape = operation.output_shape
    parsed = parser.parse(response, shape)
    if job["status"] >= 300:
        code = parsed["Error"]["Code"]
        shapes = [s for s in operation.error_shapes if s.error_code == code]
        if shapes:
            parsed.update(parser.parse(response, shapes[0]))
    return to_json(parsed)


def reach(shape, found):
    """Adds the members that a shape leads to."""
    if shape is None or shape.name in found:
        return
    found[shape.name] = sorted(getattr(shape, "members", {}))
    for member in getattr(shape, "members", {}).values():
        reach(member, found)
    for part in ("member", "key", "value"):
        reach(getattr(shape, part, None), found)


def describe(models, job):
    """What the operations of a service are made of."""
    service = models.service(job["service"])
    described = {}
    for name in service.operation_names:
        operation = service.operation_model(name)
        members = {}
        for shape in (
            operation.input_shape,
            operation.output_shape,
            *operation.error_shapes,
        ):
            reach(shape, members)
        described[name] = {
            "method": operation.http["method"],
            "uri": operation.http["requestUri"],
            "members": members,
        }
    return described


def profiles(models, job):
    """What a session finds in two shared configuration files."""
    session = botocore.session.Session()
    session.set_config_variable("config_file", job["config"])
    session.set_config_variable("credentials_file", job["credentials"])
    found = session.full_config
    # A botocore that knows no services leaves their sections as they are.
    services = found.get("services") or {
        name.split()[1]: section
        for name, section in found.items()
        if name.startswith("services ")
    }
    return {
        "profiles": found["profiles"],
        "sso_sessions": found.get("sso_sessions", {}),
        "services": services,
    }


ACTIONS = {f.__name__: f for f in (sign, serialize, parse, describe, profiles)}


def main(root):
    models = Models(root)
    for line in sys.stdin:
        job = json.loads(line)
        try:
            result = ACTIONS[job["action"]](models, job)
        except Exception as error:  # the spec says what it was about
            result = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
