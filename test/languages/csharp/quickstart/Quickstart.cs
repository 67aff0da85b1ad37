using System.Collections.Generic;
using Amazon.CDK;
using Amazon.CDK.AWS.EC2;
using CdkHeavyBatch;

var app = new App();
var stack = new Stack(app, "Quickstart");

new HeavyBatchJob(stack, "Sort", new HeavyBatchJobProps
{
    ImageDirectory = "image",
    InstanceTypes = new[] { new InstanceType("c6i.large"), new InstanceType("m6i.large") },
    Vcpus = 1,
    Memory = Size.Mebibytes(1024),
    Command = new[] { "node", "index.js", "Ref::megabytes" },
    Parameters = new Dictionary<string, string> { ["megabytes"] = "30" },
    ResultSource = HeavyBatchResultSource.LOG,
});

app.Synth();
