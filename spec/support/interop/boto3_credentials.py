"""Says what credentials boto3 finds, and uses them with the emulator.

The environment says where they come from, the argument where the emulator is.
"""
import json
import sys

import boto3

session = boto3.Session(region_name="us-east-1")


def client(service):
    return session.client(service, endpoint_url=sys.argv[1])


json.dump({
    "method": session.get_credentials().method,
    "arn": client("sts").get_caller_identity()["Arn"],
    "max_24_hour_send": client("ses").get_send_quota()["Max24HourSend"],
    "sending": client("sesv2").get_account()["SendingEnabled"],
}, sys.stdout)
