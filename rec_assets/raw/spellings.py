"""The words of other exports, and ours for them: the one place that knows foreign spellings."""

from __future__ import annotations

from typing import Final

# Ours ← theirs. The first spelling that is there and not null wins.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "event": ("event", "event_name", "eventName"),
    "user_id": ("user_id", "$user_id", "userId"),
    "distinct_id": ("distinct_id", "$distinct_id", "distinctId"),
    "device_id": ("device_id", "$device_id", "deviceId"),
    "user": ("user", "user_id", "userId"),
    "insert_id": ("insert_id", "$insert_id", "insertId"),
    "time": ("time", "timestamp", "event_time", "eventTime"),
    "created_at": ("created_at", "createdAt"),
    "recent_execution_date": ("recent_execution_date", "recentExecutionDate"),
    "last_seen": ("last_seen", "$last_seen", "lastSeen"),
    "count": ("count",),
    "category": ("field", "category"),
    "intensity": ("maintenance", "intensity"),
    "language": ("target_language", "targetLanguage"),
    "tone": ("tone",),
    "length": ("input_sentence_length", "inputSentenceLength"),
    "index": ("index", "selected_index", "selectedIndex"),
    "total": ("total_paraphrasing_sentence_count", "totalParaphrasingSentenceCount"),
    "prompt": ("user_prompt", "userPrompt"),
    "input": ("input_sentence", "inputSentence"),
    "outputs": ("output_sentences", "outputSentences"),
}
# Where an exporter puts an event's fields, one level down.
NESTS: Final = ("properties", "data")

RUN, SELECTION, VISIT = "run", "selection", "visit"
EVENTS: Final = {
    "editor_run_paraphrasing": RUN,
    "run_paraphrasing": RUN,
    "editor_selected_paraphrasing": SELECTION,
    "selected_paraphrasing": SELECTION,
    "open_sidepanel": VISIT,
    "pageview_ad inflow": VISIT,
    "tutorial": VISIT,
}
LANGUAGES: Final = {
    "korean": "ko", "ko-kr": "ko", "한국어": "ko",
    "english": "en", "en-us": "en", "en-gb": "en", "영어": "en",
    "japanese": "ja", "ja-jp": "ja", "일본어": "ja",
    "chinese": "zh", "zh-cn": "zh", "zh-tw": "zh", "중국어": "zh",
}  # fmt: skip
DEVICE_PREFIX: Final = "$device:"
