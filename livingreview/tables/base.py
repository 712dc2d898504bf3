"""A table of the book: what it shows, what it leaves out and why, and its HTML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from jinja2 import Environment
from markupsafe import Markup, escape

from livingreview.data import Review
from livingreview.dose_marks import marked
from livingreview.tables.left_out import LeftOut

REFERENCES_PAGE = "references.html"
MARK = "‡"
LEGEND = f"{MARK} opens what the source prints there, and why we correct or doubt it."

# Autoescaping makes text from the data text: a tag in a cell appears as itself.
_TEMPLATE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """\
{% if table.folded %}
<details class="lr-fold"><summary>{{ table.caption }} Show {{ table.row_count }} rows.</summary>
{% endif %}
<div class="lr-table-frame" style="--lr-rows: {{ table.row_count }}" tabindex="0" role="region" \
aria-label="{{ table.caption }}">
<table class="lr-table{% if table.wordy %} lr-stacked{% endif %}" id="table-{{ table.name }}">
<caption>{{ table.caption }}</caption>
<thead><tr>
{% for column in table.columns %}
<th scope="col"{% if column.number %} class="lr-number"{% endif %}>{{ column.label }}</th>
{% endfor %}
</tr></thead>
{% for group in table.groups %}
<tbody>
{% if group.heading %}
<tr class="lr-group"><th scope="rowgroup" colspan="{{ table.columns|length }}">\
{{ group.heading }}</th></tr>
{% endif %}
{% for row in group.rows %}
<tr>
{% for column, cell in zip(table.columns, row) %}
{% if loop.first %}
<th scope="row">{{ cell }}</th>
{% else %}
<td data-label="{{ column.label }}"{% if column.number %} class="lr-number"{% endif %}>\
{{ cell }}</td>
{% endif %}
{% endfor %}
</tr>
{% endfor %}
</tbody>
{% endfor %}
{% if not table.row_count %}
<tbody><tr><td colspan="{{ table.columns|length }}">{{ table.none }}</td></tr></tbody>
{% endif %}
</table>
</div>
<p class="lr-table-foot">{{ table.foot }}</p>
{% if table.folded %}
</details>
{% endif %}
"""
)


@dataclass(frozen=True)
class Column:
    """Head of a column; numbers are set to the right."""

    label: str
    number: bool = False


@dataclass(frozen=True)
class Group:
    """Rows under one heading; an empty heading is not shown."""

    heading: str | Markup
    rows: list[list[str | Markup]]


class Written(Sequence[Group]):
    """Groups of rows that are written when somebody looks at them.

    The accounting of the book counts what its tables show, and looks at none of it.

    Parameters
    ----------
    write : callable
        Returns the groups.
    """

    def __init__(self, write: Callable[[], list[Group]]):
        self._write = write

    @cached_property
    def _groups(self) -> list[Group]:
        return self._write()

    def __getitem__(self, place):
        """Return a group, or several."""
        return self._groups[place]

    def __len__(self) -> int:
        """Return how many groups there are."""
        return len(self._groups)


@dataclass(frozen=True, repr=False)
class BookTable:
    """One table of the book.

    Attributes
    ----------
    name : str
        Short name, used as the anchor ``table-name``.
    caption : str
        What the table answers.
    columns : tuple of Column
        Heads; the first column names the row.
    groups : sequence of Group
        The rows.
    source : str
        Table of the data package that the rows come from; empty where they are computed.
    shown : frozenset of str
        Keys of the data rows that stand in it.
    left_out : LeftOut
        Reason for each data row that does not, by key.
    folded : bool
        Whether a reader opens it first; for long tables that few read whole.
    basis : str
        What the rows are computed from, where they do not come from the data.
    none : str
        What stands in it where there are no rows.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    groups: Sequence[Group]
    source: str
    shown: frozenset[str]
    left_out: LeftOut = field(default_factory=LeftOut)
    folded: bool = False
    basis: str = "Computed from the values as printed."
    none: str = "No row of the data belongs here."

    @property
    def wordy(self) -> bool:
        """Whether its columns are mostly text, so that a phone shows them one under another."""
        return sum(not column.number for column in self.columns) >= 3

    @property
    def row_count(self) -> int:
        """Number of rows as shown."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def foot(self) -> str:
        """How many rows of the data are shown, how many are not and why, and what ‡ means."""
        text = self._accounts() if self.source else self.basis
        cells = (cell for group in self.groups for row in group.rows for cell in row)
        return f"{text} {LEGEND}" if any(f">{MARK}</summary>" in cell for cell in cells) else text

    def _accounts(self) -> str:
        apart = self.left_out.apart
        counts = Counter(why for why in self.left_out.values() if why != apart)
        total = len(self.shown) + counts.total()
        text = f"{len(self.shown)} of the {total} rows of {self.source}.csv"
        if apart:
            text += f", not counting those {apart}"
        if counts:
            text += "; left out: " + ", ".join(f"{count} {why}" for why, count in counts.items())
        return text + "."

    def __repr__(self) -> str:
        """Return what the table answers, for readers of text alone."""
        return f"Table: {self.caption}"

    def _repr_html_(self) -> str:
        """Return the table for a page."""
        return _TEMPLATE.render(table=self, zip=zip)


def anchor(kind: str, group: str) -> str:
    """Return the short name of a table of a group: ``studies-long-covid-and-me-cfs``."""
    return f"{kind}-{re.sub(r'[^a-z]+', '-', group.lower()).strip('-')}"


def lines(items: Sequence[str | Markup]) -> Markup:
    """Return items as a list, or the item itself where there is one."""
    items = [item for item in items if item]
    if len(items) <= 1:
        return escape(items[0]) if items else Markup("")
    inner = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup('<ul class="lr-list">{}</ul>').format(inner)


def quiet(text: str | Markup) -> Markup:
    """Return text set small and quiet, for places and notes."""
    return Markup('<span class="lr-quiet">{}</span>').format(text) if text else Markup("")


def opens(mark: str, label: str, text: str | Markup, fault: str = "") -> Markup:
    """Return a small mark that opens a note; it works without JavaScript and by keyboard.

    `fault` names the discrepancy that the note tells, where it tells one.
    """
    named = Markup(' data-discrepancy="{}"').format(fault) if fault else ""
    return Markup(
        '<details class="lr-note"{}><summary aria-label="{}">{}</summary><span>{}</span></details>'
    ).format(named, label, mark, text)


def reference_link(review: Review, key: str) -> Markup:
    """Return author and year as a link to the list of references, with the entry on hover."""
    reference = review.references[key]
    return Markup('<a class="reference internal" href="{}#{}" title="{}">{}</a>').format(
        REFERENCES_PAGE, reference.anchor, reference.full, reference.short
    )


def link_to_study(study_id: str, shown: str | Markup, title: str = "") -> Markup:
    """Return a text as a link to the page of a study, from a chapter or another study's page."""
    hover = Markup(' title="{}"').format(title) if title else ""
    return Markup('<a href="../studies/{}.html"{}>{}</a>').format(study_id, hover, shown)


def study_link(review: Review, study_id: str, key: str) -> Markup:
    """Return author and year as a link to the study's page, with the reference on hover."""
    reference = review.references[key]
    return link_to_study(study_id, marked(review, study_id, reference.short), reference.full)


def which_studies(review: Review, study_ids: Iterable[str]) -> Markup:
    """Return a mark that opens the names of studies, each a link to its page; none for none."""
    reference = review.labels("studies", "reference")
    named = [study_link(review, study, reference[study]) for study in study_ids]
    return opens("which", "Which studies", Markup(", ").join(named)) if named else Markup("")
