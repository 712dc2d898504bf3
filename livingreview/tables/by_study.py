"""Tables with one row a study: model, what was given, and everything that was found."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from livingreview.data import Review, keys_of, once
from livingreview.evidence import ORDER, people_with, resolved_citations, studies_view
from livingreview.tables.base import (
    BookTable,
    Column,
    Group,
    Written,
    lines,
    opens,
    quiet,
    study_link,
)
from livingreview.tables.by_arm import CONDITION
from livingreview.tables.left_out import OTHER_CONDITIONS, leave_out
from livingreview.tables.marks import MarkedRow
from livingreview.tables.phrases import (
    comparison_phrases,
    dose_phrases,
    measurement_phrases,
    records,
    records_by_study,
)
from livingreview.tables.seen_on import place_phrase

COLUMNS = (
    Column("Study"),
    Column("Model or participants"),
    Column("Given"),
    Column("Found, each with its place in the source"),
)
Rules = Sequence[tuple[str, pd.Series]]


def study_table(
    review: Review, name: str, caption: str, rules: Rules, found: bool = True
) -> BookTable:
    """Return a table of the studies that no rule leaves out, grouped by rung of the ladder.

    Parameters
    ----------
    review : Review
        The data.
    name, caption : str
        Anchor and question of the table.
    rules : sequence of (str, Series of bool)
        Reasons, and the studies (rows of `studies_view`) that each leaves out.
    found : bool
        Whether to show what was found; False where tables of their own show it.
    """
    frame, left = leave_out(studies_view(review), "study_id", rules)
    finder = findings(review)
    columns = COLUMNS if found else COLUMNS[:-1]

    def write() -> list[Group]:
        return [
            Group(rung, [finder.row(study)[: len(columns)] for _, study in rows.iterrows()])
            for rung in ORDER
            if len(rows := frame[frame["rung"] == rung])
        ]

    shown = frozenset(frame["study_id"])
    return BookTable(name, caption, columns, Written(write), "studies", shown, left)


@once
def findings(review: Review) -> Findings:
    """Return what the tables say of each study."""
    return Findings(review)


class Findings:
    """What the tables say of each study.

    Parameters
    ----------
    review : Review
        The data.
    """

    def __init__(self, review: Review):
        self.review = review
        owner = review.arms[["arm_id", "study_id"]]
        self.comparisons = records_by_study(_tabled(review.comparisons.merge(owner, on="arm_id")))
        self.measurements = records_by_study(_tabled(review.measurements.merge(owner, on="arm_id")))
        self.doses, self.arms = records_by_study(review.doses), records_by_study(review.arms)
        self.characteristics = records_by_study(review.characteristics)
        overall = review.risk_of_bias[review.risk_of_bias["domain"] == "overall"]
        self.bias = overall.groupby("study_id")["judgement"].agg(", ".join).to_dict()
        self.citations = {row["study_id"]: row for row in records(resolved_citations(review))}

    def row(self, study: pd.Series) -> list[str | Markup]:
        """Return the cells of a study: name, model or participants, what was given, and found."""
        cells = MarkedRow(self.review, "studies", study)
        name = self._name(study, cells)
        return [name, self._model(study, cells), self._given(study), self._found(study)]

    def _name(self, study: pd.Series, cells: MarkedRow) -> Markup:
        cited = self.citations[study["study_id"]]
        name = study_link(self.review, study["study_id"], study["reference"])
        place = place_phrase(self.review, study)
        if study["cited_as"]:
            where = f" in {self._short(study['cited_in'])}" if study["cited_in"] else ""
            place += f", cited as {study['cited_as']}{where}"
        name += (
            Markup("<br>")
            + quiet(place)
            + cells.marks("cited_as", "cited_in", "locator", "reference")
        )
        wrong = cited["printed_reference"]
        if wrong and wrong != study["reference"]:
            other = self.review.references[wrong]
            note = (
                f"{study['cited_as']} in the source is {other.short}, “{other.title}”. "
                "By the sentence and the titles in its list, this study is meant."
            )
            name += opens("‡", "The citation in the source points to another work", note)
        if study["registration"]:
            name += Markup("<br>") + cells.show("registration")
        return name

    def _short(self, source: str) -> str:
        reference = self.review.labels("sources", "reference")[source]
        return self.review.references[reference].short

    def _model(self, study: pd.Series, cells: MarkedRow) -> Markup:
        text = cells.show("model")
        if study["cell_lines"]:
            named = cells.show("cell_lines", study["cell_lines"].replace("; ", ", "))
            text += Markup(" ({})").format(named)
        labels = self.review.labels("conditions")
        conditions = ", ".join(labels[key] for key in keys_of(study["conditions"]))
        facts = [
            cells.show(column, words.format(study[column]))
            for column, words in (("n", "n = {}"), ("phase", "phase {}"), ("status", "status: {}"))
            if study[column]
        ]
        facts += [
            cells.show("design"),
            cells.show("conditions", f"condition: {conditions}"),
            cells.show("country"),
            f"risk of bias: {self.bias.get(study['study_id'], 'not judged')}",
        ]
        text += Markup("; ") + Markup("; ").join(filter(None, facts))
        return text + quiet(f" {study['note']}" if study["note"] else "") + cells.rest()

    def _given(self, study: pd.Series) -> Markup:
        rows = self.doses[study["study_id"]]
        notes = []
        for arm in self.arms[study["study_id"]]:
            faults = MarkedRow(self.review, "arms", arm).rest()
            if arm["note"] or faults:
                notes.append(quiet(f"{arm['label']}: {arm['note']}") + faults)
        return lines([*dose_phrases(self.review, rows), *notes])

    def _found(self, study: pd.Series) -> Markup:
        phrases: list[Markup] = []
        # what stands in the source's own table first, then what its text adds
        for tabled in (True, False):
            for rows, words in (
                (self.measurements, measurement_phrases),
                (self.comparisons, comparison_phrases),
            ):
                found = [row for row in rows[study["study_id"]] if row["in_table"] == tabled]
                phrases += words(self.review, found)
        for row in self.characteristics[study["study_id"]]:
            cells = MarkedRow(self.review, "characteristics", row)
            words = Markup("{}: {}").format(row["item"].capitalize(), cells.show("statement"))
            words += quiet(Markup(" [{}]").format(place_phrase(self.review, row)))
            phrases.append(words + cells.rest())
        if not phrases:
            return quiet("The source states no result.")
        return lines(phrases)


def _tabled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(in_table=frame["locator"].str.contains("Table", regex=False))


def _about(frame: pd.DataFrame, group: str) -> pd.Series:
    return frame["groups"].map(lambda groups: group in groups)


def single_agents(review: Review) -> BookTable:
    """Return the studies of an opioid antagonist alone in cancer cells and animals."""
    frame = studies_view(review)
    return study_table(
        review,
        "single-agents",
        "What does an opioid antagonist alone do to cancer cells, and to tumours in animals?",
        [
            (OTHER_CONDITIONS, ~_about(frame, "Cancer")),
            ("in people, shown under trials", frame["in_people"]),
            ("with another drug, shown under combinations", frame["combined"]),
        ],
    )


def combinations(review: Review) -> BookTable:
    """Return the studies of an opioid antagonist with another agent in cancer."""
    frame = studies_view(review)
    return study_table(
        review,
        "combinations",
        "What happens when a low-dose opioid antagonist is added to another treatment of cancer?",
        [
            (OTHER_CONDITIONS, ~_about(frame, "Cancer")),
            ("of an opioid antagonist alone", ~frame["combined"]),
        ],
    )


def trials(review: Review) -> BookTable:
    """Return the studies in people with cancer."""
    frame = studies_view(review)
    return study_table(
        review,
        "trials",
        "What was tried in people with cancer, and what came of it?",
        [
            (OTHER_CONDITIONS, ~_about(frame, "Cancer")),
            ("in cells or animals", ~frame["in_people"]),
        ],
    )


def reproduction(review: Review) -> BookTable:
    """Return the studies about reproduction; what they found stands in tables of its own."""
    frame = studies_view(review)
    return study_table(
        review,
        "reproduction",
        "Which studies are there in reproduction?",
        [(OTHER_CONDITIONS, ~frame["study_id"].isin(people_with(review, CONDITION)))],
        found=False,
    )
