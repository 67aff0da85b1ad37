from pathlib import Path

from aws_cdk import App, CfnOutput, Size, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_apigatewayv2 import HttpMethod, HttpNoneAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from cdk_heavy_batch import (
    HeavyBatchApi,
    HeavyBatchApiJob,
    HeavyBatchApiParameter,
    HeavyBatchApiValueType,
    HeavyBatchJob,
    HeavyBatchResultSource,
)

here = Path(__file__).parent
app = App()
stack = Stack(app, "Shop")

job = HeavyBatchJob(
    stack,
    "Report",
    image_directory=str(here / "image"),
    memory=Size.gibibytes(1),
    max_memory=Size.gibibytes(4),  # a report that needs more than 1 GiB is computed again with 2, and then with 4
    maxv_cpus=4,  # four reports at once; others wait in the queue
    command=["python3", "report.py", "Ref::from", "Ref::days", "Ref::country"],
    parameters={"from": "2026-01-01", "days": "365", "country": "all"},
    result_source=HeavyBatchResultSource.LOG,  # a line that the program prints
)

# What clients may ask for. Anything else is answered with 400, and nothing starts.
parameters = {
    "from": HeavyBatchApiParameter(
        value_type=HeavyBatchApiValueType.TEXT,
        pattern=r"^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        description="The first day, such as 2026-01-01.",
    ),
    "days": HeavyBatchApiParameter(value_type=HeavyBatchApiValueType.INTEGER, minimum=1, maximum=1100),
    "country": HeavyBatchApiParameter(allowed_values=["all", "AT", "DE", "FR", "IT", "NL"]),
}
api = HeavyBatchApi(
    stack,
    "Api",
    jobs=[HeavyBatchApiJob(job=job, parameters=parameters)],
    allow_anonymous_access=True,  # everybody on the internet may ask for reports: the README says how people sign in
)

# The page is a route of the same API, so it needs no permission to call it from another origin.
page = lambda_.Function(
    stack,
    "Page",
    code=lambda_.Code.from_asset(str(here / "page")),
    runtime=lambda_.Runtime.NODEJS_24_X,
    handler="index.handler",
)
api.http_api.add_routes(
    path="/",
    methods=[HttpMethod.GET],
    integration=HttpLambdaIntegration("PageIntegration", page),
    authorizer=HttpNoneAuthorizer(),  # the page itself has no data
)

CfnOutput(stack, "Url", value=api.url)

app.synth()
