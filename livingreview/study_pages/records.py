"""The rows of the review arranged by study, in one pass over each table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import pandas as pd

from livingreview.data import Review
from livingreview.evidence import resolved_citations

Row = Mapping[str, str]
VALUE_TABLES = ("studies", "arms", "doses", "characteristics", "measurements", "comparisons")
JUDGEMENT_TABLES = ("risk_of_bias", "trustworthiness")


class Records:
    """Rows by study; all cells are texts, dates too.

    Parameters
    ----------
    review : Review
        The data.

    Attributes
    ----------
    studies : dict of Row
        Row of each study by its key.
    labels : dict of dict
        Labels by table and key.
    key : dict of str
        Name of the key column by table.
    siblings : dict of list of str
        Studies of one report by its reference.
    cited_entry : dict of str
        Reference that the source's printed citation points to, by study.
    """

    def __init__(self, review: Review):
        current, review = set(review.studies["study_id"]), review.whole
        self.review = review
        self.references = review.references
        self.sources = {row["source_id"]: row for row in texts(review.sources)}
        names = ("arms", "outcomes", "agents", "conditions", "species")
        self.labels = {name: review.labels(name) for name in names}
        tables = (*VALUE_TABLES, *JUDGEMENT_TABLES)
        self.key = {name: review.package.tables[name].primary_key[0] for name in tables}
        self._arm_owner = review.labels("arms", "study_id")
        self._rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.owner: dict[tuple[str, str], str] = {}
        for name in tables:
            for row in texts(review.tables[name]):
                study = row["study_id"] if "study_id" in row else self._arm_owner[row["arm_id"]]
                self._rows[name, study].append(row)
                self.owner[name, row[self.key[name]]] = study
        self.studies = {row["study_id"]: row for (row,) in self._of_each_study()}
        self.siblings: dict[str, list[str]] = defaultdict(list)
        for study, row in self.studies.items():
            self.siblings[row["reference"]].append(study)
        self.cited_entry = dict(
            resolved_citations(review)[["study_id", "printed_reference"]].itertuples(index=False)
        )
        self._arrange_faults()
        self._arrange_notices(current)
        self._twice: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in texts(review.second_readings):
            self._twice[row["table"], row["row"]].append(row)

    def _of_each_study(self):
        return (rows for (table, _), rows in self._rows.items() if table == "studies")

    def _arrange_faults(self) -> None:
        """Give each fault to the study whose row it touches, or whose own report it is of."""
        own = {
            source: self.siblings.get(row["reference"], []) for source, row in self.sources.items()
        }
        self._faults: dict[str, list[Row]] = defaultdict(list)
        self._marks: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for fault in texts(self.review.discrepancies):
            study = self.owner.get((fault["table"], fault["row"]))
            if study:
                self._marks[fault["table"], fault["row"]].append(fault)
            for one in [study] if study else ([] if fault["table"] else own[fault["source_id"]]):
                self._faults[one].append(fault)

    def _arrange_notices(self, current: Collection[str]) -> None:
        """Give each study that is not current the notice of its own report or of its source."""
        notices = {row["reference"]: row for row in texts(self.review.retractions)}
        self._notices: dict[str, Row] = {}
        for study in self.studies.keys() - current:
            read_in = (self.sources[row["source_id"]] for row in self.value_rows(study))
            reports = [self.studies[study]["reference"], *(row["reference"] for row in read_in)]
            self._notices[study] = next(notices[key] for key in reports if key in notices)

    def value_rows(self, study: str) -> list[Row]:
        """Return the rows of the tables of values that belong to a study."""
        return [row for table in VALUE_TABLES for row in self.of(table, study)]

    def notice(self, study: str) -> Row | None:
        """Return the notice of retraction by which a study is left out, if there is one."""
        return self._notices.get(study)

    def read_twice(self, study: str) -> list[Row]:
        """Return the second readings of the values of a study."""
        twice = self._twice.items()
        return [one for cell, found in twice for one in found if self.owner.get(cell) == study]

    def disagreements(self, table: str, row: str) -> list[Row]:
        """Return the second readings of a row that disagreed with the first one."""
        return [one for one in self._twice.get((table, row), ()) if one["first"] != one["second"]]

    def of(self, table: str, study: str) -> list[Row]:
        """Return the rows of one table that belong to a study, in the order of the table."""
        return self._rows.get((table, study), [])

    def all_of(self, study: str) -> list[Row]:
        """Return the rows of every table that belong to a study."""
        return [row for table in self.key for row in self.of(table, study)]

    def faults(self, study: str) -> list[Row]:
        """Return the faults in values of a study, and those of a source that is its report."""
        return self._faults.get(study, [])

    def marks(self, table: str, row: str) -> list[Row]:
        """Return the faults that touch one row."""
        return self._marks.get((table, row), [])


def texts(frame: pd.DataFrame) -> list[dict[str, str]]:
    """Return the rows of a table with all cells as texts: dates as ``2026-11-21`` or empty."""
    dates = {
        name: frame[name].dt.strftime("%Y-%m-%d").fillna("")
        for name in frame.columns
        if pd.api.types.is_datetime64_any_dtype(frame[name])
    }
    return frame.assign(**dates).to_dict("records")
