"""What each field of the records means, in one sentence: for Dagster's columns and docs/."""

from __future__ import annotations

from typing import Final

import msgspec

from resources import records as r

EVERY_RECORD: Final = {
    "_id": "Key of the row; see the table of collections for what it is made of",
    "user_id": "Who wrote; `sim-…` is a simulated user",
    "created_at": "When it happened: milliseconds since 1970, UTC; a bot's own clock in simulation",
    "day": "UTC date (ISO) of the chain's A: the partition",
    "arrived_on": "UTC date on which the row reached the store; later than `day` for late rows",
    "shard": "crc32(user_id) mod 256: what work is divided by",
    "origin": "`live` or `simulation`",
    "schema_version": "Version of the record's shape; newer than the program's is an error",
}
SHARED: Final = {
    "accepted": "Whether a candidate was taken",
    "applied_weight_doc": "Weight with which P_doc went into the score",
    "candidates": "How many rewritten texts were offered",
    "category": "Category of the executed option",
    "cluster_id": "The user's cluster in the served J; null: none",
    "completed": "Whether /log has told what became of it",
    "context_hash": "`_id` of E: hash of user, text, before and after",
    "correction_history_id": "`_id` of D",
    "degraded": "What was missing when it was scored, by name",
    "doc_id": "The editor's own name of the document",
    "doc_maturity_score": "0 to 1: how far the document is long enough to tell (α / 0.4)",
    "document_length": "Unicode characters of the document; 0: none was there",
    "edited": "Whether the person changed the candidate before taking it",
    "encoder_version": "Version of the encoder that made `embedding`",
    "intensity": "Intensity of the executed option",
    "language": "Language of the executed option",
    "length": "Unicode characters",
    "llm_name": "Model that wrote the candidates",
    "llm_provider": "Where that model runs; `embedded`: the rule-based rewriter",
    "p_cluster": "P_cluster by category, 7 numbers; null: the term was absent",
    "p_doc": "P_doc by category, 7 numbers; null: the term was absent",
    "p_user": "P_user by category, 7 numbers; null: the term was absent",
    "p_vec": "P_vec by category, 7 numbers; null: the term was absent",
    "policy": "The policy that chose the slate",
    "profile_source": "Whose taste weighed most: user, cluster or population",
    "propensity": "The policy's probability of showing this slate",
    "recommend_session_id": "Joins A, B, C and D of one session",
    "recommended_intensity": "Intensity of the first option",
    "request_hash": "Hash of the body that came with an Idempotency-Key; null: none came",
    "response_time_ms": "Milliseconds that the model took",
    "restriction": "Words that a listed option had to have, of those the request named",
    "selected_index": "Position of the candidate that was taken; null: none",
    "source_paraphrase_event_id": "`_id` of B",
    "source_recommend_event_id": "`_id` of A",
    "text": "The text itself",
    "text_language": "Language detected in the selected text; null: unknown",
    "versions": "Of encoder, prototypes, serving and scoring, when it was made",
    "weights": "Weights of vec, doc, user and cluster as applied; they sum to 1",
}
OWN: Final[dict[type[msgspec.Struct], dict[str, str]]] = {
    r.RecommendEvent: {
        "settings": "alpha, beta, lambda, n and document_length that the weights follow from",
        "scores": "P_final of the allowed options in the order of OPTIONS, base64 float64",
        "reco_options": "The slate, best first: category, intensity, language, score and the "
        "contributions of the four terms, which add up to it",
    },
    r.ParaphraseEvent: {
        "slate_position": "Place of the executed option on A's slate; null: it was not on it",
        "input_sentence_length": "Unicode characters of the input",
    },
    r.SelectionEvent: {},
    r.CorrectionHistory: {
        "user_prompt": "What the person asked for in words; null: nothing",
        "input_sentence": "The text that was to be rewritten",
        "output_sentences": "The candidates",
        "edited_text": "What the person made of the candidate; null: taken as it was",
    },
    r.ContextBlock: {
        "text": "The selected text",
        "before": "What stands before it",
        "after": "What stands after it",
        "embedding": "The text's unit vector, base64 float32; null: no encoder",
    },
    r.RecommendLog: {
        "latency_ms": "Milliseconds from the request's arrival to the scored answer",
        "cache_hits": "Whether profile, clusters and document were found in Redis",
        "explain": "What `explain` answered; null: it was not asked for",
    },
    r.FullDocument: {
        "created_at": "When it was last put",
        "text_hash": "SHA-256 of the text",
        "embedding": "Unit vector of its first 20,000 characters, base64 float32",
        "snapshot_id": "`_id` of the last L, against which changes are measured",
    },
    r.DocumentSnapshot: {"changed_share": "Share of the text that differs from the last snapshot"},
    r.TrainingExample: {
        "arrived_on": "The latest of its A, B and C",
        "embedding": "E's vector, if the encoder that scored A made it; base64 float32",
        "slate": "Ids of the options shown, best first",
        "slate_scores": "Their P_final",
        "slate_plain": "What P_vec and P_doc contribute to each: the shown options' order without "
        "personalization; null: neither term was there",
        "cluster_id": "The user's cluster when A was made; null: none",
        "executed": "Whether a paraphrase was run",
        "source_paraphrase_event_id": "The executed B: the accepted one, else the last; null: none",
        "changed": "Whether the executed option was not the one that came first",
        "slate_position": "Place of the executed option on the slate; null: it was not on it",
        "runs": "How many B this A has",
        "ground_truth": "Id of the accepted option; null: none was",
        "match_metrics": "First option against the executed one: category, intensity, language "
        "(1: equal) and their total",
        "consistency_flag": "`high`: A to B within REC_CONSISTENCY_SECONDS, else `low`",
        "seconds_to_run": "Seconds from A to the executed B",
        "error": "What contradicts itself in the chain; null: nothing",
    },
    r.UserProfile: {
        "created_at": "End of `day`",
        "day": "Last day with evidence; what is derived holds as of it",
        "origin": "`simulation` when all of the evidence is, else `live`",
        "evidence": "By day: cells of [option, text language or −1, accepted, changed, simulated, "
        "count]",
        "base": "Days more than 140 older than `day`, folded; null: none",
        "preferred_category_vector": "θ(c), 7 shares, shrunk to the cluster of the day before",
        "preferred_strength_vector": "θ(i), 3 shares",
        "preferred_language_vector": "θ(l), 4 shares",
        "recommend_accept_rate": "Accepted over executed sessions, not decayed",
        "paraphrase_execution_count": "Executed sessions, not decayed",
        "user_embedding_v1": "14 numbers: square roots of the three blocks, shrunk to everybody",
        "cluster_id": "The cluster that its shrinkage used (J of the day before); null: none",
        "executed_sessions": "n, halved every 14 days, as of `day`",
        "simulated_share": "Share of its executed sessions that bots made",
    },
    r.ClusterProfile: {
        "day": "The day that it stands for",
        "cluster_id": "`c01`, `c02` …, kept while the group goes on; `population` is everybody",
        "centroid_embedding": "Centre of its users' embeddings, 14 numbers",
        "category_vector": "7 shares",
        "strength_vector": "3 shares",
        "language_vector": "4 shares",
        "text_language_vector": "Languages its users write in, 4 shares",
        "strength_by_category": "7 rows of 3 shares",
        "language_by_text_language": "4 rows of 4 shares",
        "user_count": "How many users it has",
    },
    r.ClusterMember: {
        "day": "The day that it stands for",
        "user_id": "The user",
        "cluster_id": "The cluster",
        "distance": "Euclidean distance of the user's embedding to the centre",
    },
}


def meaning(record: type[msgspec.Struct], field: str) -> str:
    """What the field of that record means; KeyError for one that nobody explained."""
    own = OWN[record]
    if field in own:
        return own[field]
    return SHARED[field] if field in SHARED else EVERY_RECORD[field]
