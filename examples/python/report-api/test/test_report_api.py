"""What would be deployed runs here, without AWS: the API, its function and the state machine. Time is virtual: a run of an hour takes milliseconds."""

import json
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from aws_cdk.assertions import Match, Template
from heavy_batch_testing import HeavyBatchAttempt, HeavyBatchTestKit

from app import app, stack


@pytest.fixture(scope="session")
def started_kit():
    with HeavyBatchTestKit.start(app=app.synth().directory) as kit:
        yield kit


@pytest.fixture
def kit(started_kit):
    started_kit.reset()
    return started_kit


def call(kit, method, path, body=None):
    """Sends a request to the API. Returns the status, the headers and the JSON of the answer."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(kit.url() + path, method=method, data=data, headers={"content-type": "application/json"})
    try:
        answer = urlopen(request)
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, json.load(answer)


def test_a_report_is_answered_at_once_and_shows_its_progress_and_then_the_report(kit):
    report = {"months": [{"month": "2026-01", "customers": 7, "orders": 9, "revenue": 500}]}
    output = ["::progress 7/14 orders until 2026-01-07"]
    kit.script("Shop/Report", HeavyBatchAttempt.succeeds(runs_for=timedelta(minutes=20), output=output, result=report))
    status, headers, _ = call(kit, "POST", "/runs", {"from": "2026-01-01", "days": 14})
    assert status == 202
    kit.advance(minutes=15)
    _, _, run = call(kit, "GET", headers["location"])
    assert run["status"] == "RUNNING"
    assert (run["progress"]["percentage"], run["progress"]["message"]) == (50, "orders until 2026-01-07")
    kit.until_runs_end()
    _, _, run = call(kit, "GET", headers["location"])
    assert (run["status"], run["result"]) == ("SUCCEEDED", report)
    assert [container.command for container in kit.containers()] == [["python3", "report.py", "2026-01-01", "14", "all"]]


def test_a_report_that_runs_out_of_memory_is_computed_again_with_more(kit):
    kit.script("Shop/Report", HeavyBatchAttempt.out_of_memory(), HeavyBatchAttempt.succeeds(result={"months": []}))
    _, headers, _ = call(kit, "POST", "/runs", {})
    kit.until_runs_end()
    _, _, run = call(kit, "GET", headers["location"])
    assert (run["status"], run["round"]) == ("SUCCEEDED", 2)
    assert [container.memory for container in kit.containers()] == [1024, 2048]


def test_a_report_is_cancelled(kit):
    kit.script("Shop/Report", HeavyBatchAttempt.never_ends())
    _, headers, _ = call(kit, "POST", "/runs", {})
    kit.advance(minutes=10)
    status, _, _ = call(kit, "DELETE", headers["location"])
    assert status == 202
    kit.until_runs_end()
    _, _, run = call(kit, "GET", headers["location"])
    assert run["status"] == "CANCELLED"


def test_a_number_of_days_that_is_too_large_is_refused_and_nothing_starts(kit):
    status, _, problem = call(kit, "POST", "/runs", {"days": 5000})
    assert (status, problem["detail"]) == (400, "'days' is more than 1100")
    _, _, listed = call(kit, "GET", "/runs")
    assert listed["runs"] == []
    assert kit.containers() == []


def test_the_page_is_a_route_of_the_api(kit):
    with urlopen(kit.url() + "/") as page:
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>Sales report</h1>" in page.read().decode()


def test_at_most_4_vcpus_work_at_once_and_only_the_page_and_the_api_are_open():
    template = Template.from_stack(stack)
    template.has_resource_properties("AWS::Batch::ComputeEnvironment", {"ComputeResources": Match.object_like({"MaxvCpus": 4})})
    routes = [route["Properties"]["RouteKey"] for route in template.find_resources("AWS::ApiGatewayV2::Route").values()]
    assert sorted(routes) == ["DELETE /{proxy+}", "GET /", "GET /{proxy+}", "POST /{proxy+}"]
