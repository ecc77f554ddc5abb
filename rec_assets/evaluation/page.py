"""The report as one HTML file: figures with their intervals, plots inside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from jinja2 import Environment, StrictUndefined

from rec_assets.evaluation.criteria import Figures
from rec_assets.personas.persona import Persona
from rec_assets.plots import bars, columns, intervals

SHARES: Final = {
    "without": "persona_first_unpersonalized",
    "personal": "persona_first",
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
bots; all users of part 3 are.</p>
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
intervals.</p>
<table>{% for label, key in shares.items() %}
<tr><td>{{ label }}</td><td>{{ share(f[key]) }}</td></tr>{% endfor %}
<tr><td>gain over without</td><td>{{ share(f.gain) }}</td></tr>
</table>
{% for name, uri in pictures.items() %}<p><img alt="{{ name }}" src="{{ uri }}">{% endfor %}</html>
"""


def pictures(figures: Figures, personas: Sequence[Persona]) -> dict[str, str]:
    """The report's plots as data URIs, by name; each below 100 kB."""
    funnel = {"A": figures["chains"], "A→B→C": figures["complete_chains"]}
    shown = {
        label: (share["value"], share["low"], share["high"])
        for label, key in SHARES.items()
        if (share := figures[key])["value"] is not None
    }
    drawn = {
        "personas": bars("personas by category", {p.name: p.category for p in personas}),
        "chains": columns("chains", funnel),
    }
    if shown:
        drawn["persona_first"] = intervals("persona's option first (simulation)", shown)
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
