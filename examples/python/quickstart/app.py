from aws_cdk import App, Size, Stack
from aws_cdk import aws_ec2 as ec2
from cdk_heavy_batch import HeavyBatchJob, HeavyBatchResultSource

app = App()
stack = Stack(app, "Quickstart")

HeavyBatchJob(
    stack,
    "Sort",
    image_directory="image",
    instance_types=[ec2.InstanceType("c6i.large"), ec2.InstanceType("m6i.large")],
    vcpus=1,
    memory=Size.mebibytes(1024),
    command=["python3", "trips.py", "Ref::megabytes"],
    parameters={"megabytes": "30"},
    result_source=HeavyBatchResultSource.LOG,
)

app.synth()
