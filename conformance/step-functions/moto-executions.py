"""Runs executions in moto's interpreter of Step Functions, whose code is LocalStack's.

Reads {"machines": {name: definition}, "executions": [{"name", "machine", "input", "calls", "alone"}], "longest": seconds} from standard input.
Writes one execution a line: {"name", "status", "error", "cause", "output", "history"}. `calls` defines what each call of the function does, in
this order; further calls do what the last one does. The executions with `alone` run before the others. One that has not ended after so many
seconds is stopped, and has the status UNFINISHED.
"""

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AT_ONCE = 32
TRIES = 40
REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/role"


class Function(BaseHTTPRequestHandler):
    """The function that all tasks invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""

    protocol_version = "HTTP/1.1"
    plays = {}

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call = self.plays[execution_name(event)].next_call(event)
        if "refusal" in call:
            body = json.dumps({"Message": "refused", "Type": "User"}).encode()
            self.answer(call["status"], body, {"x-amzn-ErrorType": call["refusal"]})
        elif "errorType" in call:
            body = json.dumps({"errorType": call["errorType"], "errorMessage": call["errorMessage"], "trace": []}).encode()
            self.answer(200, body, {"X-Amz-Function-Error": "Unhandled", "X-Amz-Executed-Version": "$LATEST"})
        else:
            self.answer(200, json.dumps(call.get("answer")).encode(), {"X-Amz-Executed-Version": "$LATEST"})

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), "x-amzn-RequestId": "request", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def execution_name(event):
    """The name in the payload of a generated machine, of a job's round, or of a job's clean-up."""
    if "executionName" in event:
        return event["executionName"]
    arn = event["cleanUp"]["execution"] if "cleanUp" in event else event["execution"]["Id"]
    return arn.rsplit(":", 1)[-1]


class Play:
    """One execution: what its calls do, and how their task tokens are answered."""

    def __init__(self, sfn, execution):
        self.sfn = sfn
        self.arn = None
        self.calls = execution["calls"]
        self.count = 0
        self.answered = 0
        self.lock = threading.Lock()

    def next_call(self, event):
        with self.lock:
            call = self.calls[min(self.count, len(self.calls) - 1)]
            self.count += 1
            if "answer" in call:
                self.answered += 1
        if "then" in call and "token" in event:
            threading.Thread(target=self.answer_token, args=(event["token"], self.answered, call["then"]), daemon=True).start()
        return call

    def answer_token(self, token, answered, steps):
        """moto loses an answer that arrives before it waits for the token. Each answer is repeated until it has had its effect."""
        while steps and self.events("TaskSubmitted") < answered:
            time.sleep(0.1)
        for step in steps:
            time.sleep(step["after"])
            ended = self.events("TaskSucceeded", "TaskFailed", "TaskTimedOut")
            for _ in range(TRIES):
                try:
                    self.send(token, step)
                except (self.sfn.exceptions.ClientError, AttributeError):
                    time.sleep(0.1)  # the token is not open yet, or closed; and moto fails for executions that are only starting
                    continue
                if step["kind"] == "heartbeat":
                    break
                time.sleep(0.2)
                if self.events("TaskSucceeded", "TaskFailed", "TaskTimedOut") > ended:
                    break

    def send(self, token, step):
        if step["kind"] == "heartbeat":
            self.sfn.send_task_heartbeat(taskToken=token)
        elif step["kind"] == "success":
            self.sfn.send_task_success(taskToken=token, output=json.dumps(step["output"]))
        else:
            self.sfn.send_task_failure(taskToken=token, error=step["error"], cause=step["cause"])

    def events(self, *types):
        if self.arn is None:
            return 0
        events = self.sfn.get_execution_history(executionArn=self.arn)["events"]
        return sum(event["type"] in types for event in events)


def create_and_run(sfn, definition, execution, longest):
    try:
        created = sfn.create_state_machine(name=execution["machine"], definition=json.dumps(definition), roleArn=ROLE)
    except sfn.exceptions.ClientError as error:
        return {"name": execution["name"], "status": "REFUSED", "error": error.response["Error"]["Code"], "cause": str(error), "output": None, "history": []}
    return run(sfn, created["stateMachineArn"], execution, longest)


def run(sfn, machine_arn, execution, longest):
    until = time.monotonic() + longest
    play = Function.plays[execution["name"]] = Play(sfn, execution)
    arn = play.arn = sfn.start_execution(stateMachineArn=machine_arn, name=execution["name"], input=json.dumps(execution["input"]))["executionArn"]
    while True:
        described = sfn.describe_execution(executionArn=arn)
        if described["status"] != "RUNNING" or time.monotonic() > until:
            break
        time.sleep(0.1)
    if described["status"] == "RUNNING":
        described = {"status": "UNFINISHED"}
        threading.Thread(target=sfn.stop_execution, kwargs={"executionArn": arn}, daemon=True).start()  # it may wait for what hangs
    history = sfn.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    return {
        "name": execution["name"],
        "status": described["status"],
        "error": described.get("error"),
        "cause": described.get("cause"),
        "output": json.loads(described["output"]) if "output" in described else None,
        "history": [event_of(event) for event in history],
    }


def event_of(event):
    details = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    kept = {key: details[key] for key in ("name", "input", "output", "error", "cause", "parameters") if key in details}
    return {"type": event["type"], **kept}


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Function)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    os.environ.update(AWS_DEFAULT_REGION=REGION, AWS_ENDPOINT_URL_LAMBDA=endpoint)

    import logging

    import boto3
    from botocore.config import Config
    from moto import mock_aws

    logging.getLogger("moto").setLevel(logging.CRITICAL)  # a state that fails is expected
    given = json.load(sys.stdin)
    settings = {"stepfunctions": {"execute_state_machine": True}, "core": {"passthrough": {"urls": [endpoint]}}}
    with mock_aws(config=settings):
        sfn = boto3.client("stepfunctions", region_name=REGION, config=Config(parameter_validation=False))
        boto3.client("sqs", region_name=REGION).create_queue(QueueName="watch")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            machines = given["machines"]
            for group in (True, False):
                executions = [execution for execution in given["executions"] if execution.get("alone", False) == group]
                for result in pool.map(lambda execution: create_and_run(sfn, machines[execution["machine"]], execution, given["longest"]), executions):
                    print(json.dumps(result), flush=True)
            # Python waits for the threads of an execution that never ends, and here everything is written.
            os._exit(0)


if __name__ == "__main__":
    main()
