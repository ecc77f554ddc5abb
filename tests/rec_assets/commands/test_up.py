"""`recwheel up`: the service and Dagster side by side, as a person finds them."""

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.readme import commands
from tests.rec_assets.command_line import (
    RECWHEEL,
    ROOT,
    recwheel,
    recwheel_json,
    surroundings,
)
from tests.rec_assets.running_up import Up, running_up

ASSETS = {
    "raw_corporate_data", "mined_personas", "personas", "category_prototypes",
    "simulated_traffic", "training_examples", "user_profiles", "cluster_profiles",
    "serving_profiles", "golden_export", "golden_index", "wheel_report",
}  # fmt: skip


@pytest.fixture(scope="module")
def up(used_home: Path) -> Iterator[Up]:
    with running_up(used_home, 18431, 18531) as running:
        yield running


def test_the_readmes_curl_answers_a_personal_ranking(up: Up) -> None:
    curl = next(command for command in commands() if command.startswith("curl"))
    for written, here in (
        ("http://127.0.0.1:8000", up.service),
        (".venv/bin", str(RECWHEEL.parent)),
    ):
        assert written in curl
        curl = curl.replace(written, here)
    done = subprocess.run(
        ["bash", "-c", curl], cwd=ROOT, env=surroundings(up.home), capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    assert answer["profile_source"] == "user"
    for option in answer["reco_options"]:
        assert sum(option["contributions"].values()) == pytest.approx(option["score"], abs=1e-12)


def test_the_interface_lists_every_asset_with_its_lineage(up: Up) -> None:
    nodes = up.graphql("{assetNodes{assetKey{path} groupName dependencyKeys{path}}}")["assetNodes"]
    found = {node["assetKey"]["path"][0]: node for node in nodes}
    assert set(found) == ASSETS
    above = {name: {k["path"][0] for k in node["dependencyKeys"]} for name, node in found.items()}
    assert above["mined_personas"] == {"raw_corporate_data"}
    assert above["personas"] == {"mined_personas"}
    assert above["training_examples"] == {"simulated_traffic"}
    assert above["serving_profiles"] == {"user_profiles", "cluster_profiles"}


def test_the_interface_shows_the_runs_of_the_first_run(up: Up) -> None:
    query = "{runsOrError{... on Runs{results{jobName status}}}}"
    runs = up.graphql(query)["runsOrError"]["results"]
    done = [run["jobName"] for run in runs if run["status"] == "SUCCESS"]
    assert done.count("wheel") >= 3
    assert done.count("load") >= 5
    assert "mine" in done


def test_a_day_materialized_from_the_interface_changes_nothing(
    up: Up, first_run: dict[str, Any]
) -> None:
    assert up.materialize("wheel", first_run["days"][-1]) == "SUCCESS"
    now = recwheel_json(up.home, "status")["digests"]
    made = {"B", "C", "G", "H", "J", "personas"}  # A holds what other tests here have asked, too
    assert {name: now[name] for name in made} == {name: first_run["digests"][name] for name in made}


def test_sensors_and_schedule_are_switched_on(up: Up) -> None:
    query = (
        "{repositoriesOrError{... on RepositoryConnection{nodes{"
        "schedules{name scheduleState{status}} sensors{name sensorState{status}}}}}}"
    )
    (repository,) = up.graphql(query)["repositoriesOrError"]["nodes"]
    states = {s["name"]: s["scheduleState"]["status"] for s in repository["schedules"]}
    states |= {s["name"]: s["sensorState"]["status"] for s in repository["sensors"]}
    wanted = ("daily_turn", "inbox", "mine_after_load", "missed_days")
    assert states == dict.fromkeys(wanted, "RUNNING")


def test_a_second_one_on_the_same_home_is_refused_with_a_sentence(up: Up) -> None:
    done = recwheel(up.home, "up")
    assert done.returncode == 1
    assert "recwheel up runs already on" in " ".join(done.stderr.split())
    assert httpx.get(f"{up.service}/healthz").is_success


def test_dagsters_interface_is_open_to_this_machine_alone_and_a_port_in_use_is_passed_over(
    tmp_path: Path, few: dict[str, str]
) -> None:
    another, taken = "127.0.0.2", 18451  # an address of this machine too, as the network's would be
    with (
        closing(socket.create_server((another, taken))),
        running_up(tmp_path / "home", taken, 18551, REC_HOST=another, **few) as up,
    ):
        assert httpx.get(f"{up.service}/healthz").is_success
        assert up.service.startswith(f"http://{another}:")
        assert not up.service.endswith(f":{taken}")
        port = up.interface.rpartition(":")[2]
        assert up.interface == f"http://127.0.0.1:{port}"
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://{another}:{port}/server_info", timeout=5)
    said = " ".join((tmp_path / "home.up.out").read_text().split())
    assert f"port {taken} is in use: the service took the next one" in said
