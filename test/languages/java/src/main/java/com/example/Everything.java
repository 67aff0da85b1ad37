package com.example;

import io.github.cdkheavybatch.HeavyBatchAllowedOverrides;
import io.github.cdkheavybatch.HeavyBatchApi;
import io.github.cdkheavybatch.HeavyBatchApiJob;
import io.github.cdkheavybatch.HeavyBatchApiParameter;
import io.github.cdkheavybatch.HeavyBatchApiValueType;
import io.github.cdkheavybatch.HeavyBatchCompute;
import io.github.cdkheavybatch.HeavyBatchConsumableResource;
import io.github.cdkheavybatch.HeavyBatchFileSystem;
import io.github.cdkheavybatch.HeavyBatchFileSystemOptions;
import io.github.cdkheavybatch.HeavyBatchImageBuildOptions;
import io.github.cdkheavybatch.HeavyBatchImagePullBehavior;
import io.github.cdkheavybatch.HeavyBatchJob;
import io.github.cdkheavybatch.HeavyBatchJobAttributes;
import io.github.cdkheavybatch.HeavyBatchListFormat;
import io.github.cdkheavybatch.HeavyBatchMap;
import io.github.cdkheavybatch.HeavyBatchMapOptions;
import io.github.cdkheavybatch.HeavyBatchQueueCompute;
import io.github.cdkheavybatch.HeavyBatchResultSource;
import io.github.cdkheavybatch.HeavyBatchRegulatedOptions;
import io.github.cdkheavybatch.IHeavyBatchJob;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Size;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.aws_apigatewayv2_authorizers.HttpUserPoolAuthorizer;
import software.amazon.awscdk.services.apigatewayv2.CorsPreflightOptions;
import software.amazon.awscdk.services.apigatewayv2.ThrottleSettings;
import software.amazon.awscdk.services.batch.Device;
import software.amazon.awscdk.services.batch.JobQueue;
import software.amazon.awscdk.services.batch.Secret;
import software.amazon.awscdk.services.batch.Tmpfs;
import software.amazon.awscdk.services.batch.Ulimit;
import software.amazon.awscdk.services.batch.UlimitName;
import software.amazon.awscdk.services.cloudwatch.CreateAlarmOptions;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cognito.UserPool;
import software.amazon.awscdk.services.ec2.BlockDevice;
import software.amazon.awscdk.services.ec2.BlockDeviceVolume;
import software.amazon.awscdk.services.ec2.InstanceClass;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.KeyPair;
import software.amazon.awscdk.services.ec2.MachineImage;
import software.amazon.awscdk.services.ec2.PlacementGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.UserData;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecr.assets.DockerCacheOption;
import software.amazon.awscdk.services.ecr.assets.NetworkMode;
import software.amazon.awscdk.services.ecs.AwsLogDriverMode;
import software.amazon.awscdk.services.ecs.ContainerInsights;
import software.amazon.awscdk.services.ecs.LogDrivers;
import software.amazon.awscdk.services.efs.AccessPoint;
import software.amazon.awscdk.services.efs.AccessPointOptions;
import software.amazon.awscdk.services.efs.Acl;
import software.amazon.awscdk.services.efs.FileSystem;
import software.amazon.awscdk.services.efs.PosixUser;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.sns.Topic;

