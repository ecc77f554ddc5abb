"""Dagster's web interface as a browser asks it: GraphQL over HTTP."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import httpx

ENDED = ("SUCCESS", "FAILURE", "CANCELED")
LAUNCH = """mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}"""
RUN = "query Run($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
EVENTS = """query Events($id: ID!) {
  runOrError(runId: $id) { ... on Run { eventConnection { events { __typename } } } }
}"""
LOADS = """{ runsOrError(filter: {pipelineName: "load"}) {
  ... on Runs { results { status } }
} }"""
RUNS = """query Runs($job: String!) { runsOrError(filter: {pipelineName: $job}) {
  ... on Runs { results { status assetSelection { path } } }
} }"""
FAILED = {"ExecutionStepFailureEvent", "ExecutionStepUpForRetryEvent", "RunFailureEvent"}
LOCATIONS = """{ workspaceOrError { ... on Workspace { locationEntries {
  name loadStatus locationOrLoadError { __typename }
} } } }"""


class Interface:
    """A web interface that answers at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, query: str, **variables: Any) -> Any:
        """The answer's data; AssertionError when it holds errors."""
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.url}/graphql", json=body, timeout=60).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def locations(self) -> dict[str, str]:
        """The kind of each loaded code location, or of its error, by name."""
        entries = self.ask(LOCATIONS)["workspaceOrError"]["locationEntries"]
        return {e["name"]: (e["locationOrLoadError"] or {}).get("__typename", "") for e in entries}

    def launch(self, job: str, assets: Sequence[str] = (), partition: str = "") -> str:
        """Launch a job, or these assets of it; the run's id."""
        selector: dict[str, Any] = {
            "repositoryLocationName": "rec_assets",
            "repositoryName": "__repository__",
            "pipelineName": job,
        }
        if assets:
            selector["assetSelection"] = [{"path": [name]} for name in assets]
        tags = [{"key": "dagster/partition", "value": partition}] if partition else []
        params = {
            "selector": selector,
            "runConfigData": "{}",
            "mode": "default",
            "executionMetadata": {"tags": tags},
        }
        (launched,) = self.ask(LAUNCH, params=params).values()
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def failed_once(self, run_id: str, seconds: float = 300.0) -> None:
        """Return once a step of the run has failed, though it may be tried again."""
        deadline = time.monotonic() + seconds
        while not FAILED & set(self._events(run_id)):
            assert time.monotonic() < deadline, self._events(run_id)
            time.sleep(0.5)

    def loads(self) -> list[str]:
        """The statuses of the runs that load a file."""
        runs = self.ask(LOADS)["runsOrError"]["results"]
        return [run["status"] for run in runs]

    def runs(self, job: str) -> list[tuple[str, list[str]]]:
        """Status and chosen assets of each run of a job; no assets: all of it."""
        runs = self.ask(RUNS, job=job)["runsOrError"]["results"]
        chosen = ([asset["path"][0] for asset in run["assetSelection"] or ()] for run in runs)
        return list(zip((run["status"] for run in runs), chosen, strict=True))

    def _events(self, run_id: str) -> list[str]:
        events = self.ask(EVENTS, id=run_id)["runOrError"]["eventConnection"]["events"]
        return [event["__typename"] for event in events]

    def ended(self, run_id: str, seconds: float = 300.0) -> str:
        """The run's status once it has ended."""
        deadline = time.monotonic() + seconds
        while (status := self.ask(RUN, id=run_id)["runOrError"]["status"]) not in ENDED:
            assert time.monotonic() < deadline, status
            time.sleep(0.5)
        return str(status)
