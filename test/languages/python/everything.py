from aws_cdk import App, Duration, Size, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_batch as batch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from cdk_heavy_batch import (
    HeavyBatchAllowedOverrides,
    HeavyBatchApi,
    HeavyBatchApiJob,
    HeavyBatchApiParameter,
    HeavyBatchApiValueType,
    HeavyBatchCompute,
    HeavyBatchConsumableResource,
    HeavyBatchFileSystem,
    HeavyBatchImageBuildOptions,
    HeavyBatchImagePullBehavior,
    HeavyBatchJob,
    HeavyBatchListFormat,
    HeavyBatchMap,
    HeavyBatchQueueCompute,
    HeavyBatchResultSource,
    HeavyBatchRegulatedOptions,
)

app = App()
stack = Stack(app, "Everything")
bucket = s3.Bucket(stack, "Bucket")
secret = secretsmanager.Secret(stack, "Secret")

vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)

compute = HeavyBatchCompute(
    stack,
    "Compute",
    vpc=vpc,
    vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
    instance_types=[ec2.InstanceType("c6i.xlarge"), ec2.InstanceType("m6i.xlarge")],
    maxv_cpus=64,
    scratch_size=Size.gibibytes(200),
    spot=True,
)

load = HeavyBatchJob(
    stack,
    "Load",
    compute=compute,
    image_directory="../image",
    secrets={
        "API_KEY": batch.Secret.from_secrets_manager(secret, "key"),
        "PASSWORD": batch.Secret.from_secrets_manager(secret),
    },
    environment={"LANGUAGE": "all", "MODE": "fast"},
)
bucket.grant_read_write(load)

HeavyBatchJob(
    stack,
    "Sort",
    compute=compute,
    image_directory="../image",
    image_build=HeavyBatchImageBuildOptions(
        build_args={"DEPTH": "3"},
        build_secrets={"npm": "env=NPM_TOKEN"},
        cache_from=[ecr_assets.DockerCacheOption(type="gha")],
        network_mode=ecr_assets.NetworkMode.HOST,
    ),
    vcpus=2,
    memory=Size.gibibytes(2),
    max_memory=Size.gibibytes(6),
    command=["sort", "Ref::first", "Ref::second"],
    parameters={"first": "a", "second": "b"},
    attempts=5,
    attempt_timeout=Duration.hours(2),
    queue_timeout=Duration.minutes(90),
    retry_application_errors=True,
)

files = efs.FileSystem(stack, "Files", vpc=vpc)
access_point = files.add_access_point(
    "Jobs",
    path="/jobs",
    create_acl=efs.Acl(owner_uid="1000", owner_gid="1000", permissions="750"),
    posix_user=efs.PosixUser(uid="1000", gid="1000"),
)
send = HeavyBatchJob(
    stack,
    "Send",
    compute=compute,
    image_directory="../image",
    file_system=HeavyBatchFileSystem.from_efs_access_point(access_point, "/mnt/files", read_only=True),
    readonly_root_filesystem=True,
    log_retention=logs.RetentionDays.ONE_WEEK,
    run_timeout=Duration.days(7),
    result_source=HeavyBatchResultSource.LOG,
    state_machine_name="send",
    tracing=True,
)
send.grant_start_execution(load)

user_data = ec2.UserData.for_linux()
user_data.add_commands("nvidia-smi --persistence-mode=1")
HeavyBatchJob(
    stack,
    "Train",
    image_directory="../image",
    vpc=vpc,
    vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
    instance_classes=[ec2.InstanceClass.G5],
    vcpus=4,
    memory=Size.gibibytes(12),
    gpus=1,
    shared_memory_size=Size.gibibytes(4),
    tmpfs=[batch.Tmpfs(container_path="/cache", size=Size.mebibytes(64))],
    devices=[batch.Device(host_path="/dev/fuse")],
    ulimits=[batch.Ulimit(name=batch.UlimitName.NOFILE, soft_limit=4096, hard_limit=8192)],
    privileged=False,
    user="1000",
    enable_execute_command=True,
    allowed_overrides=HeavyBatchAllowedOverrides(environment=["TOPIC"], array_size=False),
    log_mode=ecs.AwsLogDriverMode.NON_BLOCKING,
    log_max_buffer_size=Size.mebibytes(25),
    consumable_resources=[HeavyBatchConsumableResource(consumable_resource="arn:aws:batch:us-east-1:123456789012:consumable-resource/seats", quantity=2)],
    user_data=user_data,
    machine_image=ec2.MachineImage.generic_linux({"us-east-1": "ami-0123456789abcdef0"}),
    key_pair=ec2.KeyPair.from_key_pair_name(stack, "Key", "ops"),
    block_devices=[ec2.BlockDevice(device_name="/dev/xvdb", volume=ec2.BlockDeviceVolume.ebs(100))],
    placement_group=ec2.PlacementGroup(stack, "Group"),
    min_scale_down_delay=Duration.minutes(20),
    image_pull_behavior=HeavyBatchImagePullBehavior.ONCE,
    can_containers_access_instance_role=True,
    container_insights=ecs.ContainerInsights.ENABLED,
    minv_cpus=0,
    maxv_cpus=16,
)

