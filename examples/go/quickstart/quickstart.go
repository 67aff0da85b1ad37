package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-heavy-batch/cdk-heavy-batch-go/cdkheavybatch"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Quickstart"), nil)

	cdkheavybatch.NewHeavyBatchJob(stack, jsii.String("Sort"), &cdkheavybatch.HeavyBatchJobProps{
		ImageDirectory: jsii.String("image"),
		InstanceTypes: &[]awsec2.InstanceType{
			awsec2.NewInstanceType(jsii.String("c6i.large")),
			awsec2.NewInstanceType(jsii.String("m6i.large")),
		},
		Vcpus:        jsii.Number(1),
		Memory:       awscdk.Size_Mebibytes(jsii.Number(1024)),
		Command:      jsii.Strings("./trips", "Ref::megabytes"),
		Parameters:   &map[string]*string{"megabytes": jsii.String("30")},
		ResultSource: cdkheavybatch.HeavyBatchResultSource_LOG,
	})

	app.Synth(nil)
}
