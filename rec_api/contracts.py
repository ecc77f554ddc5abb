"""What callers send. Wrong or unknown fields are named in a 422; words are translated here."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from rec_api.words import (
    CATEGORY_NAMES,
    INTENSITY_NAMES,
    LANGUAGE_NAMES,
    Around,
    Category,
    CreatedAt,
    Id,
    Intensity,
    Language,
    Origin,
    Prompt,
    SelectedText,
)
from resources.options import OPTIONS


class Request(BaseModel):
    """What every body shares. Fields named in `simulator_only` are refused to other roles."""

    model_config = ConfigDict(extra="forbid", strict=True)
    simulator_only: ClassVar[tuple[str, ...]] = ("created_at",)


def example(**fields: Any) -> ConfigDict:
    """A model configuration with one example body for /docs."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class RecommendRequest(Request):
    """A selected text and what stands around it."""

    model_config = example(
        user_id="u-1024",
        doc_id="d-7",
        selected_text="본 연구에서는 사용자 행동 로그를 바탕으로 개인화 추천 모델을 제안한다.",
        context_prev="1. 서론",
        limit=3,
    )
    simulator_only: ClassVar[tuple[str, ...]] = ("created_at", "origin", "explore")

    user_id: Id
    doc_id: Id
    selected_text: SelectedText
    context_prev: Around = ""
    context_next: Around = ""
    category: Category | None = Field(
        None, validation_alias=CATEGORY_NAMES, description="Also `field`: list only this category."
    )
    intensity: Intensity | None = Field(
        None, validation_alias=INTENSITY_NAMES, description="Also `maintenance`."
    )
    language: Language | None = Field(
        None, validation_alias=LANGUAGE_NAMES, description="Also `target_language`."
    )
    user_prompt: Prompt | None = None
    limit: int = Field(5, ge=1, le=len(OPTIONS), description="How many options to list.")
    explain: bool = Field(False, description="Add all scores and what they rest on.")
    created_at: CreatedAt | None = None
    origin: Origin | None = Field(None, description="Role simulator only.")
    explore: bool = Field(True, description="false: role simulator only.")


class ParaphraseRequest(Request):
    """A text and the option under which it is rewritten."""

    model_config = example(
        user_id="u-1024",
        recommend_session_id="b7c2…",
        source_recommend_event_id="01997f…",
        selected_text="본 연구에서는 개인화 추천 모델을 제안한다.",
        category="thesis",
        intensity="strong",
        language="ko",
    )

    user_id: Id
    recommend_session_id: Id
    source_recommend_event_id: Id = Field(description="`insert_id` that /recommend answered.")
    selected_text: SelectedText
    category: Category = Field(validation_alias=CATEGORY_NAMES, description="Also `field`.")
    intensity: Intensity = Field(
        validation_alias=INTENSITY_NAMES, description="Also `maintenance`."
    )
    language: Language = Field(
        validation_alias=LANGUAGE_NAMES, description="Also `target_language`."
    )
    user_prompt: Prompt | None = None
    created_at: CreatedAt | None = None


class SelectionRequest(Request):
    """What became of a paraphrase: a candidate taken (perhaps edited), or none."""

    model_config = example(
        event="editor_selected_paraphrasing",
        user_id="u-1024",
        recommend_session_id="b7c2…",
        source_recommend_event_id="01997f…",
        source_paraphrase_event_id="01997f…",
        correction_history_id="5d1e…",
        accepted=True,
        selected_index=0,
    )

    event: Literal["editor_selected_paraphrasing"]
    user_id: Id
    recommend_session_id: Id
    source_recommend_event_id: Id
    source_paraphrase_event_id: Id = Field(description="`insert_id` that /paraphrase answered.")
    correction_history_id: Id
    accepted: bool
    selected_index: int | None = Field(
        None, ge=0, le=99, validate_default=True, description="Required when accepted."
    )
    edited_text: str | None = Field(None, max_length=10_000)
    created_at: CreatedAt | None = None

    @field_validator("selected_index")
    @classmethod
    def _goes_with_accepted(cls, index: int | None, info: ValidationInfo) -> int | None:
        accepted = info.data.get("accepted")
        if accepted is True and index is None:
            raise ValueError("is required when accepted is true")
        if accepted is False and index is not None:
            raise ValueError("must be absent when accepted is false")
        return index

    @field_validator("edited_text")
    @classmethod
    def _only_of_accepted(cls, text: str | None, info: ValidationInfo) -> str | None:
        if text is not None and info.data.get("accepted") is False:
            raise ValueError("must be absent when accepted is false")
        return text


class ServiceEvent(BaseModel):
    """An event that the service has written itself; it is not stored twice."""

    model_config = ConfigDict(extra="ignore")

    event: Literal["editor_recommend_options", "editor_run_paraphrasing"]


LogRequest = Annotated[SelectionRequest | ServiceEvent, Field(discriminator="event")]


class DocumentRequest(Request):
    """The document's text as it stands now."""

    model_config = example(user_id="u-1024", text="1. 서론\n본 연구에서는 …")

    user_id: Id
    text: str = Field(description="The whole text; a body may have 2 MiB.")
    created_at: CreatedAt | None = None
