"""The link by which a reader reports a problem with one value."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from livingreview.study_pages.values import Value

FORM = "report-a-problem.yml"
# A host refuses a very long address; the row is found by its key, so a part of its text will do.
LONGEST = 300


def problem_link(repository: str, study: str, value: Value) -> str:
    """Return the address of the issue form, filled in for one value.

    Parameters
    ----------
    repository : str
        Address of the repository.
    study : str
        Key of the study.
    value : Value
        The value; its columns are separated by a space.
    """
    fields = {
        "template": FORM,
        "title": f"Problem with a value: {value.table} {value.row}",
        "study": study,
        "table": value.table,
        "row": value.row,
        "column": " ".join(value.columns),
        "value": value.printed[:LONGEST],
    }
    return f"{repository.rstrip('/')}/issues/new?{urlencode(fields, quote_via=quote)}"
