# Uses the API by the package that openapi-python-client makes of its document. It prints what it found.
import json
import sys

from generated import Client
from generated.api.default import cancel_run, get_logs, get_run, list_runs, start_run_of_sort
from generated.models import GetLogsFrom, ListRunsJob, ListRunsStatus, ParametersSort

client = Client(base_url=sys.argv[1], timeout=60)
body = ParametersSort(code="abc", megabytes=7)
started = start_run_of_sort.sync(client=client, body=body, idempotency_key="python")
again = start_run_of_sort.sync(client=client, body=body, idempotency_key="python")
run = started
while run.status not in ("SUCCEEDED", "FAILED", "CANCELLED"):
    run = get_run.sync(started.id, client=client, wait=25)
listed = list_runs.sync(client=client, job=ListRunsJob.SORT, status=ListRunsStatus.SUCCEEDED)
logs = get_logs.sync(started.id, client=client, from_=GetLogsFrom.TAIL)
wrong = start_run_of_sort.sync(client=client, body=ParametersSort(code="ABC"))
other = start_run_of_sort.sync(client=client, body=ParametersSort(code="abcd"))
cancelled = cancel_run.sync_detailed(other.id, client=client)

print(json.dumps({
    "isSame": again.id == started.id,
    "status": run.status,
    "listed": any(each.id == started.id for each in listed.runs),
    "lines": len(logs.lines),
    "problem": wrong.errors[0].pointer,
    "cancelled": cancelled.status_code,
}))
