"""The register as CSV: a line a study, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from livingreview.data import Review
from livingreview.tables.dose_words import against_low_band
from livingreview.tables.phrases import Row, amount

COLUMNS = (
    *("study_id", "reference", "title", "published_in", "year", "conditions", "rung", "design"),
    *("species", "model", "cell_lines", "n", "doses", "doses_in_an_adult", "direction"),
    *("risk_of_bias", "registration", "doi", "pmid"),
)
# A spreadsheet takes a cell that starts with one of these for a formula, and may run it.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_head() -> str:
    """Return the line of heads, after the mark by which spreadsheets see that this is UTF-8."""
    return "\ufeff" + csv_line(COLUMNS)


def csv_row(review: Review, study: Row, doses: Iterable[Row]) -> str:
    """Return the line of a study.

    Parameters
    ----------
    review : Review
        The data.
    study : mapping
        A row of `livingreview.register.register`.
    doses : iterable of mapping
        Rows of its doses, to be shown as printed.
    """
    reference = review.references[study["reference"]]
    cells = {
        **study,
        "reference": reference.short,
        "title": reference.title,
        "published_in": reference.where,
        "year": reference.year,
        "conditions": study["about"],
        "species": review.labels("species")[study["species_id"]],
        "doses": "; ".join(_dose(dose) for dose in doses),
        "doses_in_an_adult": against_low_band(study),
        "risk_of_bias": study["risk"],
        "registration": study["registration"] or reference.registration,
        "doi": reference.doi,
        "pmid": reference.pmid,
    }
    return csv_line(cells[column] for column in COLUMNS)


def _dose(dose: Row) -> str:
    size = amount(dose["amount"], dose["amount_high"], dose["unit"]) if dose["amount"] else ""
    named = f"{dose['called']} {size or '(no amount printed)'}"
    return ", ".join(part for part in (named, dose["route"], dose["schedule"]) if part)


def csv_line(cells: Iterable[str]) -> str:
    """Return cells as a line of CSV that no spreadsheet takes for formulas."""
    file = io.StringIO()
    harmless = ("'" + cell if cell.lstrip(" ").startswith(FORMULA) else cell for cell in cells)
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow(harmless)
    return file.getvalue()
