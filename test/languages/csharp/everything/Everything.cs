using System.Collections.Generic;
using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.EFS;
using Amazon.CDK.AWS.Logs;
using Amazon.CDK.AWS.S3;
using CdkHeavyBatch;
using AwsLogDriverMode = Amazon.CDK.AWS.ECS.AwsLogDriverMode;
using BatchSecret = Amazon.CDK.AWS.Batch.Secret;
using ContainerInsights = Amazon.CDK.AWS.ECS.ContainerInsights;
using CorsPreflightOptions = Amazon.CDK.AWS.Apigatewayv2.CorsPreflightOptions;
using Device = Amazon.CDK.AWS.Batch.Device;
using DockerCacheOption = Amazon.CDK.AWS.Ecr.Assets.DockerCacheOption;
using HttpUserPoolAuthorizer = Amazon.CDK.AwsApigatewayv2Authorizers.HttpUserPoolAuthorizer;
using JobQueue = Amazon.CDK.AWS.Batch.JobQueue;
using Key = Amazon.CDK.AWS.KMS.Key;
using LogDrivers = Amazon.CDK.AWS.ECS.LogDrivers;
using NetworkMode = Amazon.CDK.AWS.Ecr.Assets.NetworkMode;
using Secret = Amazon.CDK.AWS.SecretsManager.Secret;
using ThrottleSettings = Amazon.CDK.AWS.Apigatewayv2.ThrottleSettings;
using Tmpfs = Amazon.CDK.AWS.Batch.Tmpfs;
using Topic = Amazon.CDK.AWS.SNS.Topic;
using Ulimit = Amazon.CDK.AWS.Batch.Ulimit;
using UlimitName = Amazon.CDK.AWS.Batch.UlimitName;
using UserPool = Amazon.CDK.AWS.Cognito.UserPool;

var app = new App();
var stack = new Stack(app, "Everything");
var bucket = new Bucket(stack, "Bucket");
var secret = new Secret(stack, "Secret");

var vpc = new Vpc(stack, "Vpc", new VpcProps { MaxAzs = 2, NatGateways = 0 });

var compute = new HeavyBatchCompute(stack, "Compute", new HeavyBatchComputeProps
{
    Vpc = vpc,
    VpcSubnets = new SubnetSelection { SubnetType = SubnetType.PUBLIC },
    InstanceTypes = new[] { new InstanceType("c6i.xlarge"), new InstanceType("m6i.xlarge") },
    MaxvCpus = 64,
    ScratchSize = Size.Gibibytes(200),
    Spot = true,
});

var load = new HeavyBatchJob(stack, "Load", new HeavyBatchJobProps
{
    Compute = compute,
    ImageDirectory = "../image",
    Secrets = new Dictionary<string, BatchSecret>
    {
        ["API_KEY"] = BatchSecret.FromSecretsManager(secret, "key"),
        ["PASSWORD"] = BatchSecret.FromSecretsManager(secret),
    },
    Environment = new Dictionary<string, string> { ["LANGUAGE"] = "all", ["MODE"] = "fast" },
});
bucket.GrantReadWrite(load);

new HeavyBatchJob(stack, "Sort", new HeavyBatchJobProps
{
    Compute = compute,
    ImageDirectory = "../image",
    ImageBuild = new HeavyBatchImageBuildOptions
    {
        BuildArgs = new Dictionary<string, string> { ["DEPTH"] = "3" },
        BuildSecrets = new Dictionary<string, string> { ["npm"] = "env=NPM_TOKEN" },
        CacheFrom = new[] { new DockerCacheOption { Type = "gha" } },
        NetworkMode = NetworkMode.HOST,
    },
    Vcpus = 2,
    Memory = Size.Gibibytes(2),
    MaxMemory = Size.Gibibytes(6),
    Command = new[] { "sort", "Ref::first", "Ref::second" },
    Parameters = new Dictionary<string, string> { ["first"] = "a", ["second"] = "b" },
    Attempts = 5,
    AttemptTimeout = Duration.Hours(2),
    QueueTimeout = Duration.Minutes(90),
    RetryApplicationErrors = true,
});

