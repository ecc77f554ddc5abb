"""A running `recwheel up`, and what its interface answers."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.rec_assets.command_line import RECWHEEL, ROOT, surroundings

READY_SECONDS = 150.0
LAUNCH = """mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}"""
STATUS = "query Status($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
RUNS = (
    "{runsOrError(limit: 200){... on Runs{results{"
    "runId jobName status tags{key value} creationTime}}}}"
)
TICKS = """query Ticks($selector: InstigationSelector!) {
  instigationStateOrError(instigationSelector: $selector) {
    ... on InstigationState { ticks(limit: 200) { timestamp status runIds skipReason } }
  }
}"""
REPOSITORY = {"repositoryLocationName": "rec_assets", "repositoryName": "__repository__"}
T = TypeVar("T")
ENDED = ("SUCCESS", "FAILURE", "CANCELED")


class Up:
    """Where its service and its interface answer."""

    def __init__(self, home: Path, service: str, interface: str) -> None:
        self.home, self.service, self.interface = home, service, interface

    def graphql(self, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.interface}/graphql", json=body, timeout=60).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def materialize(self, job: str, partition: str) -> str:
        """Launch the job as the interface does; the run's status once it has ended."""
        params = {
            "selector": {**REPOSITORY, "pipelineName": job},
            "runConfigData": "{}",
            "mode": "default",
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": partition}]},
        }
        (launched,) = self.graphql(LAUNCH, params=params).values()
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return self.status(launched["run"]["runId"])

    def status(self, run_id: str, seconds: float = READY_SECONDS) -> str:
        """The run's status once it has ended."""

        def ended() -> str | None:
            (run,) = self.graphql(STATUS, id=run_id).values()
            return str(run["status"]) if run["status"] in ENDED else None

        return await_answer(ended, seconds, f"run {run_id} does not end")

    def runs(self, job: str) -> list[dict[str, Any]]:
        """The job's runs, oldest first: runId, status, tags as a dict."""
        found = self.graphql(RUNS)["runsOrError"]["results"]
        ours = [
            {**run, "tags": {tag["key"]: tag["value"] for tag in run["tags"]}}
            for run in found
            if run["jobName"] == job
        ]
        return sorted(ours, key=lambda run: float(run["creationTime"]))

    def ticks(self, name: str) -> list[dict[str, Any]]:
        """What a sensor or schedule did by itself, latest first."""
        state = self.graphql(TICKS, selector={**REPOSITORY, "name": name})
        return list(state["instigationStateOrError"]["ticks"])


@contextmanager
def running_up(home: Path, **environment: str) -> Iterator[Up]:
    """`recwheel up` on this REC_HOME, stopped as a person stops it."""
    output = home.parent / f"{home.name}.out"
    with output.open("w") as file:
        process = subprocess.Popen(
            [str(RECWHEEL), "up"],
            cwd=ROOT,
            env=surroundings(home, **environment),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield await_up(home, process, output)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def await_up(home: Path, process: subprocess.Popen[bytes], output: Path) -> Up:
    """Both answer; AssertionError with what it said when they do not."""

    def answering() -> Up | None:
        assert process.poll() is None, output.read_text()
        urls = re.findall(r"(http://[\d.]+:\d+)", output.read_text())
        try:
            if len(urls) >= 2 and httpx.get(f"{urls[-1]}/server_info", timeout=2).is_success:
                return Up(home, urls[0], urls[-1])
        except httpx.HTTPError:
            pass
        return None

    return await_answer(answering, READY_SECONDS, "not up")


def await_answer(ask: Callable[[], T | None], seconds: float, otherwise: str) -> T:
    """The first answer that is neither None nor empty."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"{otherwise} in {seconds:.0f} seconds"
        time.sleep(0.5)
    return answer
