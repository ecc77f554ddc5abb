"""What holds for every test: one thread, an empty REC_HOME, steady examples, counted skips."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

# Before NumPy or a tokenizer is loaded: they read these once.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
os.environ["HF_HUB_OFFLINE"] = "1"

# A developer's shell may point at stores that people use; a test meets only those it is told of.
FOR_TESTS = ("REC_TEST_", "REC_FAIL_ON_SKIP")
for name in [n for n in os.environ if n.startswith("REC_") and not n.startswith(FOR_TESTS)]:
    del os.environ[name]
os.environ.pop("DAGSTER_HOME", None)
# Partitions are cut when rec_assets.partitions is imported: before any day that a test uses.
os.environ["REC_START"] = START = "2026-01-05"

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from tests.first_run import first_home, first_run, used_home  # noqa: E402
from tests.kills.made_once import begun, clean  # noqa: E402
from tests.rec_assets.few_contexts import few  # noqa: E402
from tests.resources.conftest import wire_url  # noqa: E402

__all__ = ["begun", "clean", "few", "first_home", "first_run", "used_home", "wire_url"]

# The same examples every time, no clock over them, nothing written beside the code.
settings.register_profile(
    "recwheel",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.function_scoped_fixture),
)
settings.load_profile("recwheel")


@pytest.fixture(scope="session", autouse=True)
def _home_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fixtures wider than one test write here, not into the repository."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REC_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def _home_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REC_START", START)  # `settle` writes there what it settled


# The slowest files, in turn: one that a worker meets last would be waited for alone. Those that
# mostly wait stand between those that mostly compute.
SLOW = (
    "operated", "test_cli", "test_days_by_the_daemon", "test_kills", "planted", "test_full_disk",
    "stack", "test_encoder_change", "test_up", "test_readme", "test_docs", "test_in_a_run",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first; within a file, and among the others, the order stays."""
    place = {name: number for number, name in enumerate(SLOW)}

    def turn(item: pytest.Item) -> int:
        path = item.path.relative_to(item.config.rootpath)
        return min((place[part] for part in (*path.parts, path.stem) if part in place), default=99)

    items.sort(key=turn)


def _skipped(config: pytest.Config) -> list[pytest.TestReport | pytest.CollectReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return list(reporter.stats.get("skipped", ())) if reporter else []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With REC_FAIL_ON_SKIP set, a test that was left out is a failure."""
    if os.environ.get("REC_FAIL_ON_SKIP") and _skipped(session.config) and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name each test that was left out, where none may be."""
    skipped = _skipped(config) if os.environ.get("REC_FAIL_ON_SKIP") else []
    if skipped:
        terminalreporter.section("left out, and REC_FAIL_ON_SKIP is set: this run fails", red=True)
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.line(f"{report.nodeid}: {reason}")
