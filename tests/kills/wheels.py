"""A small wheel that is killed: the clean run, the begun one, and one kill with its recovery."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.kills.moments import AFTER, BEFORE, REDIS, RUN, SERVICE, WATCHDOG, Kill
from tests.kills.remains import await_none, faults, pids
from tests.kills.steps import Watch, run_files, steps_of
from tests.rec_assets.command_line import RECWHEEL, ROOT, surroundings
from tests.rec_assets.few_contexts import few_contexts

SMALL = ("--sessions", "60", "--users", "20", "--days", "2", "--start", "2026-01-05")
COMMAND = (str(RECWHEEL), "run", *SMALL, "--json")
LONGEST = 600.0
PROGRAM = {SERVICE: "-m rec_api", REDIS: "redis-server unixsocket", WATCHDOG: "redis_watchdog"}
TOO_LATE = "came too late"
SMALLEST = 0.01
POLL_SECONDS = 0.01
TRIES = 3  # the command that was hit, and twice the same after it


class Spoiled(AssertionError):
    """A kill after which not everything is as it was without."""


class Clean(NamedTuple):
    """What the command answers undisturbed, and how long each place took (seconds)."""

    home: Path
    answer: dict[str, Any]
    seconds: dict[tuple[str, int], float]


class Command:
    """`recwheel run` in a process group of its own, as a terminal would have it.

    What it says, and its temporary files, lie `beside` its home.
    """

    def __init__(self, home: Path, beside: Path | None = None) -> None:
        beside = beside or home.parent
        self.home, self.temporary = home, beside / f"{home.name}.tmp"
        self.temporary.mkdir(parents=True, exist_ok=True)
        self.watch = Watch(home)
        contexts = few_contexts(beside / f"{home.name}.pool")
        self._files = [beside / f"{home.name}.{name}" for name in ("out", "err")]
        with self._files[0].open("wb") as out, self._files[1].open("wb") as err:
            self.process = subprocess.Popen(
                COMMAND,
                cwd=ROOT,
                env=surroundings(home, TMPDIR=str(self.temporary), REC_CONTEXTS=str(contexts)),
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        self.began = time.time()

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @property
    def answer(self) -> dict[str, Any]:
        """What it said, less where it lies."""
        said: dict[str, Any] = json.loads(self._files[0].read_text("utf-8"))
        return {name: value for name, value in said.items() if name not in ("home", "store")}

    @property
    def words(self) -> str:
        """What it said on standard error."""
        return self._files[1].read_text("utf-8")

    def end(self) -> int:
        """Wait; the status."""
        return self.process.wait(LONGEST)

    def until(self, true: Callable[[], Any]) -> None:
        """Return when it is true or the command has ended."""
        while self.running and not true():
            time.sleep(POLL_SECONDS)

    def inside(self, asset: str, occurrence: int = 0) -> None:
        """Return once the asset's step has begun."""
        self.until(lambda: self.watch.step(asset, occurrence))

    def in_traffic(self) -> None:
        """Return once the first day's bots have their service."""
        self.inside("simulated_traffic")
        self.until(lambda: pids(self.home, PROGRAM[SERVICE]))

    def signal(self, number: int) -> None:
        """To the whole group, as Ctrl-C in a terminal."""
        os.killpg(self.process.pid, number)


def clean_run(folder: Path) -> Clean:
    """The command in an empty REC_HOME, undisturbed; its durations."""
    command = Command(folder / "clean")
    status = command.end()
    ended = time.time()
    if status:
        raise Spoiled(f"the clean run failed: {command.words[-2000:]}")
    await_none(command.home)
    steps = [step for file in run_files(command.home) for step in steps_of(file)]
    seconds: dict[tuple[str, int], float] = {}
    for step in steps:
        occurrence = sum(key == step.key for key, _ in seconds)
        seconds[step.key, occurrence] = (step.ended or ended) - step.began
    seconds[BEFORE, 0] = steps[0].began - command.began
    seconds[AFTER, 0] = ended - max(step.ended or 0.0 for step in steps)
    return Clean(command.home, command.answer, seconds)


