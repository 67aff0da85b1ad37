package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2authorizers"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecrassets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsefs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-heavy-batch/cdk-heavy-batch-go/cdkheavybatch"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Everything"), nil)
	bucket := awss3.NewBucket(stack, jsii.String("Bucket"), nil)
	secret := awssecretsmanager.NewSecret(stack, jsii.String("Secret"), nil)

	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{MaxAzs: jsii.Number(2), NatGateways: jsii.Number(0)})

	compute := cdkheavybatch.NewHeavyBatchCompute(stack, jsii.String("Compute"), &cdkheavybatch.HeavyBatchComputeProps{
		Vpc:        vpc,
		VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC},
		InstanceTypes: &[]awsec2.InstanceType{
			awsec2.NewInstanceType(jsii.String("c6i.xlarge")),
			awsec2.NewInstanceType(jsii.String("m6i.xlarge")),
		},
		MaxvCpus:    jsii.Number(64),
		ScratchSize: awscdk.Size_Gibibytes(jsii.Number(200)),
		Spot:        jsii.Bool(true),
	})

	load := cdkheavybatch.NewHeavyBatchJob(stack, jsii.String("Load"), &cdkheavybatch.HeavyBatchJobProps{
		Compute:        compute,
		ImageDirectory: jsii.String("../image"),
		Secrets: &map[string]awsbatch.Secret{
			"API_KEY":  awsbatch.Secret_FromSecretsManager(secret, jsii.String("key")),
			"PASSWORD": awsbatch.Secret_FromSecretsManager(secret, nil),
		},
		Environment: &map[string]*string{
			"LANGUAGE": jsii.String("all"),
			"MODE":     jsii.String("fast"),
		},
	})
	bucket.GrantReadWrite(load, nil)

	cdkheavybatch.NewHeavyBatchJob(stack, jsii.String("Sort"), &cdkheavybatch.HeavyBatchJobProps{
		Compute:        compute,
		ImageDirectory: jsii.String("../image"),
		ImageBuild: &cdkheavybatch.HeavyBatchImageBuildOptions{
			BuildArgs:    &map[string]*string{"DEPTH": jsii.String("3")},
			BuildSecrets: &map[string]*string{"npm": jsii.String("env=NPM_TOKEN")},
			CacheFrom:    &[]*awsecrassets.DockerCacheOption{{Type: jsii.String("gha")}},
			NetworkMode:  awsecrassets.NetworkMode_HOST(),
		},
		Vcpus:     jsii.Number(2),
		Memory:    awscdk.Size_Gibibytes(jsii.Number(2)),
		MaxMemory: awscdk.Size_Gibibytes(jsii.Number(6)),
		Command:   jsii.Strings("sort", "Ref::first", "Ref::second"),
		Parameters: &map[string]*string{
			"first":  jsii.String("a"),
			"second": jsii.String("b"),
		},
		Attempts:               jsii.Number(5),
		AttemptTimeout:         awscdk.Duration_Hours(jsii.Number(2)),
		QueueTimeout:           awscdk.Duration_Minutes(jsii.Number(90)),
		RetryApplicationErrors: jsii.Bool(true),
	})

	files := awsefs.NewFileSystem(stack, jsii.String("Files"), &awsefs.FileSystemProps{Vpc: vpc})
	accessPoint := files.AddAccessPoint(jsii.String("Jobs"), &awsefs.AccessPointOptions{
		Path:      jsii.String("/jobs"),
		CreateAcl: &awsefs.Acl{OwnerUid: jsii.String("1000"), OwnerGid: jsii.String("1000"), Permissions: jsii.String("750")},
		PosixUser: &awsefs.PosixUser{Uid: jsii.String("1000"), Gid: jsii.String("1000")},
	})
	send := cdkheavybatch.NewHeavyBatchJob(stack, jsii.String("Send"), &cdkheavybatch.HeavyBatchJobProps{
		Compute:        compute,
		ImageDirectory: jsii.String("../image"),
		FileSystem: cdkheavybatch.HeavyBatchFileSystem_FromEfsAccessPoint(accessPoint, jsii.String("/mnt/files"),
			&cdkheavybatch.HeavyBatchFileSystemOptions{ReadOnly: jsii.Bool(true)}),
		ReadonlyRootFilesystem: jsii.Bool(true),
		LogRetention:           awslogs.RetentionDays_ONE_WEEK,
		RunTimeout:             awscdk.Duration_Days(jsii.Number(7)),
		ResultSource:           cdkheavybatch.HeavyBatchResultSource_LOG,
		StateMachineName:       jsii.String("send"),
		Tracing:                jsii.Bool(true),
	})
	send.GrantStartExecution(load)

	userData := awsec2.UserData_ForLinux(nil)
	userData.AddCommands(jsii.String("nvidia-smi --persistence-mode=1"))
	cdkheavybatch.NewHeavyBatchJob(stack, jsii.String("Train"), &cdkheavybatch.HeavyBatchJobProps{
		ImageDirectory:   jsii.String("../image"),
		Vpc:              vpc,
		VpcSubnets:       &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC},
		InstanceClasses:  &[]awsec2.InstanceClass{awsec2.InstanceClass_G5},
		Vcpus:            jsii.Number(4),
		Memory:           awscdk.Size_Gibibytes(jsii.Number(12)),
		Gpus:             jsii.Number(1),
		SharedMemorySize: awscdk.Size_Gibibytes(jsii.Number(4)),
		Tmpfs: &[]*awsbatch.Tmpfs{{
			ContainerPath: jsii.String("/cache"),
			Size:          awscdk.Size_Mebibytes(jsii.Number(64)),
		}},
		Devices: &[]*awsbatch.Device{{HostPath: jsii.String("/dev/fuse")}},
		Ulimits: &[]*awsbatch.Ulimit{{
			Name:      awsbatch.UlimitName_NOFILE,
			SoftLimit: jsii.Number(4096),
			HardLimit: jsii.Number(8192),
		}},
		Privileged:           jsii.Bool(false),
		User:                 jsii.String("1000"),
		EnableExecuteCommand: jsii.Bool(true),
		AllowedOverrides: &cdkheavybatch.HeavyBatchAllowedOverrides{
			Environment: &[]*string{jsii.String("TOPIC")},
			ArraySize:   jsii.Bool(false),
		},
		LogMode:          awsecs.AwsLogDriverMode_NON_BLOCKING,
		LogMaxBufferSize: awscdk.Size_Mebibytes(jsii.Number(25)),
		ConsumableResources: &[]*cdkheavybatch.HeavyBatchConsumableResource{{
			ConsumableResource: jsii.String("arn:aws:batch:us-east-1:123456789012:consumable-resource/seats"),
			Quantity:           jsii.Number(2),
		}},
		UserData:     userData,
		MachineImage: awsec2.MachineImage_GenericLinux(&map[string]*string{"us-east-1": jsii.String("ami-0123456789abcdef0")}, nil),
		KeyPair:      awsec2.KeyPair_FromKeyPairName(stack, jsii.String("Key"), jsii.String("ops")),
		BlockDevices: &[]*awsec2.BlockDevice{{
			DeviceName: jsii.String("/dev/xvdb"),
			Volume:     awsec2.BlockDeviceVolume_Ebs(jsii.Number(100), nil),
		}},
		PlacementGroup:                  awsec2.NewPlacementGroup(stack, jsii.String("Group"), nil),
		MinScaleDownDelay:               awscdk.Duration_Minutes(jsii.Number(20)),
		ImagePullBehavior:               cdkheavybatch.HeavyBatchImagePullBehavior_ONCE,
		CanContainersAccessInstanceRole: jsii.Bool(true),
		ContainerInsights:               awsecs.ContainerInsights_ENABLED,
		MinvCpus:                        jsii.Number(0),
		MaxvCpus:                        jsii.Number(16),
	})

	existing := cdkheavybatch.NewHeavyBatchQueueCompute(stack, jsii.String("Existing"), &cdkheavybatch.HeavyBatchQueueComputeProps{
		JobQueue: awsbatch.JobQueue_FromJobQueueArn(stack, jsii.String("Queue"),
			jsii.String("arn:aws:batch:us-east-1:123456789012:job-queue/heavy")),
		PayloadBucket: bucket,
		MaxvCpus:      jsii.Number(32),
	})
	index := cdkheavybatch.NewHeavyBatchJob(stack, jsii.String("Index"), &cdkheavybatch.HeavyBatchJobProps{
		Compute:            existing,
		ImageDirectory:     jsii.String("../image"),
		Command:            jsii.Strings("index", "Ref::page"),
		Parameters:         &map[string]*string{"page": jsii.String("1")},
		InitProcessEnabled: jsii.Bool(true),
		LogDriver:          awsecs.LogDrivers_Fluentd(nil),
	})
	index.AddMap(jsii.String("Pages"), &cdkheavybatch.HeavyBatchMapOptions{
		Bucket:                     bucket,
		Format:                     cdkheavybatch.HeavyBatchListFormat_Csv(jsii.Strings("page")),
		ToleratedFailurePercentage: jsii.Number(5),
	}).GrantRead(load)
	index.MetricFailed(&awscloudwatch.MetricOptions{Period: awscdk.Duration_Hours(jsii.Number(1))}).
		CreateAlarm(stack, jsii.String("Failed"), &awscloudwatch.CreateAlarmOptions{
			Threshold:         jsii.Number(1),
			EvaluationPeriods: jsii.Number(1),
		})

	imported := cdkheavybatch.HeavyBatchJob_FromHeavyBatchJobAttributes(stack, jsii.String("Imported"), &cdkheavybatch.HeavyBatchJobAttributes{
		StateMachineArn: jsii.String("arn:aws:states:us-east-1:123456789012:stateMachine:Imported"),
	})
	imported.GrantManage(load)
	cdkheavybatch.NewHeavyBatchMap(stack, jsii.String("Each"), &cdkheavybatch.HeavyBatchMapProps{
		Job:          imported,
		Bucket:       bucket,
		Key:          jsii.String("list.jsonl"),
		ResultBucket: bucket,
	})

	key := awskms.NewKey(stack, jsii.String("DataKey"), nil)
	regulated := cdkheavybatch.NewHeavyBatchCompute(stack, jsii.String("Regulated"), &cdkheavybatch.HeavyBatchComputeProps{
		Vpc:        vpc,
		VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC},
		Fargate:    jsii.Bool(true),
		Regulated: &cdkheavybatch.HeavyBatchRegulatedOptions{
			EncryptionKey:    key,
			AccessLogsBucket: awss3.NewBucket(stack, jsii.String("AccessLogs"), nil),
			LogRetention:     awslogs.RetentionDays_TWO_YEARS,
			AlarmTopic:       awssns.NewTopic(stack, jsii.String("Alarms"), nil),
		},
	})
	audit := cdkheavybatch.HeavyBatchJob_FromHeavyBatchJobAttributes(stack, jsii.String("Audit"), &cdkheavybatch.HeavyBatchJobAttributes{
		StateMachineArn: jsii.String("arn:aws:states:us-east-1:123456789012:stateMachine:Audit"),
		EncryptionKey:   regulated.EncryptionKey(),
	})
	audit.GrantRead(load)

	api := cdkheavybatch.NewHeavyBatchApi(stack, jsii.String("Api"), &cdkheavybatch.HeavyBatchApiProps{
		Jobs: &[]*cdkheavybatch.HeavyBatchApiJob{
			{
				Job: index,
				Parameters: &map[string]*cdkheavybatch.HeavyBatchApiParameter{
					"page": {
						ValueType:   cdkheavybatch.HeavyBatchApiValueType_INTEGER,
						Description: jsii.String("The number of the page."),
						Minimum:     jsii.Number(1),
						Maximum:     jsii.Number(999),
					},
				},
			},
			{
				Job:  imported,
				Name: jsii.String("other"),
				Parameters: &map[string]*cdkheavybatch.HeavyBatchApiParameter{
					"mode": {
						ValueType:     cdkheavybatch.HeavyBatchApiValueType_TEXT,
						AllowedValues: jsii.Strings("fast", "slow"),
						Pattern:       jsii.String("^[a-z]+$"),
						MinLength:     jsii.Number(1),
						MaxLength:     jsii.Number(4),
						Required:      jsii.Bool(true),
					},
					"dry": {ValueType: cdkheavybatch.HeavyBatchApiValueType_BOOLEAN},
				},
			},
		},
		Authorizer: awsapigatewayv2authorizers.NewHttpUserPoolAuthorizer(jsii.String("Login"),
			awscognito.NewUserPool(stack, jsii.String("Users"), nil), nil),
		OwnerClaim:         jsii.String("sub"),
		Console:            jsii.Bool(true),
		Retention:          awscdk.Duration_Days(jsii.Number(30)),
		MaxWaitingRequests: jsii.Number(10),
		Throttle:           &awsapigatewayv2.ThrottleSettings{RateLimit: jsii.Number(10), BurstLimit: jsii.Number(20)},
		Cors: &awsapigatewayv2.CorsPreflightOptions{
			AllowOrigins: jsii.Strings("https://app.example.com"),
			MaxAge:       awscdk.Duration_Hours(jsii.Number(1)),
		},
		LogRetention: awslogs.RetentionDays_ONE_WEEK,
		Title:        jsii.String("Pages"),
	})
	api.MetricServerError(&awscloudwatch.MetricOptions{Period: awscdk.Duration_Hours(jsii.Number(1))}).
		CreateAlarm(stack, jsii.String("Broken"), &awscloudwatch.CreateAlarmOptions{
			Threshold:         jsii.Number(1),
			EvaluationPeriods: jsii.Number(1),
		})

	app.Synth(nil)
}
