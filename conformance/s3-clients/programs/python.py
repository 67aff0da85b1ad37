# The program of a job, as it is for AWS: boto3, and nothing that is for local runs.
import hashlib
import json
import os
import sys

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")


def at(uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


text = s3.get_object(**at(sys.argv[1]))["Body"].read()

bucket = os.environ["BUCKET"]
big = os.urandom(12 * 1024 * 1024)
with open("/tmp/big", "wb") as file:
    file.write(big)
s3.upload_file("/tmp/big", bucket, "a b/big+1")
s3.download_file(bucket, "a b/big+1", "/tmp/copy")
with open("/tmp/copy", "rb") as file:
    is_same = hashlib.sha256(file.read()).digest() == hashlib.sha256(big).digest()
listed = [entry["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for entry in page["Contents"]]

try:
    s3.get_object(**at(os.environ["HEAVY_BATCH_RESULT"]))
except ClientError as error:
    denied = error.response["Error"]["Code"]

result = {"read": len(text), "isSame": is_same, "listed": listed, "denied": denied}
s3.put_object(**at(os.environ["HEAVY_BATCH_RESULT"]), Body=json.dumps(result))
