"""Drives the client for Python with an app, whose directory is the argument. `test-kit.test.ts` starts it."""

import json
import sys
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "testing"))
sys.dont_write_bytecode = True

from heavy_batch_testing import HeavyBatchAttempt, HeavyBatchTestKit, HeavyBatchTestKitError  # noqa: E402


def request(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, {"content-type": "application/json"})) as response:
        return json.load(response)


def error_of(action):
    try:
        action()
    except HeavyBatchTestKitError as error:
        return str(error)
    raise AssertionError("there was no error")


with HeavyBatchTestKit.start(app=sys.argv[1], claims={"tenant": "acme"}) as kit:
    assert list(kit.jobs) == ["App/Report", "App/Echo"], kit.jobs
    assert kit.environment["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert kit.now() == datetime(2026, 1, 1, tzinfo=timezone.utc)

    kit.script(
        "App/Report",
        HeavyBatchAttempt.out_of_memory(runs_for=timedelta(minutes=3)),
        HeavyBatchAttempt.succeeds(runs_for=timedelta(minutes=20), output=["::progress 40 rendering"], result={"pages": 12}),
    )
    run = request(f"{kit.url('Api')}/runs", {"pages": "12"})
    kit.advance(minutes=18)
    assert request(f"{kit.url('Api')}/runs/{run['id']}")["progress"]["percentage"] == 40
    kit.until_runs_end()
    ended = request(f"{kit.url('Api')}/runs/{run['id']}?wait=25")
    assert (ended["status"], ended["result"]) == ("SUCCEEDED", {"pages": 12}), ended
    first, second = kit.containers()
    assert second.memory > first.memory and first.command == ["report", "12"] and first.array_index is None

    kit.reset()
    assert kit.containers() == []
    kit.script("Report", HeavyBatchAttempt.fails(exit_code=3), HeavyBatchAttempt.spot_interruption(), HeavyBatchAttempt.never_ends())
    assert error_of(lambda: kit.script("Nothing")).startswith("'job' is \"Nothing\"")
    assert error_of(lambda: kit.url()).startswith("the app has 2 APIs")

assert error_of(lambda: kit.now()).startswith("the test kit was stopped")
assert "the exit code 2" in error_of(lambda: HeavyBatchTestKit.start(app=str(Path(__file__).parent)))
assert "cannot be started" in error_of(lambda: HeavyBatchTestKit.start(node="no-such-node"))
print("all is well")
