"""H's data dictionary: every column of the golden table, its type and what it means."""

from __future__ import annotations

from typing import Final, NamedTuple


class Column(NamedTuple):
    """One column of the golden table."""

    name: str
    type: str  # an Arrow type's name
    meaning: str


COLUMNS: Final = (
    Column("example_id", "string", "A's insert_id; one row for each"),
    Column("user_id", "string", "Who asked; sim-… is a simulated user"),
    Column("day", "string", "UTC date of A (ISO): the partition"),
    Column("created_at", "int64", "When A was made, milliseconds UTC"),
    Column("origin", "string", "live or simulation"),
    Column("recommend_session_id", "string", "Joins A, B, C and D"),
    Column("source_paraphrase_event_id", "string", "The executed B; null: nothing was executed"),
    Column("text_language", "string", "Detected language of the selected text; null: unknown"),
    Column("document_length", "int64", "Characters of the document; 0: none was there"),
    Column("slate", "list<string>", "Options shown, best first (category/intensity/language)"),
    Column("slate_scores", "list<double>", "P_final of the options shown"),
    Column("weight_vec", "double", "Weight of P_vec in the score"),
    Column("weight_doc", "double", "Weight of P_doc"),
    Column("weight_user", "double", "Weight of P_user"),
    Column("weight_cluster", "double", "Weight of P_cluster"),
    Column("profile_source", "string", "user, cluster or population: whose taste weighed most"),
    Column("cluster_id", "string", "The user's cluster when asked; null: none yet"),
    Column("policy", "string", "The policy that chose the slate"),
    Column("propensity", "double", "Its probability of showing this slate"),
    Column("executed", "bool", "A paraphrase was run"),
    Column("category", "string", "Category of the executed option"),
    Column("intensity", "string", "Intensity of the executed option"),
    Column("language", "string", "Language of the executed option"),
    Column("changed", "bool", "The executed option was not the one that came first"),
    Column("slate_position", "int64", "Its position on the slate, from 0; null: it was not on it"),
    Column("runs", "int64", "Paraphrases run for this recommendation"),
    Column("accepted", "bool", "A candidate was taken"),
    Column("ground_truth", "string", "Id of the accepted option"),
    Column("match_category", "int64", "1: the first option's category was executed"),
    Column("match_intensity", "int64", "1: the first option's intensity was executed"),
    Column("match_language", "int64", "1: the first option's language was executed"),
    Column("match_total", "int64", "Sum of the three"),
    Column("consistency_flag", "string", "high: A to B within REC_CONSISTENCY_SECONDS; else low"),
    Column("seconds_to_run", "double", "Seconds from A to the executed B"),
    Column("error", "string", "Contradiction in the chain; null: none"),
    Column("persona", "string", "Persona the simulated user was drawn from; null: a live user"),
    Column(
        "first_shown",
        "int64",
        "1: the executed option came first as shown, that is with personalization; null: nothing "
        "executed, or first_plain is unknown. What was executed is anchored by what was shown",
    ),
    Column(
        "first_plain",
        "int64",
        "1: it would have come first of the shown options without P_user and P_cluster; null: "
        "nothing executed, or neither P_vec nor P_doc was there. What was executed is anchored by "
        "what was shown: this compares orders, it is no experiment",
    ),
)
