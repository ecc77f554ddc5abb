"""The report as one HTML file: figures with their intervals, plots inside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from jinja2 import Environment, StrictUndefined

from rec_assets.evaluation.criteria import Figures
from rec_assets.personas.persona import Persona
from rec_assets.personas.plots import persona_bars
from rec_assets.plots import intervals
from rec_assets.training.day_counts import DayCounts
from rec_assets.training.plots import accept_rates

SHARES: Final = {
    "without personalization": "persona_first_unpersonalized",
    "personalized": "persona_first",
    "ceiling": "persona_first_ceiling",
}

_TEMPLATE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Recwheel, {{ day }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; color: #222 }
table { border-collapse: collapse } td, th { padding: .2rem .8rem; text-align: left }
tr { border-bottom: 1px solid #ddd } img { max-width: 100% } .note { color: #666 }
</style>
<h1>The wheel on {{ day }}</h1>
<p class="note">Simulated traffic: {{ f.simulated_chains }} of {{ f.chains }} chains are of persona
bots; all users of part 3 are. All figures are of the days up to this one.</p>
<h2>1. Chains</h2>
<table>
<tr><td>A recommended</td><td>{{ f.chains }}</td></tr>
<tr><td>A → B → C complete</td><td>{{ f.complete_chains }}</td></tr>
<tr><td>C that took nothing</td><td>{{ f.rejections }}</td></tr>
<tr><td>B or C without its A</td><td>{{ f.orphans.B + f.orphans.C }}</td></tr>
</table>
<h2>2. Profiles and clusters</h2>
<table>{% for letter, n in f.profiles.items() %}
<tr><td>{{ letter }}</td><td>{{ n }}</td></tr>{% endfor %}
</table>
<h2>3. The persona's option on top</h2>
<p>{{ f.users_judged }} users with at least 8 executed sessions asked with unseen texts; share of
users for whom the persona's category and intensity came first on more than half, with 95 %
intervals.{% if f.users_without_text %} Not judged, for want of a text of their persona's category:
{{ f.users_without_text.items() | map("join", " ") | join(", ") }}.{% endif %}</p>
<table>{% for label, key in shares.items() %}
<tr><td>{{ label }}</td><td>{{ share(f[key]) }}</td></tr>{% endfor %}
<tr><td>gain over without</td><td>{{ share(f.gain) }}</td></tr>
</table>
{% for name, uri in pictures.items() %}<p><img alt="{{ name }}" src="{{ uri }}">{% endfor %}</html>
"""


def pictures(
    figures: Figures, personas: Sequence[Persona], by_day: Mapping[str, DayCounts]
) -> dict[str, str]:
    """The report's plots as data URIs, by name; each below 100 kB.

    `by_day` are the counts of H of the last days.
    """
    shown = {
        label: (share["value"], share["low"], share["high"])
        for label, key in SHARES.items()
        if (share := figures[key])["value"] is not None
    }
    drawn = {"personas": persona_bars(personas)} if personas else {}
    if any(counts.executed for counts in by_day.values()):
        drawn["accept_rate"] = accept_rates(by_day)
    if shown:
        title = f"The persona's option first: {figures['users_judged']} simulated users"
        below = "users with 8 executed sessions or more, unseen texts, 95 % interval (Wilson)"
        what = "users for whom it came first on more than half of the texts"
        drawn["persona_first"] = intervals(title, below, what, shown)
    return drawn


def page(day: str, figures: Figures, drawn: Mapping[str, str]) -> str:
    """The report of a day."""
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_TEMPLATE)
    return template.render(day=day, f=figures, shares=SHARES, pictures=drawn, share=share_text)


def share_text(share: Mapping[str, float | None]) -> str:
    """A share with its interval as people read it."""
    if share["value"] is None:
        return "nobody to judge"
    return f"{share['value']:.2f} [{share['low']:.2f}, {share['high']:.2f}]"
