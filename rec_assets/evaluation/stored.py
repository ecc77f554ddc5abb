"""What evaluation reads from the store: chains, judge texts, what is served on a day."""

from __future__ import annotations

from collections.abc import Callable

from rec_api.prototype_rows import load_prototypes
from rec_api.prototypes import category_distribution
from rec_assets import manifests
from rec_assets.clusters.publication import served_clusters, served_profiles
from rec_assets.clusters.stored import read_clusters, read_members
from rec_assets.evaluation.criteria import ChainCounts, Figures, exit_criteria
from rec_assets.evaluation.judgement import JudgeText, Served, Verdict, judge
from rec_assets.evaluation.sampler import Sampled, most_neutral, sample
from rec_assets.personas.stored import read_stored
from rec_assets.traffic.drawn_from import read_drawn_from
from resources.context_pool import Context, open_pool
from resources.encoder import Encoder
from resources.log_store import LogStore
from resources.records import COLLECTIONS, DRAWN_FROM
from resources.settings import Settings
from resources.text_language import detect_language

G, H = COLLECTIONS["G"], COLLECTIONS["H"]


def judge_text_reader(store: LogStore, encoder: Encoder | None) -> Callable[[Context], JudgeText]:
    """What says of a text its category as the encoder sees it, and its language as detected."""
    prototypes = load_prototypes(store, encoder.version) if encoder else None

    def read(context: Context) -> JudgeText:
        says = None
        if encoder is not None and prototypes is not None:
            (embedding,) = encoder.encode([context.text])
            says = category_distribution(context.text, embedding, prototypes)
        detected = detect_language(context.text)
        return JudgeText(context.text, context.category, context.language, says, detected)

    return read


def read_served(store: LogStore, settings: Settings, day: str) -> Served:
    """G and J as they are served from the end of `day` on."""
    clusters = read_clusters(store, day)
    if not clusters:
        return Served(None, {}, settings.house_language)
    rows = (row for batch in store.scan(G) for row in batch)
    profiles = dict(served_profiles(rows, read_members(store, day), day))
    return Served(served_clusters(day, clusters), profiles, settings.house_language)


def profiles_on(store: LogStore, day: str) -> Figures:
    """The rows of H of the days up to `day`, and the users of G with evidence of those, by letter.

    Days that were folded into a user's base count whatever `day` is, as they do for J.
    """
    users = (row for batch in store.scan(G, fields=("evidence", "base")) for row in batch)
    return {
        "H": sum(rows for each, rows in store.rows_by_day(H).items() if each <= day),
        "G": sum(bool(row["base"]) or any(d <= day for d in row["evidence"]) for row in users),
    }


def read_verdicts(
    store: LogStore, settings: Settings, encoder: Encoder | None, day: str
) -> list[Verdict]:
    """The judged users of the day; none before personas and J stand."""
    drawn = read_drawn_from(store, settings)
    if drawn is None:
        return []
    part = open_pool(settings.contexts, settings.home).judge
    read, served = judge_text_reader(store, encoder), read_served(store, settings, day)
    return judge(drawn.bots(), drawn.personas, part, read, served, drawn.seed)


def read_criteria(
    store: LogStore,
    settings: Settings,
    encoder: Encoder | None,
    day: str | None,
    chains: ChainCounts,
    profiles: Figures,
) -> Figures:
    """The exit criteria with J and the verdicts as of the end of `day`.

    `chains` and `profiles`, the numbers of H and G, are the caller's: as of the day, or all.
    """
    verdicts = read_verdicts(store, settings, encoder, day) if day else []
    latest = manifests.read(store, "cluster_profiles", day) if day else None
    profiles = {**profiles, "J": latest["clusters"] if latest else 0}
    drawn_from = read_stored(store, DRAWN_FROM)
    return exit_criteria(chains, profiles, drawn_from, verdicts, settings.seed)


def read_sample(
    store: LogStore, settings: Settings, encoder: Encoder | None, day: str
) -> tuple[str, list[Sampled]]:
    """The most neutral judge text, and how the busiest users of up to three personas see it."""
    part = open_pool(settings.contexts, settings.home).judge
    own = [context for context in part if context.language == settings.house_language]
    text = most_neutral([*map(judge_text_reader(store, encoder), own)])
    drawn = read_drawn_from(store, settings)
    if text is None or drawn is None:
        return "", []
    served = read_served(store, settings, day)
    return text.text, sample(text, drawn.bots(), drawn.personas, served)