public final class Everything {
    public static void main(final String[] args) {
        App app = new App();
        Stack stack = new Stack(app, "Everything");
        Bucket bucket = new Bucket(stack, "Bucket");
        var secret = new software.amazon.awscdk.services.secretsmanager.Secret(stack, "Secret");

        Vpc vpc = Vpc.Builder.create(stack, "Vpc").maxAzs(2).natGateways(0).build();

        HeavyBatchCompute compute = HeavyBatchCompute.Builder.create(stack, "Compute")
            .vpc(vpc)
            .vpcSubnets(SubnetSelection.builder().subnetType(SubnetType.PUBLIC).build())
            .instanceTypes(List.of(new InstanceType("c6i.xlarge"), new InstanceType("m6i.xlarge")))
            .maxvCpus(64)
            .scratchSize(Size.gibibytes(200))
            .spot(true)
            .build();

        // A Map.of with several entries has another order in each process, and the template has the order of the map.
        HeavyBatchJob load = HeavyBatchJob.Builder.create(stack, "Load")
            .compute(compute)
            .imageDirectory("../image")
            .secrets(new TreeMap<>(Map.of(
                "API_KEY", Secret.fromSecretsManager(secret, "key"),
                "PASSWORD", Secret.fromSecretsManager(secret))))
            .environment(new TreeMap<>(Map.of("LANGUAGE", "all", "MODE", "fast")))
            .build();
        bucket.grantReadWrite(load);

        HeavyBatchJob.Builder.create(stack, "Sort")
            .compute(compute)
            .imageDirectory("../image")
            .imageBuild(HeavyBatchImageBuildOptions.builder()
                .buildArgs(Map.of("DEPTH", "3"))
                .buildSecrets(Map.of("npm", "env=NPM_TOKEN"))
                .cacheFrom(List.of(DockerCacheOption.builder().type("gha").build()))
                .networkMode(NetworkMode.HOST)
                .build())
            .vcpus(2)
            .memory(Size.gibibytes(2))
            .maxMemory(Size.gibibytes(6))
            .command(List.of("sort", "Ref::first", "Ref::second"))
            .parameters(new TreeMap<>(Map.of("first", "a", "second", "b")))
            .attempts(5)
            .attemptTimeout(Duration.hours(2))
            .queueTimeout(Duration.minutes(90))
            .retryApplicationErrors(true)
            .build();

        FileSystem files = FileSystem.Builder.create(stack, "Files").vpc(vpc).build();
        AccessPoint accessPoint = files.addAccessPoint("Jobs", AccessPointOptions.builder()
            .path("/jobs")
            .createAcl(Acl.builder().ownerUid("1000").ownerGid("1000").permissions("750").build())
            .posixUser(PosixUser.builder().uid("1000").gid("1000").build())
            .build());
        HeavyBatchJob send = HeavyBatchJob.Builder.create(stack, "Send")
            .compute(compute)
            .imageDirectory("../image")
            .fileSystem(HeavyBatchFileSystem.fromEfsAccessPoint(accessPoint, "/mnt/files",
                HeavyBatchFileSystemOptions.builder().readOnly(true).build()))
            .readonlyRootFilesystem(true)
            .logRetention(RetentionDays.ONE_WEEK)
            .runTimeout(Duration.days(7))
            .resultSource(HeavyBatchResultSource.LOG)
            .stateMachineName("send")
            .tracing(true)
            .build();
        send.grantStartExecution(load);

        UserData userData = UserData.forLinux();
        userData.addCommands("nvidia-smi --persistence-mode=1");
        HeavyBatchJob.Builder.create(stack, "Train")
            .imageDirectory("../image")
            .vpc(vpc)
            .vpcSubnets(SubnetSelection.builder().subnetType(SubnetType.PUBLIC).build())
            .instanceClasses(List.of(InstanceClass.G5))
            .vcpus(4)
            .memory(Size.gibibytes(12))
            .gpus(1)
            .sharedMemorySize(Size.gibibytes(4))
            .tmpfs(List.of(Tmpfs.builder().containerPath("/cache").size(Size.mebibytes(64)).build()))
            .devices(List.of(Device.builder().hostPath("/dev/fuse").build()))
            .ulimits(List.of(Ulimit.builder().name(UlimitName.NOFILE).softLimit(4096).hardLimit(8192).build()))
            .privileged(false)
            .user("1000")
            .enableExecuteCommand(true)
            .allowedOverrides(HeavyBatchAllowedOverrides.builder().environment(List.of("TOPIC")).arraySize(false).build())
            .logMode(AwsLogDriverMode.NON_BLOCKING)
            .logMaxBufferSize(Size.mebibytes(25))
            .consumableResources(List.of(HeavyBatchConsumableResource.builder().consumableResource("arn:aws:batch:us-east-1:123456789012:consumable-resource/seats").quantity(2).build()))
            .userData(userData)
            .machineImage(MachineImage.genericLinux(Map.of("us-east-1", "ami-0123456789abcdef0")))
            .keyPair(KeyPair.fromKeyPairName(stack, "Key", "ops"))
            .blockDevices(List.of(BlockDevice.builder().deviceName("/dev/xvdb").volume(BlockDeviceVolume.ebs(100)).build()))
            .placementGroup(new PlacementGroup(stack, "Group"))
            .minScaleDownDelay(Duration.minutes(20))
            .imagePullBehavior(HeavyBatchImagePullBehavior.ONCE)
            .canContainersAccessInstanceRole(true)
            .containerInsights(ContainerInsights.ENABLED)
            .minvCpus(0)
            .maxvCpus(16)
            .build();

        HeavyBatchQueueCompute existing = HeavyBatchQueueCompute.Builder.create(stack, "Existing")
            .jobQueue(JobQueue.fromJobQueueArn(stack, "Queue", "arn:aws:batch:us-east-1:123456789012:job-queue/heavy"))
            .payloadBucket(bucket)
            .maxvCpus(32)
            .build();
        HeavyBatchJob index = HeavyBatchJob.Builder.create(stack, "Index")
            .compute(existing)
            .imageDirectory("../image")
            .command(List.of("index", "Ref::page"))
            .parameters(Map.of("page", "1"))
            .initProcessEnabled(true)
            .logDriver(LogDrivers.fluentd())
            .build();
        index.addMap("Pages", HeavyBatchMapOptions.builder()
            .bucket(bucket)
            .format(HeavyBatchListFormat.csv(List.of("page")))
            .toleratedFailurePercentage(5)
            .build()).grantRead(load);
        index.metricFailed(MetricOptions.builder().period(Duration.hours(1)).build())
            .createAlarm(stack, "Failed", CreateAlarmOptions.builder().threshold(1).evaluationPeriods(1).build());

        IHeavyBatchJob imported = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, "Imported", HeavyBatchJobAttributes.builder()
            .stateMachineArn("arn:aws:states:us-east-1:123456789012:stateMachine:Imported")
            .build());
        imported.grantManage(load);
        HeavyBatchMap.Builder.create(stack, "Each").job(imported).bucket(bucket).key("list.jsonl").resultBucket(bucket).build();

