"""Exit criterion 3: does a persona's user get the persona's option on top?

Each judged user asks with texts of the judge part that no bot and no category vector has seen.
A user counts if the persona's category and intensity come first on more than half of them.
All of it is simulation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np

from rec_api.scoring import Inputs, score
from rec_api.shrinkage import decay
from rec_assets.personas.persona import Persona
from rec_assets.traffic.draws import generator
from rec_assets.traffic.population import BotUser
from resources.context_pool import Context
from resources.options import OPTIONS, Option, ranking
from resources.preferences import Evidence, Floats, ServedClusters, ServedProfile

JUDGED_FROM: Final = 8  # executed sessions
TEXTS: Final = 10
RESAMPLES: Final = 4000
DRAWN_AT_ONCE: Final = 1 << 20  # of resampled users: 16 MB, however many are judged


@dataclass(frozen=True, slots=True)
class JudgeText:
    """A text of the judge part and what the encoder says of it."""

    text: str
    category: str
    language: str
    distribution: Floats | None  # v(c), (7,); None without an encoder
    text_language: str | None  # as detected


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judged user: how often the persona's option came first, personalized and not.

    `texts` is 0 where the pool's judge part has none for the persona: nothing can be said then.
    """

    user_id: str
    persona: str
    texts: int
    first: int
    first_unpersonalized: int
    mode_is_persona: bool
    firsts: tuple[tuple[str, str], ...]  # category and intensity that came first, per text

    @property
    def hit(self) -> bool:
        """On more than half of the texts."""
        return 2 * self.first > self.texts

    @property
    def hit_unpersonalized(self) -> bool:
        """On more than half of the texts, for a user of whom nothing is known."""
        return 2 * self.first_unpersonalized > self.texts


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Served:
    """What the service knows on a day: J, and G by user."""

    clusters: ServedClusters | None
    profiles: Mapping[str, ServedProfile]
    house_language: str


def first_option(served: Served, user_id: str | None, text: JudgeText) -> tuple[Option, Floats]:
    """What the service would list first on the day after, and its four contributions.

    With `user_id` None nothing is known of the user: no profile, no clusters, the population only.
    """
    profile = served.profiles.get(user_id) if user_id is not None else None
    clusters = served.clusters
    if user_id is None and clusters is not None:
        clusters = ServedClusters(clusters.version, clusters.day, clusters.population, ())
    scores = score(
        Inputs(
            text=text.distribution,
            document=None,
            document_length=0,
            text_language=text.text_language,
            evidence=profile.evidence.scaled(decay(1)) if profile else Evidence.none(),
            clusters=clusters,
            cluster_id=profile.cluster_id if profile else None,
            house_language=served.house_language,
        )
    )
    best = int(ranking(scores.final)[0])
    return OPTIONS[best], np.array(list(scores.contributions(best).values()))


def judge(
    users: Sequence[BotUser],
    personas: Sequence[Persona],
    part: Sequence[Context],
    read: Callable[[Context], JudgeText],
    served: Served,
    seed: int,
) -> list[Verdict]:
    """A verdict on every user with at least 8 executed sessions.

    `part` is the pool's judge part; a user's texts are drawn from it, and those alone are read.
    """
    by_name = {persona.name: persona for persona in personas}
    read = cache(read)

    @cache
    def plain(context: Context) -> Option:
        return first_option(served, None, read(context))[0]

    return [
        _verdict(user, by_name[user.persona], part, read, served, plain, seed)
        for user in users
        if user.user_id in served.profiles
        and served.profiles[user.user_id].executions >= JUDGED_FROM
    ]


def texts_for(persona: Persona, part: Sequence[Context], user_id: str, seed: int) -> list[Context]:
    """Ten judge texts of the persona's category in the language it mostly writes; fewer if so."""
    language = max(sorted(persona.text_language), key=lambda word: persona.text_language[word])
    fitting = [
        text
        for text in part
        if text.category == persona.preferred_category and text.language == language
    ]
    order = generator(seed, "judge", user_id).permutation(len(fitting))[:TEXTS]
    return [fitting[position] for position in sorted(order)]


def _verdict(
    user: BotUser,
    persona: Persona,
    part: Sequence[Context],
    read: Callable[[Context], JudgeText],
    served: Served,
    plain: Callable[[Context], Option],
    seed: int,
) -> Verdict:
    wanted = (persona.preferred_category, persona.preferred_intensity)
    asked = texts_for(persona, part, user.user_id, seed)
    firsts = tuple(first_option(served, user.user_id, read(text))[0][:2] for text in asked)
    unpersonalized = [plain(text)[:2] for text in asked]
    return Verdict(
        user_id=user.user_id,
        persona=persona.name,
        texts=len(asked),
        first=firsts.count(wanted),
        first_unpersonalized=unpersonalized.count(wanted),
        mode_is_persona=user.mode_option == wanted,
        firsts=firsts,
    )


@lru_cache(maxsize=256)  # a month of days is shown twice a day
def wilson(hits: int, of: int) -> Share:
    """Wilson's 95 % interval of a share (Wilson 1927); nan for none of none."""
    from scipy.stats import binomtest

    if of == 0:
        return Share(float("nan"), float("nan"), float("nan"))
    interval = binomtest(hits, of).proportion_ci(0.95, method="wilson")
    return Share(hits / of, float(interval.low), float(interval.high))


def paired_difference(verdicts: Sequence[Verdict], seed: int) -> Share:
    """Share judged right with minus without personalization; paired bootstrap over users."""
    gains = np.array([v.hit - v.hit_unpersonalized for v in verdicts], dtype=np.float64)
    if not len(gains):
        return Share(float("nan"), float("nan"), float("nan"))
    draw, means = generator(seed, "bootstrap"), list[Floats]()
    rows = max(1, DRAWN_AT_ONCE // len(gains))
    for start in range(0, RESAMPLES, rows):
        shape = min(rows, RESAMPLES - start), len(gains)
        means.append(gains[draw.integers(0, len(gains), shape)].mean(1))
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return Share(float(gains.mean()), float(low), float(high))


def most_frequent_first(verdicts: Sequence[Verdict]) -> dict[str, tuple[str, str]]:
    """By persona, the category and intensity that came first most often; ties by name."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for verdict in verdicts:
        counts.setdefault(verdict.persona, Counter()).update(verdict.firsts)
    return {
        name: min(of, key=lambda option: (-of[option], option))
        for name, of in sorted(counts.items())
    }
