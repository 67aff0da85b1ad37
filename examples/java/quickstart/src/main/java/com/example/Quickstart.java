package com.example;

import io.github.cdkheavybatch.HeavyBatchJob;
import io.github.cdkheavybatch.HeavyBatchResultSource;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Size;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.InstanceType;

public final class Quickstart {
    public static void main(final String[] args) {
        App app = new App();
        Stack stack = new Stack(app, "Quickstart");

        HeavyBatchJob.Builder.create(stack, "Sort")
            .imageDirectory("image")
            .instanceTypes(List.of(new InstanceType("c6i.large"), new InstanceType("m6i.large")))
            .vcpus(1)
            .memory(Size.mebibytes(1024))
            .command(List.of("java", "Trips.java", "Ref::megabytes"))
            .parameters(Map.of("megabytes", "30"))
            .resultSource(HeavyBatchResultSource.LOG)
            .build();

        app.synth();
    }
}
