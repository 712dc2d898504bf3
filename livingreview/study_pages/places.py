"""Where in the book a study is shown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from livingreview.data import Review, keys_of
from livingreview.study_pages.records import Records
from livingreview.tables import BookTable


@dataclass(frozen=True)
class Use:
    """One table of the book that shows rows of a study: its question and its address."""

    caption: str
    address: str


def places_of_tables(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the page of each table of the book, by the name of the table.

    Parameters
    ----------
    sources : mapping of str
        Source text of each page by its name, for example ``chapters/cancer-trials``. A page shows
        the tables that its cells call: ``tables.trials(review)`` is the table ``trials``.
    """
    return {
        name.replace("_", "-"): page
        for page, text in sources.items()
        for name in re.findall(r"^tables\.(\w+)\(", text, flags=re.MULTILINE)
    }


def uses(
    review: Review, tables: Iterable[BookTable], places: Mapping[str, str]
) -> dict[str, list[Use]]:
    """Return the tables that show rows of each study, in the order of the book.

    Parameters
    ----------
    review : Review
        The data.
    tables : iterable of BookTable
        From `livingreview.tables.book_tables`.
    places : mapping of str
        From `places_of_tables`; a table without a place is passed over.
    """
    records = Records(review)
    owners: dict[tuple[str, str], Iterable[str]] = {
        key: (study,) for key, study in records.owner.items()
    }
    for row in review.certainty.itertuples(index=False):
        owners["certainty", row.certainty_id] = keys_of(row.studies)
    for study in records.studies:
        for fault in records.faults(study):
            known = owners.get(("discrepancies", fault["discrepancy_id"]), ())
            owners["discrepancies", fault["discrepancy_id"]] = (*known, study)
    found: dict[str, list[Use]] = defaultdict(list)
    for table in tables:
        if table.name not in places:
            continue
        use = Use(table.caption, f"../{places[table.name]}.html#table-{table.name}")
        shown = (study for key in table.shown for study in owners.get((table.source, key), ()))
        for study in dict.fromkeys(shown):
            found[study].append(use)
    return dict(found)
