"""Tests of an app with HeavyBatchJob in Python: a client of ``heavy-batch test-kit``.

It needs Python 3.9 or later, the standard library only, and ``node`` on the PATH.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import Any, Mapping, Optional, Sequence

__all__ = ["HeavyBatchAttempt", "HeavyBatchContainer", "HeavyBatchTestKit", "HeavyBatchTestKitError"]

_PROGRAM = Path(__file__).resolve().parent.parent / "bin" / "heavy-batch.js"
_LONGEST_END = 10.0
"""Seconds that the process has to end, before it is killed."""
_MOST_NOTES = 20


class HeavyBatchTestKitError(Exception):
    """The test kit cannot do what it was asked for. The message says why."""


@dataclass(frozen=True)
class HeavyBatchAttempt:
    """What the container of an attempt does in a test: how long it runs, what it writes, and how it ends."""

    ends: str
    runs_for: Optional[timedelta] = None
    """One minute by default."""
    output: Sequence[str] = ()
    """The lines that the container writes, at equal intervals while it runs."""
    result: Any = None
    exit_code: Optional[int] = None

    @staticmethod
    def succeeds(*, runs_for: Optional[timedelta] = None, output: Sequence[str] = (), result: Any = None) -> HeavyBatchAttempt:
        """The container ends with the exit code 0. ``result`` is the result of the job, as JSON."""
        return HeavyBatchAttempt("SUCCEEDS", runs_for, output, result)

    @staticmethod
    def fails(*, exit_code: int = 1, runs_for: Optional[timedelta] = None, output: Sequence[str] = ()) -> HeavyBatchAttempt:
        """The container ends with another exit code, from 1 to 255."""
        return HeavyBatchAttempt("FAILS", runs_for, output, exit_code=exit_code)

    @staticmethod
    def out_of_memory(*, runs_for: Optional[timedelta] = None, output: Sequence[str] = ()) -> HeavyBatchAttempt:
        """The kernel kills the container, since it needs more memory than it has."""
        return HeavyBatchAttempt("OUT_OF_MEMORY", runs_for, output)

    @staticmethod
    def spot_interruption(*, runs_for: Optional[timedelta] = None, output: Sequence[str] = ()) -> HeavyBatchAttempt:
        """AWS takes the Spot capacity back. On a queue of On-Demand capacity, the instance is lost."""
        return HeavyBatchAttempt("SPOT_INTERRUPTION", runs_for, output)

    @staticmethod
    def never_ends(*, runs_for: Optional[timedelta] = None, output: Sequence[str] = ()) -> HeavyBatchAttempt:
        """The container runs until it is stopped, for example by its time limit. Its lines are written within ``runs_for``."""
        return HeavyBatchAttempt("NEVER", runs_for, output)

    def to_json(self) -> dict[str, Any]:
        """As the command ``script`` takes it."""
        fields = {
            "ends": self.ends,
            "runsFor": None if self.runs_for is None else _milliseconds(self.runs_for),
            "output": list(self.output),
            "result": self.result,
            "exitCode": self.exit_code,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True)
class HeavyBatchContainer:
    """A container that a job has started, as AWS Batch would start it."""

    job: str
    """The construct path of the job."""
    job_name: str
    """The name of the job of AWS Batch."""
    attempt: int
    """Of its job of AWS Batch, from 1."""
    command: Optional[Sequence[str]]
    """None for the command of the image."""
    environment: Mapping[str, str]
    vcpus: float
    memory: int
    """MiB."""
    array_index: Optional[int] = None
    """The index of a child of an array."""
    node_index: Optional[int] = None
    """The index of a node besides the main node."""


class HeavyBatchTestKit:
    """A synthesized app for a test, without an AWS account: its APIs, state machines and functions in the emulator, on virtual time.

    What the containers of a job do is scripted; those of a job without a script are its program.
    """

    apis: Mapping[str, str]
    """The URLs of the APIs, by construct path."""
    jobs: Mapping[str, str]
    """The ARNs of the state machines, by the construct path of the job."""
    environment: Mapping[str, str]
    """What an AWS SDK reads to call the services of the app: the endpoint, the Region and keys."""

    @classmethod
    def start(
        cls,
        *,
        app: str = "cdk.out",
        claims: Optional[Mapping[str, str]] = None,
        pass_env: Sequence[str] = (),
        docker: bool = False,
        node: str = "node",
    ) -> HeavyBatchTestKit:
        """Starts the app. Call ``stop()`` after the tests, or use the kit in a ``with`` statement.

        :param app: the output directory of the synthesized app
        :param claims: what the token of a request without a token would say
        :param pass_env: names of variables of this process that the programs of jobs without a script get
        :param docker: whether the programs of jobs without a script run in containers
        :param node: the program of Node.js
        """
        arguments = ["--app", str(app)]
        for name, value in (claims or {}).items():
            arguments += ["--claim", f"{name}={value}"]
        for name in pass_env:
            arguments += ["--pass-env", name]
        if docker:
            arguments.append("--docker")
        return cls([node, str(_PROGRAM), "test-kit", *arguments])

    def __init__(self, command: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._last_id = 0
        self._notes: deque[str] = deque(maxlen=_MOST_NOTES)
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
            )
        except OSError as error:
            raise HeavyBatchTestKitError(f"{command[0]} cannot be started: {error}; install Node.js, or name it with node=") from error
        self._reader = threading.Thread(target=self._read_notes, daemon=True)
        self._reader.start()
        ready = self._receive()
        self.apis = {api["path"]: api["url"] for api in ready["apis"]}
        self.jobs = {job["path"]: job["stateMachineArn"] for job in ready["jobs"]}
        self.environment = ready["environment"]

    def __enter__(self) -> HeavyBatchTestKit:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.stop()

    def url(self, api: Optional[str] = None) -> str:
        """The URL of an API. Its construct path can be left out where the app has one API."""
        found = [url for path, url in self.apis.items() if api is None or path == api or path.endswith(f"/{api}")]
        if len(found) == 1:
            return found[0]
        if not self.apis:
            raise HeavyBatchTestKitError("the app has no API")
        named = "" if api is None else f" '{api}'"
        raise HeavyBatchTestKitError(f"the app has {len(found)} APIs{named}; use one of: {', '.join(self.apis)}")

    def script(self, job: str, *attempts: HeavyBatchAttempt) -> None:
        """Sets what the containers of a job do, which is named by its construct path.

        The first container that the job starts from now on is the first attempt, and so on. The last attempt stands for all further ones. Without
        attempts, the job runs its program.
        """
        self._send("script", job=job, attempts=[attempt.to_json() for attempt in attempts])

    def advance(self, duration: timedelta = timedelta(), *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Lets virtual time pass. All that is due meanwhile happens."""
        self._send("advance", milliseconds=_milliseconds(duration + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)))

    def until_runs_end(self) -> None:
        """Lets virtual time pass until no run is in progress. Raises an error when a run cannot go on."""
        self._send("untilRunsEnd")

    def containers(self) -> list[HeavyBatchContainer]:
        """The containers that were started, in this order."""
        return [
            HeavyBatchContainer(
                job=each["job"],
                job_name=each["jobName"],
                attempt=each["attempt"],
                command=each.get("command"),
                environment=each["environment"],
                vcpus=each["vcpus"],
                memory=each["memory"],
                array_index=each.get("arrayIndex"),
                node_index=each.get("nodeIndex"),
            )
            for each in self._send("containers")["containers"]
        ]

    def now(self) -> datetime:
        """The virtual time, in UTC."""
        return datetime.fromtimestamp(self._send("now")["now"] / 1000, timezone.utc)

    def reset(self) -> None:
        """Starts over: there are no runs and no scripts, and the time is that of the start. The URLs stay."""
        self._send("reset")

    def stop(self) -> None:
        """Ends the app."""
        process = self._process
        if process.stdin is not None and not process.stdin.closed:
            try:
                process.stdin.close()
            except OSError:
                pass  # the process has ended
        try:
            process.wait(_LONGEST_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join(1)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()

    def _send(self, command: str, **fields: Any) -> dict[str, Any]:
        with self._lock:
            if self._process.stdin is None or self._process.stdin.closed:
                raise HeavyBatchTestKitError("the test kit was stopped; start another one")
            self._last_id += 1
            line = json.dumps({"id": self._last_id, "command": command, **fields})
            try:
                self._process.stdin.write(f"{line}\n")
                self._process.stdin.flush()
            except OSError:
                pass  # the process has ended, which is told below
            answer = self._receive()
        if "error" in answer:
            raise HeavyBatchTestKitError(answer["error"])
        return answer

    def _receive(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if line == "":
            code = self._process.wait()
            self._reader.join(1)
            raise HeavyBatchTestKitError("\n".join([f"heavy-batch test-kit has ended with the exit code {code}", *self._notes]))
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _read_notes(self) -> None:
        if self._process.stderr is not None:
            for line in self._process.stderr:
                self._notes.append(line.rstrip("\n"))


def _milliseconds(duration: timedelta) -> int:
    return round(duration / timedelta(milliseconds=1))