        Key key = new Key(stack, "DataKey");
        HeavyBatchCompute regulated = HeavyBatchCompute.Builder.create(stack, "Regulated")
            .vpc(vpc)
            .vpcSubnets(SubnetSelection.builder().subnetType(SubnetType.PUBLIC).build())
            .fargate(true)
            .regulated(HeavyBatchRegulatedOptions.builder()
                .encryptionKey(key)
                .accessLogsBucket(new Bucket(stack, "AccessLogs"))
                .logRetention(RetentionDays.TWO_YEARS)
                .alarmTopic(new Topic(stack, "Alarms"))
                .build())
            .build();
        IHeavyBatchJob audit = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, "Audit", HeavyBatchJobAttributes.builder()
            .stateMachineArn("arn:aws:states:us-east-1:123456789012:stateMachine:Audit")
            .encryptionKey(regulated.getEncryptionKey())
            .build());
        audit.grantRead(load);

        HeavyBatchApi api = HeavyBatchApi.Builder.create(stack, "Api")
            .jobs(List.of(
                HeavyBatchApiJob.builder()
                    .job(index)
                    .parameters(Map.of("page", HeavyBatchApiParameter.builder()
                        .valueType(HeavyBatchApiValueType.INTEGER)
                        .description("The number of the page.")
                        .minimum(1)
                        .maximum(999)
                        .build()))
                    .build(),
                HeavyBatchApiJob.builder()
                    .job(imported)
                    .name("other")
                    .parameters(Map.of(
                        "mode", HeavyBatchApiParameter.builder()
                            .valueType(HeavyBatchApiValueType.TEXT)
                            .allowedValues(List.of("fast", "slow"))
                            .pattern("^[a-z]+$")
                            .minLength(1)
                            .maxLength(4)
                            .required(true)
                            .build(),
                        "dry", HeavyBatchApiParameter.builder().valueType(HeavyBatchApiValueType.BOOLEAN).build()))
                    .build()))
            .authorizer(new HttpUserPoolAuthorizer("Login", new UserPool(stack, "Users")))
            .ownerClaim("sub")
            .console(true)
            .retention(Duration.days(30))
            .maxWaitingRequests(10)
            .throttle(ThrottleSettings.builder().rateLimit(10).burstLimit(20).build())
            .cors(CorsPreflightOptions.builder().allowOrigins(List.of("https://app.example.com")).maxAge(Duration.hours(1)).build())
            .logRetention(RetentionDays.ONE_WEEK)
            .title("Pages")
            .build();
        api.metricServerError(MetricOptions.builder().period(Duration.hours(1)).build())
            .createAlarm(stack, "Broken", CreateAlarmOptions.builder().threshold(1).evaluationPeriods(1).build());

        app.synth();
    }
}
