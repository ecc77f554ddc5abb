"""docker-compose.mini.yml, its images and its .env.example: valid, complete, without a secret."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.stack.compose_file import VARIABLE, variables
from tests.stack.schemas import keeps_to

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docker-compose.mini.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = ("dagster-home", "category-vectors", "kibana-password", "kibana-setup")
OURS = ("service", "code", "webserver", "daemon", *ONCE)
THEIRS = ("mongo", "redis", "elasticsearch", "kibana")
# Elastic's images are made for a user of their own; of the others root would be the default.
ASKED_USER = {"mongo": "mongodb", "redis": "redis"}
SECRET = re.compile("PASSWORD|KEY|SECRET|TOKEN|AUTH")
# Where the container's own shell hands a secret on by standard input: no program is told it.
HANDED_ON = re.compile(r"<<(\w+)\n.*?\n\1\n|\bprintf '[^']*' \"\$\$\w+\" \|", re.DOTALL)


def test_it_keeps_to_the_compose_specification() -> None:
    keeps_to("vendor.compose-spec", ROOT / "docker-compose.mini.yml")


def test_a_misspelt_word_would_be_found(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(TEXT.replace("healthcheck:", "healthchek:"), encoding="utf-8")
    with pytest.raises(AssertionError, match="healthchek"):
        keeps_to("vendor.compose-spec", wrong)


def test_every_service_is_there_and_watched() -> None:
    assert set(SERVICES) == {*THEIRS, *OURS}
    assert all("healthcheck" in SERVICES[name] for name in set(SERVICES) - set(ONCE))
    tried_again = {"category-vectors": "on-failure:5"}
    assert all(SERVICES[name]["restart"] == tried_again.get(name, "no") for name in ONCE)


def test_the_service_answers_whether_category_vectors_can_be_made_or_not() -> None:
    assert not any("category-vectors" in s.get("depends_on", {}) for s in SERVICES.values())


def test_category_vectors_are_made_within_the_limits_of_any_other_run() -> None:
    """A large encoder is loaded there as well; docs/stack.md raises both by one variable."""
    made, runs = (SERVICES[name]["deploy"] for name in ("category-vectors", "code"))
    assert made == runs
    assert "REC_CODE_MEMORY" in made["resources"]["limits"]["memory"]


def test_elasticsearch_and_kibana_are_of_one_version_and_the_client_is_of_their_major() -> None:
    images = (SERVICES[name]["image"].rpartition(":") for name in ("elasticsearch", "kibana"))
    ((_, _, search), (_, _, dashboards)) = images
    assert search == dashboards
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert f"\nelasticsearch=={search.partition('.')[0]}." in pins


def test_mongodb_and_redis_are_of_the_major_that_was_asked_for() -> None:
    assert (SERVICES["mongo"]["image"], SERVICES["redis"]["image"]) == ("mongo:8", "redis:8")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_container_may_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    limits = service["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    assert service.get("user") == ASKED_USER.get(name)
    assert "privileged" not in service


@pytest.mark.parametrize("name", [*OURS, "redis"])
def test_a_root_file_system_is_read_only_where_it_can_be(name: str) -> None:
    assert SERVICES[name]["read_only"] is True


def test_the_stores_are_reached_by_containers_alone() -> None:
    assert COMPOSE["networks"]["stores"] == {"internal": True}
    for name in ("mongo", "redis", "elasticsearch"):
        assert SERVICES[name]["networks"] == ["stores"]
        assert "ports" not in SERVICES[name]


def test_every_service_waits_for_services_that_exist() -> None:
    for name, service in SERVICES.items():
        waits = service.get("depends_on", {})
        assert set(waits) <= set(SERVICES) - {name}
        for waited, how in waits.items():
            ends = "service_completed_successfully" if waited in ONCE else "service_healthy"
            assert how == {"condition": ends}


def test_every_named_volume_is_declared() -> None:
    used = {volume.split(":")[0] for s in SERVICES.values() for volume in s.get("volumes", ())}
    named = {volume for volume in used if not volume.startswith("./")}
    assert named == set(COMPOSE["volumes"])
    assert all((ROOT / path).is_file() for path in used - named)


def test_only_this_machine_reaches_what_is_published() -> None:
    published = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}
    assert published == {
        "service": ["127.0.0.1:8000:8000"],
        "webserver": ["127.0.0.1:3000:3000"],
        "kibana": ["127.0.0.1:5601:5601"],
    }


@pytest.mark.parametrize("name", ["service", "code", "webserver", "daemon"])
def test_records_go_to_mongodb_by_default(name: str) -> None:
    assert SERVICES[name]["environment"]["REC_LOG_URL"].startswith("${REC_LOG_URL:?")
    assert example()["REC_LOG_URL"].startswith("mongodb://")


def test_no_secret_has_a_default() -> None:
    used = variables(TEXT)
    for name, operator, rest in used:
        if name.endswith("PASSWORD"):
            another = operator == ":-" and demands(rest)
            assert operator == ":?" or another, f"{name} must be demanded, without a default"
        elif name.endswith(("KEY", "SECRET", "TOKEN")):
            asked = operator == ":?" or (operator, rest) == (":-", "")
            assert asked, f"{name} must be empty unless it is given"
    wanted = {"MONGO_PASSWORD", "REDIS_PASSWORD", "ELASTIC_PASSWORD", "KIBANA_PASSWORD"}
    assert wanted | {"KIBANA_ENCRYPTION_KEY"} <= {name for name, operator, _ in used if operator}
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not SECRET.search(name) or VARIABLE.fullmatch(value), name


def demands(text: str) -> bool:
    """Whether the text is one variable without which nothing starts: `${NAME:?why}`."""
    return VARIABLE.fullmatch(text) is not None and variables(text)[0][1] == ":?"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_is_told_where_others_see_it(name: str) -> None:
    """Command lines and labels are seen by whoever may list processes or containers."""
    service = SERVICES[name]
    seen = {key: service.get(key) for key in ("command", "entrypoint", "labels", "build")}
    seen["check"] = service.get("healthcheck", {}).get("test")
    assert not secrets_told(seen)


def secrets_told(node: Any) -> set[str]:
    """The secrets that compose fills in, or that the container's own shell does (`$$NAME`)."""
    if isinstance(node, dict | list):
        nodes = node.values() if isinstance(node, dict) else node
        return set().union(*map(secrets_told, nodes))
    by_compose = {name for name, _, _ in variables(str(node))}
    by_shell = set(re.findall(r"\$\$\{?(\w+)", HANDED_ON.sub("", str(node))))
    return {name for name in by_compose | by_shell if SECRET.search(name)}


