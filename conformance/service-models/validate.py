"""
Validates API calls with AWS's own models of the services, which botocore contains. Each line of the file is a call as JSON: {service,
action, input, output | error, injected, prefix}. Checks what botocore checks (types, required fields, unknown fields) and what it leaves to the
service (maximum lengths and values, patterns, enumerations). Writes {checked, failures} as JSON, with one example of each failure. The name of a
failure begins with the `prefix` of the call, and says the status of a job.
"""
import json
import re
import sys
from collections import Counter

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator, ValidationErrors

MODELS = {"batch": "batch", "sfn": "stepfunctions", "sqs": "sqs", "s3": "s3", "lambda": "lambda", "cloudwatch_logs": "logs"}

# The errors that every operation may return: .../APIReference/CommonErrors.html of each service.
COMMON = {
    "AccessDeniedException", "IncompleteSignature", "InternalFailure", "InvalidAction", "InvalidClientTokenId", "MissingAuthenticationToken", "NotAuthorized",
    "OptInRequired", "RequestExpired", "ServiceUnavailable", "ThrottlingException", "UnrecognizedClientException", "ValidationError", "ValidationException",
    "SerializationException", "UnknownOperationException",
    # Of SQS: .../AWSSimpleQueueService/latest/APIReference/CommonErrors.html
    "MissingParameter", "InvalidParameterValue",
}
# Batch returns it for more than 50 SubmitJob calls a second. Its model has only ClientException and ServerException:
# https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
THROTTLED = {("batch", "TooManyRequestsException")}
# Errors of S3 that its model does not list: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
UNMODELLED = {("s3", "PreconditionFailed")}

# SQS leaves out a list that is empty, although the model says that both are required: the suite `recorded` has answers of SQS itself.
LEFT_OUT = {("sqs", "SendMessageBatch"): ("Successful", "Failed")}


class StrictValidator(ParamValidator):
    """Checks everything that the model defines."""

    def _validate_string(self, param, shape, errors, name):
        super()._validate_string(param, shape, errors, name)
        if not isinstance(param, str):
            return
        self._check_maximum(len(param), shape, errors, name, "length")
        if shape.enum and param not in shape.enum:
            errors.report(name, "unknown enum value", param=param, valid_values=shape.enum)
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, param):
            errors.report(name, "pattern", param=f"{param!r} does not match {pattern}")

    def _validate_list(self, param, shape, errors, name):
        super()._validate_list(param, shape, errors, name)
        if not isinstance(param, list):
            return
        self._check_maximum(len(param), shape, errors, name, "length")
        # botocore skips the members of a list that have neither a minimum length nor required fields.
        for index, item in enumerate(param):
            self._validate(item, shape.member, errors, f"{name}[{index}]")

    def _validate_integer(self, param, shape, errors, name):
        super()._validate_integer(param, shape, errors, name)
        if isinstance(param, int):
            self._check_maximum(param, shape, errors, name, "range")

    _validate_long = _validate_integer

    @staticmethod
    def _check_maximum(value, shape, errors, name, what):
        maximum = shape.metadata.get("max")
        if maximum is not None and value > maximum:
            errors.report(name, f"invalid {what}", param=value, min_value=maximum)


def with_status(name, value):
    """The name of a field; `.jobs[3]` also says the status of this job."""
    found = re.match(r"\.jobs\[(\d+)\]", name)
    return f"{name} ({value['jobs'][int(found[1])].get('status')})" if found else name or "input"


def report(errors, value):
    """One line for each error."""
    lines = []
    for error_type, name, details in errors._errors:
        reported = {key: value for key, value in details.items() if key in ("required_name", "unknown_param", "param", "valid_values", "min_value")}
        lines.append(f"{with_status(name, value)}: {error_type} {json.dumps(reported, default=str)[:200]}")
    return [re.sub(r"\[\d+\]", "[]", line) for line in lines]


loader = Loader()
models = {name: ServiceModel(loader.load_service_model(of, "service-2"), of) for name, of in MODELS.items()}
validator = StrictValidator()
checked = Counter()
failures = {}


def check(what, value, shape):
    checked[what.split(" ")[-1]] += 1
    if shape is None:
        problems = [f"{json.dumps(value)[:200]} is not in the model"] if value else []
    else:
        errors = ValidationErrors()
        validator._validate(value, shape, errors, "")
        problems = report(errors, value) if errors.has_errors() else []
    for problem in problems:
        failures.setdefault(f"{what}: {problem}", json.dumps(value)[:300])


for line in open(sys.argv[1]):
    call = json.loads(line)
    service, action, prefix = call["service"], call["action"], call.get("prefix", "")
    model = models[service]
    if action not in model.operation_names:
        failures.setdefault(f"{prefix}{service} has no {action}", line[:300])
        continue
    operation = model.operation_model(action)
    check(f"{prefix}{service} {action} input", call["input"], operation.input_shape)
    if "output" in call:
        output = {**{name: [] for name in LEFT_OUT.get((service, action), ())}, **call["output"]}
        check(f"{prefix}{service} {action} output", output, operation.output_shape)
    elif not call.get("injected"):
        code = call["error"]
        checked["error"] += 1
        known = {shape.name for shape in operation.error_shapes} | {shape.metadata.get("error", {}).get("code") for shape in operation.error_shapes}
        if code not in known | COMMON and (service, code) not in THROTTLED | UNMODELLED and code.split(".")[-1] not in known:
            failures.setdefault(f"{prefix}{service} {action} returns {code}, which is not in the model", line[:300])

json.dump({"checked": checked, "failures": failures}, sys.stdout)
