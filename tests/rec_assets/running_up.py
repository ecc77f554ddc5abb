"""`recwheel up` as a process, and its interface asked over GraphQL as a browser does."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.rec_assets.command_line import RECWHEEL, ROOT, surroundings

READY_SECONDS = 300.0
REPOSITORY = {"repositoryLocationName": "rec_assets", "repositoryName": "__repository__"}
LAUNCH = """mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}"""
BACKFILL = """mutation Backfill($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}"""
STATUS = "query Status($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
BACKFILL_STATUS = """query Status($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill { status error { message } }
  }
}"""
RUNS = """query Runs($filter: RunsFilter!) {
  runsOrError(filter: $filter) {
    ... on Runs { results { runId status startTime endTime tags { key value } } }
  }
}"""
EVENTS = """query Events($id: ID!) {
  logsForRun(runId: $id) {
    ... on EventConnection {
      events { ... on ExecutionStepFailureEvent { stepKey error { message cause { message } }
        failureMetadata { description } } }
    }
  }
}"""
JOB_RUNS = (
    "{runsOrError(limit: 300){... on Runs{results{"
    "runId jobName status tags{key value} creationTime}}}}"
)
TICKS = """query Ticks($selector: InstigationSelector!) {
  instigationStateOrError(instigationSelector: $selector) {
    ... on InstigationState { ticks(limit: 200) { timestamp status runIds skipReason } }
  }
}"""
T = TypeVar("T")
ENDED = ("SUCCESS", "FAILURE", "CANCELED")


class Up:
    """A running `recwheel up`: where its service and its interface answer."""

    def __init__(self, home: Path, service: str, interface: str) -> None:
        self.home, self.service, self.interface = home, service, interface

    def graphql(self, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.interface}/graphql", json=body, timeout=60).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def materialize(self, job: str, partition: str, seconds: float = READY_SECONDS) -> str:
        """Launch the job as the interface does; the run's status once it has ended."""
        return self.end_of(self.launch(job, partition), seconds)

    def launch(self, job: str, partition: str) -> str:
        """Ask for a run of the job; its id."""
        params = {
            "selector": {**REPOSITORY, "pipelineName": job},
            "runConfigData": "{}",
            "mode": "default",
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": partition}]},
        }
        (launched,) = self.graphql(LAUNCH, params=params).values()
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def status(self, run_id: str) -> str:
        """Where a run stands."""
        (run,) = self.graphql(STATUS, id=run_id).values()
        return str(run["status"])

    def end_of(self, run_id: str, seconds: float = READY_SECONDS) -> str:
        """The run's status once it has ended."""

        def ended() -> str | None:
            status = self.status(run_id)
            return status if status in ENDED else None

        return await_answer(ended, seconds, f"run {run_id} does not end")

    def runs(self, job: str) -> list[dict[str, Any]]:
        """The job's runs, oldest first: runId, status, tags as a dict."""
        found = self.graphql(JOB_RUNS)["runsOrError"]["results"]
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

    def backfill(self, days: Sequence[str], seconds: float, assets: Sequence[str] = ()) -> str:
        """Backfill the job `wheel`, or only assets, over the days; its id once it has ended."""
        params: dict[str, Any] = {"partitionNames": list(days)}
        if assets:
            params["assetSelection"] = [{"path": [name]} for name in assets]
        else:
            selector = {**REPOSITORY}
            params["selector"] = {
                "partitionSetName": "wheel_partition_set",
                "repositorySelector": selector,
            }
        (launched,) = self.graphql(BACKFILL, params=params).values()
        assert launched["__typename"] == "LaunchBackfillSuccess", launched
        identity = str(launched["backfillId"])
        deadline = time.monotonic() + seconds
        while self.backfill_status(identity) in ("REQUESTED", "CANCELING", "FAILING"):
            assert time.monotonic() < deadline, self.runs_of(identity)
            time.sleep(0.5)
        return identity

    def backfill_status(self, identity: str) -> str:
        """Where a backfill stands."""
        (found,) = self.graphql(BACKFILL_STATUS, id=identity).values()
        return str(found["status"])

    def runs_of(self, backfill: str) -> list[dict[str, Any]]:
        """A backfill's runs in the order in which they started: status, day, start, end."""
        where = {"tags": [{"key": "dagster/backfill", "value": backfill}]}
        rows = self.graphql(RUNS, filter=where)["runsOrError"]["results"]
        for row in rows:
            tags = {tag["key"]: tag["value"] for tag in row.pop("tags")}
            row["day"] = tags.get("dagster/partition")
        return sorted(rows, key=lambda row: row["startTime"] or 0.0)

    def why_failed(self, run_id: str) -> str:
        """What the interface says of the steps that failed."""
        events = self.graphql(EVENTS, id=run_id)["logsForRun"]["events"]
        return str([event for event in events if event])


@contextmanager
def running_up(home: Path, service: int, dagster: int, **environment: str) -> Iterator[Up]:
    """`recwheel up` on this REC_HOME and these ports; stopped by Ctrl-C at the end."""
    output = home.parent / f"{home.name}.up.out"
    ports = {"REC_PORT": str(service), "REC_DAGSTER_PORT": str(dagster)}
    with output.open("w") as file:
        process = subprocess.Popen(
            [str(RECWHEEL), "up"],
            cwd=ROOT,
            env=surroundings(home, **ports, **environment),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield await_up(home, process, output)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def await_up(home: Path, process: subprocess.Popen[bytes], output: Path) -> Up:
    """Once its interface answers; AssertionError with its words when it does not."""

    def answering() -> Up | None:
        assert process.poll() is None, output.read_text()
        urls = re.findall(r"(http://[\d.]+:\d+)", output.read_text())
        try:
            if len(urls) >= 2 and httpx.get(f"{urls[-1]}/server_info", timeout=2).is_success:
                return Up(home, urls[0], urls[-1])
        except httpx.HTTPError:
            pass
        return None

    return await_answer(answering, READY_SECONDS, "it is not up")


def await_answer(ask: Callable[[], T | None], seconds: float, otherwise: str) -> T:
    """The first answer that is neither None nor empty."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"{otherwise} in {seconds:.0f} seconds"
        time.sleep(0.5)
    return answer
