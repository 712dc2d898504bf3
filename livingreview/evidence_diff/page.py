"""The report as one page that needs nothing else: no request goes out, in either theme."""

from __future__ import annotations

from dataclasses import replace

from jinja2 import Environment
from markupsafe import Markup

from livingreview.evidence_diff.compare import RULE
from livingreview.evidence_diff.page_style import STYLE
from livingreview.evidence_diff.report import Cell, EvidenceDiff, FigurePair
from livingreview.evidence_diff.wording import GONE, NEW
from livingreview.figures.drawing import Drawing, without_links

_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{{ diff.verdict }} {{ diff.before }} → {{ diff.after }}</title>
<style>{{ style }}</style>
</head>
<body>
<main>
<h1>Evidence: {{ diff.before }} → {{ diff.after }}</h1>
<p class="verdict">{{ diff.verdict }}</p>
{% if diff.nothing %}
<p>Nothing differs in data, results or book.</p>
{% endif %}
<details><summary>When does a conclusion change?</summary><p>{{ rule }}</p></details>
{% if diff.figures %}
<nav aria-label="Parts"><p><a href="#figures">Before and after: {{ diff.figures|length }} \
figure{{ "s" if diff.figures|length > 1 }}</a></p></nav>
{% endif %}
{% for section in sections if section.rows %}
<section>
<h2>{{ section.title }}: {{ section.rows|length }}</h2>
{% if section.note %}
<p>{{ section.note }}</p>
{% endif %}
{% if section.folded %}
<details><summary>Show the rows</summary>
{% endif %}
<div class="frame" tabindex="0" role="region" aria-label="{{ section.title }}">
<table>
<thead>
<tr>{% for column in section.columns %}<th scope="col">{{ column }}</th>{% endfor %}</tr>
</thead>
<tbody>
{% for row in section.rows %}
<tr>{% for item in row %}<td>{{ cell(item) }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
{% if section.folded %}
</details>
{% endif %}
</section>
{% endfor %}
{% if diff.figures %}
<section id="figures">
<h2>Figures before and after</h2>
{% for pair in diff.figures %}
<h3>{{ pair.chapter }}: {{ pair.caption }}</h3>
<div class="pair">
{% for side, drawing, svg in drawn(pair, loop.index) %}
<figure>
<figcaption>{{ side }}</figcaption>
{% if drawing %}
<div class="frame" tabindex="0" role="group" \
aria-label="Figure; scrolls sideways on a narrow screen">{{ svg }}</div>
<details><summary>In words</summary><p>{{ drawing.alt }}</p></details>
{% else %}
<p>The figure is not there.</p>
{% endif %}
</figure>
{% endfor %}
</div>
{% endfor %}
</section>
{% endif %}
</main>
</body>
</html>
"""
)


def as_page(diff: EvidenceDiff) -> str:
    """Return the report as a page, with figures before and after beside each other."""
    return _PAGE.render(
        diff=diff,
        sections=(diff.conclusions, *diff.sections),
        rule=RULE,
        style=Markup(STYLE),
        cell=_cell,
        drawn=_drawn,
    )


def _cell(cell: Cell) -> str | Markup:
    if isinstance(cell, str):
        return cell
    tags = {GONE: Markup("<del>{}</del>"), NEW: Markup("<ins>{}</ins>")}
    text, before = Markup(""), ""
    for kind, words in cell:
        between = " " if (before, kind) == (GONE, NEW) else ""
        text += between + tags.get(kind, Markup("{}")).format(words)
        before = kind
    return text


def _of_side(drawing: Drawing, side: str, number: int) -> Drawing:
    return replace(drawing, name=f"{side.lower()}-{number}-{drawing.name}")


def _drawn(pair: FigurePair, number: int) -> list[tuple]:
    """Return side, drawing and picture; identifiers inside a picture are its own on the page."""
    sides = (("Before", pair.before), ("After", pair.after))
    return [
        (
            side,
            drawing,
            drawing and Markup(without_links(_of_side(drawing, side, number).inline_svg())),
        )
        for side, drawing in sides
    ]
