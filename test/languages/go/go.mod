module everything

go 1.26.0

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.258.0
	github.com/aws/jsii-runtime-go v1.142.0
	github.com/cdk-heavy-batch/cdk-heavy-batch-go/cdkheavybatch v0.0.0
)

require github.com/aws/constructs-go/constructs/v10 v10.8.1 // indirect