@pytest.mark.parametrize(
    "told",
    [
        'curl -u "elastic:$$ELASTIC_PASSWORD" "http://localhost:9200/"',
        'curl -u "elastic:${ELASTIC_PASSWORD:?why}" "http://localhost:9200/"',
        'curl -u "elastic:$ELASTIC_PASSWORD" "http://localhost:9200/"',
        'printf \'user = "%s"\' "$$KIBANA_PASSWORD" | curl -u elastic:$${ELASTIC_PASSWORD} -K -',
        "printf '%s' \"${ELASTIC_PASSWORD}\" | curl -K -",
        "exec redis-server - <<END\nrequirepass ${REDIS_PASSWORD}\nEND\n",
        "exec redis-server --requirepass $$REDISCLI_AUTH - <<END\nport 6379\nEND\n",
    ],
)
def test_a_secret_on_a_command_line_is_seen_whoever_puts_it_there(told: str) -> None:
    assert secrets_told(["CMD-SHELL", told])
    assert secrets_told({"test": [told]})


def test_kibanas_image_makes_no_command_line_of_a_secret() -> None:
    """Its script does so with each variable that is one of its settings in capitals."""
    given = set(SERVICES["kibana"]["environment"])
    assert all(name.startswith("RECWHEEL_") for name in given)
    text = (ROOT / "docker" / "kibana.yml").read_text(encoding="utf-8")
    settings = yaml.safe_load(text)
    assert set(re.findall(r"\$\{(\w+)\}", text)) == given
    hidden = {name for name in settings if SECRET.search(name.upper())}
    assert len(hidden) == 4
    assert all(re.fullmatch(r"\$\{\w+\}", settings[name]) for name in hidden)
    place = "/usr/share/kibana/config/kibana.yml"
    assert f"./docker/kibana.yml:{place}:ro" in SERVICES["kibana"]["volumes"]
    assert settings["server.host"] == "0.0.0.0"


