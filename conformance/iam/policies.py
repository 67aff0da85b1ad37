"""
Checks IAM policies: JSON on standard input, a list of {app, where, place, kind, role, document}. `kind` is identity, trust or resource,
`place` the construct path of the role or resource.

parliament (https://github.com/duo-labs/parliament) checks what a role may do, all of its statements about an action taken together.
policy_sentry (https://github.com/salesforce/policy_sentry) has the newer table of actions; with it each statement is checked: does the
action exist, and does it support the resource? Writes a list of {where, place, kind, findings: [{what, failure}]} as JSON: one for each statement, and
one for each role. explanations.mjs says which findings are accepted, and where.
"""
import json
import re
import sys
from collections import defaultdict

from parliament import analyze_policy_string, is_arn_match
from policy_sentry.querying.actions import get_action_data

# Condition keys that hold an ARN: parliament asks for an operator for ARNs, policy authors may compare text.
ARN_KEY = re.compile(r":\w+Arn$")

STATE_MACHINE = re.compile(r"arn:aws[\w-]*:states:[\w-]+:\d{12}:stateMachine:([\w-]+|\*)")

checks = []


def begin(where, place, kind):
    """Begins a check. Its findings are {what, failure}: `what` names what may be explained at this place; None for what may not."""
    checks.append({"where": where, "place": place, "kind": kind, "findings": []})


def fail(failure, what=None):
    checks[-1]["findings"].append({"what": what, "failure": failure})


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


def check_resource(action, formats, resource, allow):
    if resource == "*":
        if allow and formats:
            fail(f"{action} is allowed on *, but it supports {', '.join(formats)}")
        elif allow:
            fail(f"{action} is allowed on *", f"{action} on *")
    elif not formats and STATE_MACHINE.fullmatch(resource):
        fail(f"{action} does not support a resource like {resource}; it supports none", f"{action} on a state machine")
    elif not any(is_arn_match("*", as_glob(arn_format), resource) for arn_format in formats):
        fail(f"{action} does not support a resource like {resource}; it supports {', '.join(formats) or 'none'}", None if formats else f"{action} on a resource")


def check_statement(kind, statement):
    allow = statement.get("Effect") == "Allow"
    resources = as_list(statement.get("Resource"))
    if "NotAction" in statement or (allow and "NotResource" in statement):
        fail(f"NotAction and NotResource are not allowed: {json.dumps(statement)}")
    if kind == "identity" and not (resources and all(isinstance(resource, str) for resource in resources)):
        fail(f"the resource is not known: {json.dumps(statement)}")
    for action in as_list(statement.get("Action")):
        if "*" in action:
            if allow:
                fail(f"{action} contains a wildcard")
            continue
        formats = resource_formats(action)
        if formats is None:
            fail(f"{action} does not exist")
        elif kind != "trust":
            for resource in resources:
                check_resource(action, formats, resource, allow)
    if allow and statement.get("Principal") in ("*", {"AWS": "*"}) and not statement.get("Condition"):
        fail("everybody is allowed, without a condition")


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


def check_role(statements):
    """What a role may do, by parliament."""
    document = {"Version": "2012-10-17", "Statement": by_action(statements)}
    resources = defaultdict(list)
    for statement in document["Statement"]:
        resources[statement["Action"]] += statement["Resource"]
    compared = {key for statement in document["Statement"] for key in statement.get("Condition", {}).get("StringEquals", {}) if ARN_KEY.search(key)}
    for finding in analyze_policy_string(json.dumps(document)).findings:
        if finding.issue == "RESOURCE_MISMATCH":
            for mismatch in finding.detail:
                action, required = mismatch["action"], mismatch["required_format"]
                if required == "*":
                    what = f"{action} on a {'state machine' if all(STATE_MACHINE.fullmatch(arn) for arn in resources[action]) else 'resource'}"
                elif required.startswith("arn:*:s3:") and any(arn.count(":") > 5 for arn in resources[action]):
                    what = f"{action} on a key with a colon"
                else:
                    what = f"{action} without {required.split(':')[5].split('/')[0]}"
                fail(f"parliament: {action} requires a resource like {required}", what)
        elif finding.issue == "MISMATCHED_TYPE_BUT_USABLE" and len(compared) == 1:
            fail(f"parliament: {finding.issue} {finding.title or ''}", f"{next(iter(compared))} as text")
        else:
            fail(f"parliament: {finding.issue} {finding.title or ''} {json.dumps(finding.detail)}")


roles = defaultdict(list)
for policy in json.load(sys.stdin):
    policy_statements = as_list(policy["document"]["Statement"])
    for policy_statement in policy_statements:
        begin(policy["where"], policy["place"], policy["kind"])
        check_statement(policy["kind"], policy_statement)
    if policy["kind"] == "identity":
        roles[policy["app"], policy["role"], policy["place"]] += policy_statements
for (app, role, place), role_statements in roles.items():
    begin(f"{app}: the role {role}", place, "identity")
    check_role(role_statements)

json.dump(checks, sys.stdout)