var files = new FileSystem(stack, "Files", new FileSystemProps { Vpc = vpc });
var accessPoint = files.AddAccessPoint("Jobs", new AccessPointOptions
{
    Path = "/jobs",
    CreateAcl = new Acl { OwnerUid = "1000", OwnerGid = "1000", Permissions = "750" },
    PosixUser = new PosixUser { Uid = "1000", Gid = "1000" },
});
var send = new HeavyBatchJob(stack, "Send", new HeavyBatchJobProps
{
    Compute = compute,
    ImageDirectory = "../image",
    FileSystem = HeavyBatchFileSystem.FromEfsAccessPoint(accessPoint, "/mnt/files", new HeavyBatchFileSystemOptions { ReadOnly = true }),
    ReadonlyRootFilesystem = true,
    LogRetention = RetentionDays.ONE_WEEK,
    RunTimeout = Duration.Days(7),
    ResultSource = HeavyBatchResultSource.LOG,
    StateMachineName = "send",
    Tracing = true,
});
send.GrantStartExecution(load);

var userData = UserData.ForLinux();
userData.AddCommands("nvidia-smi --persistence-mode=1");
new HeavyBatchJob(stack, "Train", new HeavyBatchJobProps
{
    ImageDirectory = "../image",
    Vpc = vpc,
    VpcSubnets = new SubnetSelection { SubnetType = SubnetType.PUBLIC },
    InstanceClasses = new[] { InstanceClass.G5 },
    Vcpus = 4,
    Memory = Size.Gibibytes(12),
    Gpus = 1,
    SharedMemorySize = Size.Gibibytes(4),
    Tmpfs = new[] { new Tmpfs { ContainerPath = "/cache", Size = Size.Mebibytes(64) } },
    Devices = new[] { new Device { HostPath = "/dev/fuse" } },
    Ulimits = new[] { new Ulimit { Name = UlimitName.NOFILE, SoftLimit = 4096, HardLimit = 8192 } },
    Privileged = false,
    User = "1000",
    EnableExecuteCommand = true,
    AllowedOverrides = new HeavyBatchAllowedOverrides { Environment = new[] { "TOPIC" }, ArraySize = false },
    LogMode = AwsLogDriverMode.NON_BLOCKING,
    LogMaxBufferSize = Size.Mebibytes(25),
    ConsumableResources = new[] { new HeavyBatchConsumableResource { ConsumableResource = "arn:aws:batch:us-east-1:123456789012:consumable-resource/seats", Quantity = 2 } },
    UserData = userData,
    MachineImage = MachineImage.GenericLinux(new Dictionary<string, string> { ["us-east-1"] = "ami-0123456789abcdef0" }),
    KeyPair = KeyPair.FromKeyPairName(stack, "Key", "ops"),
    BlockDevices = new[] { new BlockDevice { DeviceName = "/dev/xvdb", Volume = BlockDeviceVolume.Ebs(100) } },
    PlacementGroup = new PlacementGroup(stack, "Group"),
    MinScaleDownDelay = Duration.Minutes(20),
    ImagePullBehavior = HeavyBatchImagePullBehavior.ONCE,
    CanContainersAccessInstanceRole = true,
    ContainerInsights = ContainerInsights.ENABLED,
    MinvCpus = 0,
    MaxvCpus = 16,
});