def test_the_stores_ask_for_a_password() -> None:
    assert "MONGO_INITDB_ROOT_PASSWORD" in SERVICES["mongo"]["environment"]
    assert "\nrequirepass $$REDISCLI_AUTH\n" in SERVICES["redis"]["command"][-1]
    assert VARIABLE.fullmatch(SERVICES["redis"]["environment"]["REDISCLI_AUTH"])
    assert SERVICES["elasticsearch"]["environment"]["xpack.security.enabled"] == "true"


def test_the_example_names_every_variable_and_no_password() -> None:
    lines = example()
    assert set(lines) == {name for name, _, _ in variables(TEXT)}
    assert not any(lines[name] for name in lines if name.endswith(("PASSWORD", "KEY")))


def stages() -> dict[str, str]:
    """The Dockerfile's instructions by the name of their stage, comments left out."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    _, *parts = re.split(r"^FROM ", text, flags=re.MULTILINE)
    return {part.split()[2]: part for part in parts}


def test_both_images_run_as_nobody_special_with_the_pinned_versions() -> None:
    assert set(stages()) == {"dependencies", "service", "platform"}
    for name in ("service", "platform"):
        assert stages()[name].startswith("dependencies AS ")
        assert re.findall(r"^USER (\S+)$", stages()[name], re.MULTILINE) == ["recwheel"]
    installs = re.findall(r"pip install (.+)", "".join(stages().values()))
    assert all("-c constraints.txt" in one or "--no-deps -e ." in one for one in installs)


def test_pytorch_is_in_the_platforms_image_alone_and_of_a_build_for_cpus() -> None:
    assert "torch" not in stages()["dependencies"] + stages()["service"]
    assert "sentence-transformers" in stages()["platform"]
    assert '${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch' in stages()["platform"]
    builds = {name: s["build"] for name, s in SERVICES.items() if "build" in s}
    assert all(one["args"]["TORCH_INDEX"].startswith("${TORCH_INDEX:?") for one in builds.values())
    assert builds["service"]["target"] == "${REC_SERVICE_IMAGE:-service}"
    assert builds["dagster-home"]["target"] == "platform"


def test_each_image_of_ours_is_built_once_and_never_looked_for_in_a_registry() -> None:
    """Two builds of one tag run side by side and collide; without a build compose would pull."""
    tags: dict[str, list[str]] = {SERVICES[name]["image"]: [] for name in OURS}
    for name in SERVICES:
        if "build" in SERVICES[name]:
            tags[SERVICES[name]["image"]].append(name)
    assert tags == {
        "recwheel-service:mini": ["service"],
        "recwheel-platform:mini": ["dagster-home"],
    }
    assert all(SERVICES[name]["pull_policy"] == "never" for name in OURS)


@pytest.mark.parametrize("name", OURS)
def test_whoever_is_started_alone_has_its_image_built_too(name: str) -> None:
    """Compose builds for what it starts: the service asked for and those that it waits for."""
    started = [name]
    for one in started:
        started += set(SERVICES[one].get("depends_on", ())) - set(started)
    built = {SERVICES[one]["image"] for one in started if "build" in SERVICES[one]}
    assert SERVICES[name]["image"] in built


def test_the_builder_sees_only_what_the_images_copy() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert not re.search(r"^(COPY|ADD) \. ", "".join(stages().values()), re.MULTILINE)
    copied = {path.split("/")[0] for path in sources("Dockerfile")}
    assert {rule[1:] for rule in rules if rule[0] == "!"} == copied


@pytest.mark.parametrize("source", ["Dockerfile", "docker-compose.mini.yml"])
def test_what_they_copy_or_run_exists(source: str) -> None:
    assert sources(source)
    assert all((ROOT / path).exists() for path in sources(source))


def sources(file: str) -> list[str]:
    """The paths of the repository that a file copies or names in a command."""
    text = (ROOT / file).read_text(encoding="utf-8")
    named = re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE)
    named += re.findall(r"(?:-w|python),? ((?:docker/)?[\w.]+\.(?:yaml|py))", text)
    named += re.findall(r"- \./([\w./]+):/", text)
    return [path for line in named for path in line.split()]


def example() -> dict[str, str]:
    """The variables of .env.example."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return {
        name: value
        for name, _, value in (line.partition("=") for line in lines if line[:1] not in ("", "#"))
    }
