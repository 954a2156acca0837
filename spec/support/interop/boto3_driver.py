"""Does the steps on standard input with boto3, writes the answers.

The steps are JSON, {"url": ..., "steps": [...]}; spec/support/interop/steps.lua
says what they are. The answers are a list of the same length.
"""
import base64
import json
import sys
import urllib.error
import urllib.request

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

clients = {}


def control(url, call):
    request = urllib.request.Request(
        url + "/_emulator/" + call["name"], method=call["method"],
        data=json.dumps(call.get("body", {})).encode(),
        headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return {"result": json.load(response)}


def client_of(url, step):
    attempts, key = step.get("attempts", 1), step["as"]
    name = json.dumps([step["service"], attempts, key])
    if name not in clients:
        clients[name] = boto3.client(
            step["service"], endpoint_url=url, region_name="us-east-1",
            aws_access_key_id=key["id"], aws_secret_access_key=key["secret"],
            aws_session_token=key.get("token"),
            config=Config(retries={"mode": "standard", "total_max_attempts": attempts}))
    return clients[name]


def with_blobs(value):
    if isinstance(value, list):
        return [with_blobs(item) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["$base64"]:
        return base64.b64decode(value["$base64"])
    return {name: with_blobs(item) for name, item in value.items()}


def plain(response):
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def pages(client, method, params, size):
    if client.can_paginate(method):
        pager = client.get_paginator(method)
        return list(pager.paginate(PaginationConfig={"PageSize": size}, **params))
    found = [getattr(client, method)(PageSize=size, **params)]
    while found[-1].get("NextToken"):
        token = found[-1]["NextToken"]
        found.append(getattr(client, method)(PageSize=size, NextToken=token, **params))
    return found


def fetch(url):
    try:
        with urllib.request.urlopen(url) as response:
            return {"result": {"status": response.status, "body": response.read().decode()}}
    except urllib.error.HTTPError as error:
        return {"result": {"status": error.code, "body": error.read().decode()}}


def call(url, step):
    client, method = client_of(url, step), xform_name(step["operation"])
    params = with_blobs(step.get("params", {}))
    if step.get("presign"):
        return fetch(client.generate_presigned_url(method, params, 60, HttpMethod="GET"))
    if step.get("page_size"):
        found = pages(client, method, params, step["page_size"])
        return {"result": {"pages": [plain(page) for page in found]}}
    response = getattr(client, method)(**params)
    return {"result": plain(response),
            "attempts": response["ResponseMetadata"]["RetryAttempts"] + 1}


def do(url, step):
    if "control" in step:
        return control(url, step["control"])
    try:
        return call(url, step)
    except ClientError as error:
        return {"error": {
            "class": type(error).__name__,
            "code": error.response["Error"]["Code"],
            "message": error.response["Error"].get("Message"),
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
        }}


given = json.load(sys.stdin)
json.dump([do(given["url"], step) for step in given["steps"]], sys.stdout)
