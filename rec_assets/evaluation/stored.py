"""What evaluation reads from the store: chains, judge texts, what is served on a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
from rec_assets.traffic.population import BotUser
from resources.context_pool import Context, open_pool
from resources.encoder import Encoder
from resources.log_store import LogStore
from resources.records import COLLECTIONS, DRAWN_FROM, Row
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


def read_served(store: LogStore, settings: Settings, day: str, users: Sequence[BotUser]) -> Served:
    """J as it is served from the end of `day` on, and what G has of these users."""
    clusters = read_clusters(store, day)
    if not clusters:
        return Served(None, {}, settings.house_language)
    rows = store.get(G, [user.user_id for user in users]).values()
    profiles = dict(served_profiles(rows, read_members(store, day), day))
    return Served(served_clusters(day, clusters), profiles, settings.house_language)


def profiles_on(store: LogStore, day: str) -> Figures:
    """The rows of H of the days up to `day`, and the users of G with evidence of those, by letter.

    Days that were folded into a user's base count whatever `day` is, as they do for J.
    """
    rows = sum(number for each, number in store.rows_by_day(H).items() if each <= day)
    return {
        "H": rows,
        "G": sum(_users_on(store, batch, day) for batch in store.scan(G, fields=("day",))),
    }


def _users_on(store: LogStore, batch: Sequence[Row], day: str) -> int:
    """How many of G's rows, given by their last day, have evidence of the days up to `day`."""
    later = [row["_id"] for row in batch if row["day"] > day]
    rows = store.get(G, later).values()  # evidence is long, and only of a past day asked for
    more = sum(bool(row["base"]) or any(d <= day for d in row["evidence"]) for row in rows)
    return len(batch) - len(later) + more


def read_verdicts(
    store: LogStore, settings: Settings, encoder: Encoder | None, day: str
) -> list[Verdict]:
    """The judged users of the day; none before personas and J stand."""
    drawn = read_drawn_from(store, settings)
    if drawn is None:
        return []
    part = open_pool(settings.contexts, settings.home).judge
    read, bots = judge_text_reader(store, encoder), drawn.bots()
    served = read_served(store, settings, day, bots)
    return judge(bots, drawn.personas, part, read, served, drawn.seed)


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
    bots = drawn.bots()
    served = read_served(store, settings, day, bots)
    return text.text, sample(text, bots, drawn.personas, served)
