"""
Judges IAM policies, given as JSON on standard input: a list of {where, kind, document}, kind being identity, trust or resource;
of an identity also its app and its roles.

parliament (https://github.com/duo-labs/parliament) judges what a principal may do, all of its statements about an action taken
together; policy_sentry (https://github.com/salesforce/policy_sentry) has the younger table of actions, and judges whether each
resource is one that the action knows. Answers a list of {where, failure} or {where, explained}, and one {passed: count}.
"""
import json
import re
import sys
from collections import defaultdict

from parliament import analyze_policy_string, is_arn_match
from policy_sentry.querying.actions import get_action_data

# Why an action may have the resource *. It must know nothing narrower as well.
STAR = {
    "batch:DescribeJobs": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html has no resource type for it",
    "batch:ListJobs": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html has no resource type for it",
    "ecr:GetAuthorizationToken": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html has no resource type for it",
    "xray:PutTraceSegments": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html has no resource type for it",
    "xray:PutTelemetryRecords": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html has no resource type for it",
    "xray:GetSamplingRules": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html has no resource type for it",
    "xray:GetSamplingTargets": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html has no resource type for it",
}

# Where AWS does not do as its table of actions says: (action, resource type that the table wants) to why.
CALLBACK = "the table knows no resource for it, and still it is the state machine that is asked about: tried out in https://github.com/aws/aws-cdk/pull/8486, and said by AWS in https://github.com/NOAA-OWP/hydrovis/issues/837"
TABLE_IS_WRONG = {
    ("batch:SubmitJob", "job"): "a job that is yet to be has no ARN; queue and definition are what is asked about: https://docs.aws.amazon.com/batch/latest/userguide/iam-example-restrict-job-queue.html",
    ("states:DescribeExecution", "express"): "ours are standard executions; express ones cannot be described: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html",
    ("states:SendTaskSuccess", "*"): CALLBACK,
    ("states:SendTaskFailure", "*"): CALLBACK,
    ("states:SendTaskHeartbeat", "*"): CALLBACK,
}

# Why parliament's word about a condition key is not followed.
KEYS = {
    "elasticfilesystem:AccessPointArn": "an ARN compared as text, as AWS's own example does: https://docs.aws.amazon.com/efs/latest/ug/access-points-iam-policy.html",
}

results = []
passed = 0


def explained(where, what, why):
    results.append({"where": where, "explained": what, "why": why})


def failure(where, what):
    results.append({"where": where, "failure": what})


def as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def resource_types(action):
    """The ARN formats that the action knows, by resource type; None for an action that does not exist."""
    service, name = action.split(":", 1)
    data = get_action_data(service, name)
    if not data:
        return None
    return [row["resource_arn_format"] for row in data[service] if row["resource_arn_format"] != "*"]


def glob(arn_format):
    return re.sub(r"\$\{[^}]+\}", "*", arn_format)


def judge_statement(where, kind, statement):
    ok = True
    allow = statement.get("Effect") == "Allow"
    if "NotAction" in statement or (allow and "NotResource" in statement):
        failure(where, f"says what it is not about: {json.dumps(statement)}")
        ok = False
    if kind == "identity" and not all(isinstance(resource, str) for resource in as_list(statement.get("Resource")) or [None]):
        failure(where, f"it cannot be told what it is about: {json.dumps(statement)}")
        ok = False
    for action in as_list(statement.get("Action")):
        if "*" in action:
            if allow:
                failure(where, f"{action} has a wild card")
                ok = False
            continue
        known = resource_types(action)
        if known is None:
            failure(where, f"{action} does not exist")
            ok = False
            continue
        if kind == "trust":
            continue
        for resource in filter(None, as_list(statement.get("Resource"))):
            if resource == "*":
                if not allow:
                    continue
                if known or action not in STAR:
                    failure(where, f"{action} is allowed on *, " + (f"and {', '.join(known)} would do" if known else "without a reason"))
                    ok = False
                else:
                    explained(where, f"{action} on *", STAR[action])
            elif not known and (action, "*") in TABLE_IS_WRONG:
                explained(where, f"{action} on an ARN", TABLE_IS_WRONG[(action, "*")])
            elif not any(is_arn_match("*", glob(one), resource) for one in known):
                failure(where, f"{action} has no resource like {resource}; it has {', '.join(known) or 'none'}")
                ok = False
    principal = statement.get("Principal")
    if allow and principal in ("*", {"AWS": "*"}) and not statement.get("Condition"):
        failure(where, "anybody may, without a condition")
        ok = False
    return ok


def judge_principal(where, statements):
    """What a principal may do, by parliament: one statement for each action, with all the resources that it is allowed on."""
    resources = defaultdict(list)
    for statement in statements:
        if statement.get("Effect") != "Allow":
            continue
        for action in as_list(statement.get("Action")):
            resources[action, json.dumps(statement.get("Condition"))] += as_list(statement.get("Resource"))
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": action, "Resource": sorted(set(on)), **({"Condition": json.loads(condition)} if json.loads(condition) else {})}
            for (action, condition), on in resources.items()
        ],
    }
    as_text = {key for statement in document["Statement"] for key in statement.get("Condition", {}).get("StringEquals", {}) if key.endswith("Arn")}
    ok = True
    for finding in analyze_policy_string(json.dumps(document)).findings:
        if finding.issue == "RESOURCE_MISMATCH":
            for mismatch in finding.detail:
                wanted = mismatch["required_format"]
                resource_type = wanted if wanted == "*" else wanted.split(":")[5].split("/")[0]
                why = TABLE_IS_WRONG.get((mismatch["action"], resource_type))
                if why:
                    explained(where, f"{mismatch['action']} without {resource_type}" if resource_type != "*" else f"{mismatch['action']} on an ARN", why)
                else:
                    failure(where, f"parliament: {mismatch['action']} wants a resource like {wanted}")
                    ok = False
        elif finding.issue == "MISMATCHED_TYPE_BUT_USABLE" and as_text and as_text <= set(KEYS):
            for key in as_text:
                explained(where, f"{key} as text", KEYS[key])
        else:
            failure(where, f"parliament: {finding.issue} {finding.title or ''} {json.dumps(finding.detail)}")
            ok = False
    return ok


principals = defaultdict(list)
for policy in json.load(sys.stdin):
    statements = as_list(policy["document"]["Statement"])
    passed += sum(judge_statement(policy["where"], policy["kind"], statement) for statement in statements)
    if policy["kind"] == "identity":
        for role in policy["roles"]:
            principals[policy["app"], role] += statements
for (app, role), statements in principals.items():
    passed += judge_principal(f"{app}: the role {role}", statements)

json.dump({"results": results, "passed": passed, "reasons": [f"{action} on *" for action in STAR] + [f"{key} as text" for key in KEYS] + [f"{action} on an ARN" if wanted == "*" else f"{action} without {wanted}" for action, wanted in TABLE_IS_WRONG]}, sys.stdout)