def begun_run(folder: Path) -> Path:
    """A REC_HOME whose first day's traffic had begun when Ctrl-C came."""
    command = Command(folder / "begun")
    command.in_traffic()
    command.signal(signal.SIGINT)
    status, left = command.end(), await_none(command.home)
    if status != 130 or left:
        raise Spoiled(f"Ctrl-C ended with {status}: {command.words[-2000:]}, {left}")
    return command.home


def survive(kill: Kill, folder: Path, clean: Clean, begun: Path) -> str:
    """Kill, then the same command until it ends well; what happened. Spoiled when it shows.

    A kill that came too late to hit anything is made again, at half the fraction.
    """
    outcome = _survive(kill, folder, clean, begun)
    while outcome.startswith(TOO_LATE) and kill.fraction > SMALLEST:
        kill = kill._replace(fraction=kill.fraction / 2)
        outcome = _survive(kill, folder, clean, begun)
    if outcome.startswith(TOO_LATE):
        raise Spoiled(f"{kill} hit nothing")
    return outcome


def _survive(kill: Kill, folder: Path, clean: Clean, begun: Path) -> str:
    home = folder / f"kill-{kill.number}"
    if not kill.fresh:
        shutil.copytree(begun, home)
    command = Command(home)
    hit = strike(command, kill, clean)
    tries = [_ended(command)]
    while tries[-1] and len(tries) < TRIES:
        command = Command(home)
        tries.append(_ended(command))
    if tries[-1]:
        raise Spoiled(f"{kill}: failed {len(tries)} times, at last with {command.words[-1500:]}")
    wrong = list(faults(home, command.temporary, clean.home))
    for name, expected in clean.answer.items():
        if command.answer[name] != expected:
            wrong.append(f"{name} is {command.answer[name]} instead of {expected}")
    if wrong:
        raise Spoiled(f"{kill} ({hit}): " + "; ".join(wrong))
    for path in folder.glob(f"{home.name}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return f"{hit}; {' '.join(map(str, tries))}"


def strike(command: Command, kill: Kill, clean: Clean) -> str:
    """Wait for the moment and send SIGKILL; what was at work then."""
    _await(command, kill, clean)
    if not command.running:
        return TOO_LATE
    if kill.target == RUN:
        command.process.kill()
        command.process.wait()
    else:
        found: list[int] = []
        while command.running and not found:
            found = pids(command.home, PROGRAM[kill.target])
            time.sleep(POLL_SECONDS)
        if not found:
            return TOO_LATE
        os.kill(found[0], signal.SIGKILL)
    at_work = [step.key for step in command.watch.steps() if step.ended is None]
    return f"inside {at_work[-1]}" if at_work else "between steps"


def _await(command: Command, kill: Kill, clean: Clean) -> None:
    """Until the moment, or the command's end."""
    began = command.began
    if kill.place == AFTER:
        last = len([key for key, _ in clean.seconds if key == "wheel_report"]) - 1
        command.until(lambda: (s := command.watch.step("wheel_report", last)) and s.ended)
        began = time.time()
    elif kill.place != BEFORE:
        command.until(lambda: command.watch.step(kill.place, kill.occurrence))
        step = command.watch.step(kill.place, kill.occurrence)
        began = step.began if step else began
    occurrence = kill.occurrence if kill.place not in (BEFORE, AFTER) else 0
    moment = began + kill.fraction * clean.seconds[kill.place, occurrence]
    command.until(lambda: time.time() >= moment)


def _ended(command: Command) -> int:
    """The status; Spoiled when the command failed without a sentence."""
    status = command.end()
    said = command.words
    if "Traceback" in said or (status > 0 and "recwheel: " not in said):
        raise Spoiled(f"status {status} and no sentence: {said[-3000:]}")
    return status
