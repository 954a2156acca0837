"""Prints the calls per second that boto3 makes of one operation.

Usage: boto3_rate.py URL SECONDS THREADS
"""

import sys
import threading
import time

import boto3
from botocore.config import Config

url, seconds, threads = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
client = boto3.client(
    "sesv2", endpoint_url=url, region_name="us-east-1",
    aws_access_key_id="AKIDEXAMPLE",
    aws_secret_access_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    config=Config(max_pool_connections=threads, retries={"max_attempts": 1}))


def call():
    client.put_email_identity_mail_from_attributes(
        EmailIdentity="example.com", MailFromDomain="bounce.example.com",
        BehaviorOnMxFailure="REJECT_MESSAGE")


def work(counts, i, end):
    while time.monotonic() < end:
        call()
        counts[i] += 1


call()
counts = [0] * threads
start = time.monotonic()
workers = [threading.Thread(target=work, args=(counts, i, start + seconds))
           for i in range(threads)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(sum(counts) / (time.monotonic() - start))