existing = HeavyBatchQueueCompute(
    stack,
    "Existing",
    job_queue=batch.JobQueue.from_job_queue_arn(stack, "Queue", "arn:aws:batch:us-east-1:123456789012:job-queue/heavy"),
    payload_bucket=bucket,
    maxv_cpus=32,
)
index = HeavyBatchJob(
    stack,
    "Index",
    compute=existing,
    image_directory="../image",
    command=["index", "Ref::page"],
    parameters={"page": "1"},
    init_process_enabled=True,
    log_driver=ecs.LogDrivers.fluentd(),
)
index.add_map("Pages", bucket=bucket, format=HeavyBatchListFormat.csv(["page"]), tolerated_failure_percentage=5).grant_read(load)
index.metric_failed(period=Duration.hours(1)).create_alarm(stack, "Failed", threshold=1, evaluation_periods=1)

imported = HeavyBatchJob.from_heavy_batch_job_attributes(
    stack, "Imported", state_machine_arn="arn:aws:states:us-east-1:123456789012:stateMachine:Imported"
)
imported.grant_manage(load)
HeavyBatchMap(stack, "Each", job=imported, bucket=bucket, key="list.jsonl", result_bucket=bucket)

key = kms.Key(stack, "DataKey")
regulated = HeavyBatchCompute(
    stack,
    "Regulated",
    vpc=vpc,
    vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
    fargate=True,
    regulated=HeavyBatchRegulatedOptions(
        encryption_key=key,
        access_logs_bucket=s3.Bucket(stack, "AccessLogs"),
        log_retention=logs.RetentionDays.TWO_YEARS,
        alarm_topic=sns.Topic(stack, "Alarms"),
    ),
)
audit = HeavyBatchJob.from_heavy_batch_job_attributes(
    stack,
    "Audit",
    state_machine_arn="arn:aws:states:us-east-1:123456789012:stateMachine:Audit",
    encryption_key=regulated.encryption_key,
)
audit.grant_read(load)

api = HeavyBatchApi(
    stack,
    "Api",
    jobs=[
        HeavyBatchApiJob(
            job=index,
            parameters={
                "page": HeavyBatchApiParameter(
                    value_type=HeavyBatchApiValueType.INTEGER, description="The number of the page.", minimum=1, maximum=999
                )
            },
        ),
        HeavyBatchApiJob(
            job=imported,
            name="other",
            parameters={
                "mode": HeavyBatchApiParameter(
                    value_type=HeavyBatchApiValueType.TEXT,
                    allowed_values=["fast", "slow"],
                    pattern="^[a-z]+$",
                    min_length=1,
                    max_length=4,
                    required=True,
                ),
                "dry": HeavyBatchApiParameter(value_type=HeavyBatchApiValueType.BOOLEAN),
            },
        ),
    ],
    authorizer=authorizers.HttpUserPoolAuthorizer("Login", cognito.UserPool(stack, "Users")),
    owner_claim="sub",
    console=True,
    retention=Duration.days(30),
    max_waiting_requests=10,
    throttle=apigatewayv2.ThrottleSettings(rate_limit=10, burst_limit=20),
    cors=apigatewayv2.CorsPreflightOptions(allow_origins=["https://app.example.com"], max_age=Duration.hours(1)),
    log_retention=logs.RetentionDays.ONE_WEEK,
    title="Pages",
)
api.metric_server_error(period=Duration.hours(1)).create_alarm(stack, "Broken", threshold=1, evaluation_periods=1)

app.synth()
