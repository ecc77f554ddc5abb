"""Every setting of docs/settings.md reaches our containers, from recwheel.env or from .env."""

from __future__ import annotations

import re

import pytest

from resources.settings import Settings
from tests.stack.compose_file import (
    ANYTHING,
    ROOT,
    SETTINGS,
    read_compose,
    read_env_file,
    read_environment,
)

SERVICE = {"REC_HOME", "REC_HOST", "REC_PORT", "REC_LOG_URL", "REC_REDIS_URL", "REC_START"}
# What compose fixes: places of the containers themselves, and what .env names with a password.
PLATFORM = SERVICE | {
    "REC_API_URL",
    "REC_ELASTICSEARCH_URL",
    "REC_ELASTICSEARCH_USER",
    "REC_ELASTICSEARCH_PASSWORD",
    "REC_KIBANA_URL",
}
FIXED = {
    "service": SERVICE,
    "category-vectors": SERVICE,
    "dagster-home": PLATFORM,
    "kibana-setup": PLATFORM,
    "code": PLATFORM,
    "webserver": PLATFORM,
    "daemon": PLATFORM,
}
EXAMPLE = (ROOT / f"{SETTINGS}.example").read_text(encoding="utf-8")
GIVEN = {
    "REC_LOG_URL": "mongodb://elsewhere/recwheel",
    "REC_START": "2026-02-03",
    "REC_ELASTICSEARCH_USER": "writer",
    "REC_ELASTICSEARCH_PASSWORD": "wr1ter",
}


def listed() -> set[str]:
    """The variables of docs/settings.md."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(REC_\w+)`", page, re.MULTILINE))


def given(name: str, text: str | None = None, **changed: str) -> dict[str, str]:
    """A container's environment, with such a recwheel.env (none: there is no such file)."""
    beside = {} if text is None else {SETTINGS: text}
    environment: dict[str, str] = read_compose(ANYTHING | changed, beside)["services"][name][
        "environment"
    ]
    return environment


@pytest.mark.parametrize("name", sorted(FIXED))
def test_a_setting_reaches_the_container_unless_compose_must_fix_it(name: str) -> None:
    text = "".join(f"{setting}=told\n" for setting in sorted(listed()))
    there = given(name, text)
    assert {one for one in listed() if there.get(one) != "told"} == FIXED[name]


@pytest.mark.parametrize("name", sorted(FIXED))
def test_what_compose_fixes_has_a_value_without_a_file_and_nothing_else_is_said(name: str) -> None:
    assert {key for key in given(name) if key.startswith("REC_")} == FIXED[name]
    assert all(given(name).values())


def test_what_env_names_reaches_the_container_that_needs_it() -> None:
    assert {name: given("code", **GIVEN)[name] for name in GIVEN} == GIVEN
    assert set(GIVEN) - set(given("service", **GIVEN)) == {name for name in GIVEN if "ELAS" in name}


def test_recwheel_is_elasticsearchs_superuser_unless_another_is_named() -> None:
    there = given("code", ELASTIC_PASSWORD="3lastic")
    assert there["REC_ELASTICSEARCH_USER"] == "elastic"
    assert there["REC_ELASTICSEARCH_PASSWORD"] == "3lastic"


def test_the_containers_of_others_get_no_setting_of_ours() -> None:
    services = read_compose(ANYTHING, {SETTINGS: "REC_LLM_KEY=s3cret\n"})["services"]
    others = set(services) - set(FIXED)
    assert others == {"mongo", "redis", "elasticsearch", "kibana", "kibana-password"}
    assert not any("REC_LLM_KEY" in services[name]["environment"] for name in others)


def test_each_example_is_a_setting_that_it_can_set_with_a_value_that_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read_env_file(EXAMPLE, {}) == {}  # copied as it is, it changes nothing
    shown = read_env_file(re.sub(r"^#(?=REC_)", "", EXAMPLE, flags=re.MULTILINE), {})
    assert {"REC_SIMULATE", "REC_SCHEDULE", "REC_ENCODER", "REC_LLM_URL"} <= set(shown)
    assert set(shown) <= listed() - FIXED["code"]
    for name, value in shown.items():
        monkeypatch.setenv(name, value)
    assert Settings().simulate is False
    assert Settings().schedule == shown["REC_SCHEDULE"]


def test_the_example_names_what_has_no_effect_in_it() -> None:
    told = re.search(r"# No effect here[^:]*:((?:\n#  .+)+)", EXAMPLE)
    assert told
    names = set(re.findall(r"REC_\w+", told[1]))
    assert names == FIXED["code"] | {"REC_DAGSTER_PORT"}


def test_what_a_recwheel_env_says_stays_on_this_machine() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/.env", f"/{SETTINGS}"} <= set(ignored)
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in kept
    assert f"!{SETTINGS}" not in kept


def test_nothing_that_compose_fills_in_is_a_setting_that_recwheel_env_could_give() -> None:
    """Else the one in .env would be without effect, or would win over the other."""
    example = read_environment((ROOT / ".env.example").read_text(encoding="utf-8"))
    assert listed() & set(example) == set(GIVEN)


def test_limits_that_a_large_encoder_needs_are_those_of_now_unless_set() -> None:
    def limits(**changed: str) -> tuple[str, str, str]:
        services = read_compose(ANYTHING | changed)["services"]
        service, code = (services[n]["deploy"]["resources"]["limits"] for n in ("service", "code"))
        start = services["service"]["healthcheck"]["start_period"]
        return service["memory"], code["memory"], start

    assert limits() == ("1G", "4G", "20s")
    page = (ROOT / "docs" / "stack.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^(REC_\w+)=(.+)$", page, re.MULTILINE))
    assert told.pop("REC_SERVICE_IMAGE") == "platform"
    assert limits(**told) == tuple(
        told[name] for name in ("REC_SERVICE_MEMORY", "REC_CODE_MEMORY", "REC_SERVICE_START_PERIOD")
    )
    assert "1G" not in limits(**told)