var existing = new HeavyBatchQueueCompute(stack, "Existing", new HeavyBatchQueueComputeProps
{
    JobQueue = JobQueue.FromJobQueueArn(stack, "Queue", "arn:aws:batch:us-east-1:123456789012:job-queue/heavy"),
    PayloadBucket = bucket,
    MaxvCpus = 32,
});
var index = new HeavyBatchJob(stack, "Index", new HeavyBatchJobProps
{
    Compute = existing,
    ImageDirectory = "../image",
    Command = new[] { "index", "Ref::page" },
    Parameters = new Dictionary<string, string> { ["page"] = "1" },
    InitProcessEnabled = true,
    LogDriver = LogDrivers.Fluentd(),
});
index.AddMap("Pages", new HeavyBatchMapOptions
{
    Bucket = bucket,
    Format = HeavyBatchListFormat.Csv(new[] { "page" }),
    ToleratedFailurePercentage = 5,
}).GrantRead(load);
index.MetricFailed(new MetricOptions { Period = Duration.Hours(1) })
    .CreateAlarm(stack, "Failed", new CreateAlarmOptions { Threshold = 1, EvaluationPeriods = 1 });

var imported = HeavyBatchJob.FromHeavyBatchJobAttributes(stack, "Imported", new HeavyBatchJobAttributes
{
    StateMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:Imported",
});
imported.GrantManage(load);
new HeavyBatchMap(stack, "Each", new HeavyBatchMapProps { Job = imported, Bucket = bucket, Key = "list.jsonl", ResultBucket = bucket });

var key = new Key(stack, "DataKey");
var regulated = new HeavyBatchCompute(stack, "Regulated", new HeavyBatchComputeProps
{
    Vpc = vpc,
    VpcSubnets = new SubnetSelection { SubnetType = SubnetType.PUBLIC },
    Fargate = true,
    Regulated = new HeavyBatchRegulatedOptions
    {
        EncryptionKey = key,
        AccessLogsBucket = new Bucket(stack, "AccessLogs"),
        LogRetention = RetentionDays.TWO_YEARS,
        AlarmTopic = new Topic(stack, "Alarms"),
    },
});
var audit = HeavyBatchJob.FromHeavyBatchJobAttributes(stack, "Audit", new HeavyBatchJobAttributes
{
    StateMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:Audit",
    EncryptionKey = regulated.EncryptionKey,
});
audit.GrantRead(load);

var api = new HeavyBatchApi(stack, "Api", new HeavyBatchApiProps
{
    Jobs = new[]
    {
        new HeavyBatchApiJob
        {
            Job = index,
            Parameters = new Dictionary<string, IHeavyBatchApiParameter>
            {
                ["page"] = new HeavyBatchApiParameter
                {
                    ValueType = HeavyBatchApiValueType.INTEGER,
                    Description = "The number of the page.",
                    Minimum = 1,
                    Maximum = 999,
                },
            },
        },
        new HeavyBatchApiJob
        {
            Job = imported,
            Name = "other",
            Parameters = new Dictionary<string, IHeavyBatchApiParameter>
            {
                ["mode"] = new HeavyBatchApiParameter
                {
                    ValueType = HeavyBatchApiValueType.TEXT,
                    AllowedValues = new[] { "fast", "slow" },
                    Pattern = "^[a-z]+$",
                    MinLength = 1,
                    MaxLength = 4,
                    Required = true,
                },
                ["dry"] = new HeavyBatchApiParameter { ValueType = HeavyBatchApiValueType.BOOLEAN },
            },
        },
    },
    Authorizer = new HttpUserPoolAuthorizer("Login", new UserPool(stack, "Users")),
    OwnerClaim = "sub",
    Console = true,
    Retention = Duration.Days(30),
    MaxWaitingRequests = 10,
    Throttle = new ThrottleSettings { RateLimit = 10, BurstLimit = 20 },
    Cors = new CorsPreflightOptions { AllowOrigins = new[] { "https://app.example.com" }, MaxAge = Duration.Hours(1) },
    LogRetention = RetentionDays.ONE_WEEK,
    Title = "Pages",
});
api.MetricServerError(new MetricOptions { Period = Duration.Hours(1) })
    .CreateAlarm(stack, "Broken", new CreateAlarmOptions { Threshold = 1, EvaluationPeriods = 1 });

app.Synth();
