"""The register of studies: a table of all, and the form and data by which a script filters it.

Without JavaScript the table is whole and the form is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup, escape

from livingreview.citation_formats import bibtex, ris
from livingreview.data import Review
from livingreview.register import RETRACTED, Filter, doses_given, filters, register
from livingreview.tables.base import (
    REFERENCES_PAGE,
    BookTable,
    Column,
    Group,
    lines,
    quiet,
    study_link,
)
from livingreview.tables.dose_words import against_low_band
from livingreview.tables.marks import MarkedRow
from livingreview.tables.phrases import Row, dose_phrases, records, records_by_study
from livingreview.tables.register_csv import csv_head, csv_row

# Columns by the name that the address sorts them by. Of a number, the largest comes first.
COLUMNS = {
    "study": Column("Study"),
    "year": Column("Year", number=True),
    "condition": Column("Condition"),
    "design": Column("Design"),
    "participants": Column("Participants or model"),
    "dose": Column("Dose of the antagonist"),
    "direction": Column("Direction"),
    "risk": Column("Risk of bias"),
}
LARGEST_FIRST = ("year", "participants", "design")
RETRACTED_MARK = Markup('<strong class="lr-line">{}</strong> ').format(RETRACTED)
# Rows of the downloads, each with the ending and the type of its file.
DOWNLOADS = {
    "csv": ("CSV", "text/csv"),
    "ris": ("RIS", "application/x-research-info-systems"),
    "bib": ("BibTeX", "application/x-bibtex"),
}

_JINJA = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_FORM = _JINJA.from_string(
    """\
<form class="lr-register" id="register-form" role="search" aria-label="Studies" \
autocomplete="off" hidden>
<p><label for="register-q">Search: condition, author, drug</label>
<input type="search" id="register-q" name="q"></p>
<details><summary>Filters and downloads</summary>
<div class="lr-filters">
{% for filter in table.filters %}
<p><label for="register-{{ filter.name }}">{{ filter.label }}</label>
<select id="register-{{ filter.name }}" name="{{ filter.name }}">
<option value="">All</option>
{% for heading, options in filter.options.items() %}
{% if heading %}
<optgroup label="{{ heading }}">
{% endif %}
{% for value, label in options.items() %}
<option value="{{ value }}">{{ label }}</option>
{% endfor %}
{% if heading %}
</optgroup>
{% endif %}
{% endfor %}
</select></p>
{% endfor %}
</div>
<p class="lr-buttons"><span id="register-downloads">Download what is shown:</span>
{% for kind, (name, type) in downloads.items() %}
<button type="button" data-kind="{{ kind }}" data-type="{{ type }}" \
aria-describedby="register-downloads">{{ name }}</button>
{% endfor %}
</p>
</details>
<div class="lr-buttons"><p role="status" id="register-status">\
{{ table.data.studies|length }} of {{ table.data.studies|length }} studies.</p>
<button type="reset">Reset</button></div>
</form>
<script>
// The form has its place at once, so that nothing moves when the script that works it shows it.
(() => {
  const form = document.getElementById("register-form");
  form.classList.add("lr-waiting");
  form.hidden = false;
  // on a phone the filters are folded away; the line below them says what is chosen
  form.querySelector("details").open = matchMedia("(min-width: 48rem)").matches;
})();
</script>
"""
)
# The filter `tojson` leaves no sign that could end the element or start another.
_DATA = _JINJA.from_string(
    """\
<script type="application/json" id="register-data">{{ table.data|tojson }}</script>
<script defer src="../register.js"></script>
"""
)


@dataclass(frozen=True, repr=False)
class RegisterTable(BookTable):
    """The table of all studies with its form and data.

    Attributes
    ----------
    filters : tuple of Filter
        The filters of the form.
    data : dict
        What the script needs: ``columns`` (name and first order of each), ``studies`` (in the
        order of the rows: ``values``, ``sort``, ``reference`` and its line of ``csv``),
        ``references`` (``ris`` and ``bib`` by key) and ``head`` (of the CSV).
    """

    filters: tuple[Filter, ...] = ()
    data: dict = field(default_factory=dict)

    def _repr_html_(self) -> str:
        form = _FORM.render(table=self, downloads=DOWNLOADS)
        return form + super()._repr_html_() + _DATA.render(table=self)


def study_register(review: Review) -> RegisterTable:
    """Return the register: every study once, those nearest to a patient first."""
    studies, narrowed = records(register(review)), filters(review)
    review = review.whole  # a retracted study stands in it too, marked
    doses = records_by_study(doses_given(review))
    orders = {one.name: list(one.labels) for one in narrowed}
    keys = dict.fromkeys(study["reference"] for study in studies)
    return RegisterTable(
        "register",
        "Which studies are there?",
        tuple(COLUMNS.values()),
        [Group("", [_row(review, study, doses[study["study_id"]]) for study in studies])],
        "studies",
        frozenset(study["study_id"] for study in studies),
        filters=narrowed,
        data={
            "columns": [[name, name in LARGEST_FIRST] for name in COLUMNS],
            "head": csv_head(),
            "studies": [
                {
                    "values": study["values"],
                    "sort": _sorted_by(review, study, orders),
                    "reference": study["reference"],
                    "csv": csv_row(review, study, doses[study["study_id"]]),
                }
                for study in studies
            ],
            "references": {
                key: {"ris": ris(review.references[key]), "bib": bibtex(review.references[key])}
                for key in keys
            },
        },
    )


def _row(review: Review, study: Row, doses: Iterable[Row]) -> list[str | Markup]:
    """Return the cells of a study in the table."""
    cells = MarkedRow(review, "studies", study)
    reference = review.references[study["reference"]]
    title = Markup('<a class="reference internal" href="{}#{}">{}</a>').format(
        REFERENCES_PAGE, reference.anchor, reference.title or "Reference"
    )
    who = cells.show("model")
    if study["n"]:
        who += Markup("; ") + cells.show("n", f"n = {study['n']}")
    return [
        Markup("{}{}{}<br>{}").format(
            RETRACTED_MARK if study["rung"] == RETRACTED else "",
            study_link(review, study["study_id"], reference.key),
            cells.marks("reference"),
            quiet(title),
        ),
        reference.year,
        cells.show("conditions", study["about"]),
        escape(study["rung"]) + cells.marks("design"),
        who,
        lines(dose_phrases(review, doses)) + quiet(f" {against_low_band(study)}"),
        study["direction"],
        study["risk"],
    ]


def _sorted_by(review: Review, study: Row, orders: Mapping[str, list[str]]) -> list:
    """Return what each column sorts a study by; None comes last in both directions."""
    rank = {
        name: order.index(study["values"][name][0])
        for name, order in orders.items()
        if study["values"][name]
    }
    year, number, low = (
        None if pd.isna(study[name]) else float(study[name]) for name in ("year", "number", "low")
    )
    name = review.references[study["reference"]].short
    rest = (rank.get("direction"), rank.get("risk"))
    return [name, year, study["about"], rank["rung"], number, low, *rest]
