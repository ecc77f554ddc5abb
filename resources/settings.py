"""Every setting of Recwheel, once. Environment variables `REC_…`; secrets come from there only."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from resources.addresses import LAST_PORT, is_web_address, without_secrets
from resources.cron import why_no_cron
from resources.options import LANGUAGES

REPOSITORY: Final = Path(__file__).resolve().parent.parent
HOME: Final = REPOSITORY / ".recwheel"
WHEEL_FILE: Final = "wheel.json"  # what the first run fixed for all later ones: start, seed, users


class Settings(BaseSettings):
    """Read once at the start of a process and handed down as an argument.

    The environment wins over what the first run wrote to `wheel.json`, that over the defaults. An
    empty variable is as none. What cannot be used is a ValidationError, which quotes no value.
    """

    model_config = SettingsConfigDict(
        env_prefix="REC_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # a URL may hold a password
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then `wheel.json` under REC_HOME."""
        home = Path(os.environ.get("REC_HOME") or HOME)
        kept = JsonConfigSettingsSource(settings_cls, json_file=home / WHEEL_FILE)
        return init_settings, env_settings, kept

    home: Path = Field(
        default=HOME,
        description="Folder of everything that is written; removing it resets the machine, with "
        "the default stores: with REC_LOG_URL and REC_REDIS_URL the records lie there.",
    )
    log_url: str = Field(
        default="",
        description="Log store: mongodb://… or sqlite:///file; empty: SQLite under REC_HOME.",
    )
    redis_url: str = Field(
        default="",
        description="Profile cache: redis://… or unix://…; empty: an embedded server.",
    )
    elasticsearch_url: str = Field(
        default="",
        description="Search index for golden data (Elasticsearch 9), http(s)://host:port; "
        "empty: Parquet only.",
    )
    elasticsearch_api_key: SecretStr = Field(
        default=SecretStr(""), description="API key for REC_ELASTICSEARCH_URL, as it is encoded."
    )
    elasticsearch_user: str = Field(
        default="elastic",
        description="User of REC_ELASTICSEARCH_URL and REC_KIBANA_URL, where no API key is set.",
    )
    elasticsearch_password: SecretStr = Field(
        default=SecretStr(""), description="Password of REC_ELASTICSEARCH_USER; empty: none."
    )
    elasticsearch_ca: Path | None = Field(
        default=None,
        description="Certificate authority of Elasticsearch and Kibana (PEM file); none: the "
        "machine's own.",
    )
    elasticsearch_patience_s: float = Field(
        default=60.0,
        ge=0.0,
        description="Seconds that a busy or absent Elasticsearch is waited for, in growing pauses.",
    )
    kibana_url: str = Field(
        default="",
        description="Where `recwheel dashboards` puts the dashboard, http(s)://host:port.",
    )
    encoder: str = Field(
        default="static",
        description="static | static:<folder> | sentence-transformers:<name or folder> | none",
    )
    contexts: Path = Field(
        default=REPOSITORY / "personas_data" / "contexts",
        description="Folder of the context pool (JSON lines: text, category, language).",
    )
    training_data: Path | None = Field(
        default=None,
        description="Folder of train_text.jsonl.gz and test_text.jsonl.gz (JSON lines: text, "
        "lang, source, genre, doc, kind): `recwheel train-encoder` and the benchmarks read them.",
    )
    field_mapping: Path | None = Field(
        default=None,
        description="What an export's fields, values and events are in our words (JSON or TOML); "
        "none: field_mapping.json under REC_HOME where there is one.",
    )
    api_url: str = Field(
        default="",
        description="The service the bots call; empty: started on a free port for the run.",
    )
    api_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key for REC_API_URL with the simulator role; empty: the one under REC_HOME.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address the service listens on. Dagster's interface of `recwheel up`, which "
        "has no login, stays on 127.0.0.1.",
    )
    port: int = Field(
        default=8000,
        ge=0,
        le=LAST_PORT,
        description="Port of the service; the next free one if taken.",
    )
    dagster_port: int = Field(
        default=3000,
        ge=1,
        le=LAST_PORT,
        description="Port of Dagster's web interface on 127.0.0.1; the next free one if taken.",
    )
    llm_url: str = Field(
        default="",
        description="OpenAI-compatible server for /paraphrase, http(s)://host:port; empty: "
        "embedded rules.",
    )
    llm_model: str = Field(default="", description="Model name sent to REC_LLM_URL.")
    llm_key: SecretStr = Field(default=SecretStr(""), description="Key for REC_LLM_URL.")
    llm_timeout_s: float = Field(
        default=20.0, gt=0.0, description="Seconds to wait for REC_LLM_URL."
    )
    house_language: str = Field(
        default="ko",
        description="Language assumed for an option where nothing else is known: ko, en, ja or zh.",
    )
    consistency_seconds: float = Field(
        default=60.0,
        ge=0.0,
        description="A→B within so many seconds is consistency_flag high. The product team's "
        "first value was 5: too short to read five options.",
    )
    inbox_seconds: int = Field(
        default=15,
        ge=1,
        description="Seconds between two looks into the inbox; a file must look the same on both.",
    )
    persona_shift: float = Field(
        default=0.25,
        ge=0.0,
        le=1.0,
        description="Share of all people who may be in another persona after a mining than before; "
        "more, and the new personas are held back.",
    )
    seed: int = Field(default=2, ge=0, description="Seed of every draw the wheel makes.")
    users: int = Field(
        default=120,
        ge=1,
        description="Simulated users. Fixed, as is REC_SEED, once the first were drawn: a day with "
        "another number is refused.",
    )
    sessions: int = Field(
        default=1500, ge=1, description="Simulated sessions of the first `days` together."
    )
    days: int = Field(default=3, ge=1, le=3660, description="Days of the first run.")
    concurrency: int = Field(default=16, ge=1, description="Bots that call the service at once.")
    start: date | None = Field(
        default=None, description="First day (ISO) of the wheel; none: DAYS complete UTC days ago."
    )
    simulate: bool = Field(
        default=True,
        description="Whether bots fill a day up to its sessions; false: live traffic alone. A day "
        "that was begun ends as it began.",
    )
    schedule: str = Field(
        default="10 2 * * *",
        description="When the wheel turns by itself: minute, hour, day, month, weekday (cron). Ten "
        "past two: the UTC day is over, late rows of its last minutes have come.",
    )
    schedule_zone: str = Field(
        default="UTC", description="Time zone of REC_SCHEDULE (IANA); days are of UTC all the same."
    )
    catch_up_days: int = Field(
        default=7, ge=1, description="Missed days that one tick of the schedule asks for at most."
    )
    retry_seconds: float = Field(
        default=5.0,
        ge=0.0,
        description="Wait before an asset tries a store or service again that was away; doubled "
        "at each of four tries.",
    )
    dask_scheduler: str = Field(
        default="", description="Address of a Dask scheduler for per-user work; empty: in process."
    )

    def sessions_on(self, turn: int) -> int:
        """Simulated sessions of the day that is `turn` days after the first.

        Those of the first `days` add up to `sessions`; later days have as many as the last of them.
        """
        return self.sessions // self.days + (turn < self.sessions % self.days)

    def first_day(self, now: datetime) -> date:
        """The wheel's first day: `start`, else `days` complete UTC days before `now`."""
        return self.start or now.astimezone(UTC).date() - timedelta(days=self.days)

    @field_validator("schedule")
    @classmethod
    def _cron(cls, text: str) -> str:
        if (reason := why_no_cron(text)) is not None:
            raise ValueError(reason)
        return text

    @field_validator("schedule_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone: name one as Europe/Paris or UTC") from None
        return name

    @field_validator("house_language")
    @classmethod
    def _language(cls, name: str) -> str:
        if name not in LANGUAGES:
            raise ValueError(f"{name!r} is no language of an option: name {', '.join(LANGUAGES)}")
        return name

    @field_validator("llm_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not is_web_address(url):
            raise ValueError(f"{without_secrets(url)} must be http(s)://<host>:<port>")
        return url

    @field_validator("log_url")
    @classmethod
    def _absolute(cls, url: str) -> str:
        """A relative SQLite file is meant from here, also by child processes."""
        file = url.removeprefix("sqlite:///")
        return f"sqlite:///{Path(file).resolve()}" if file != url and file else url

    @field_validator("home", "contexts", "field_mapping")
    @classmethod
    def _resolved(cls, path: Path | None) -> Path | None:
        return None if path is None else path.resolve()

    @property
    def store_url(self) -> str:
        """`log_url`, or the embedded SQLite file under `home`."""
        return self.log_url or f"sqlite:///{self.home / 'recwheel.sqlite'}"

    @property
    def personas_path(self) -> Path:
        """The list of personas that people edit."""
        return self.home / "personas.json"

    @property
    def mapping_path(self) -> Path:
        """Where the words of exports are explained; there need be no such file."""
        return self.field_mapping or self.home / "field_mapping.json"

    @property
    def inbox(self) -> Path:
        """Folder where raw exports are dropped."""
        return self.home / "inbox"
