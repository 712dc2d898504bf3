"""Tables of judgements: risk of bias, trustworthiness, and the summary of findings."""

from __future__ import annotations

from markupsafe import Markup, escape

from livingreview.data import Review, keys_of, numeric
from livingreview.effects import RATIO, effects
from livingreview.tables.base import (
    BookTable,
    Column,
    Group,
    opens,
    quiet,
    study_link,
    which_studies,
)
from livingreview.tables.by_arm import CONDITION
from livingreview.tables.marks import measured

# GRADE's symbols stand beside the word, never alone.
CERTAINTY = {
    "high": "⊕⊕⊕⊕ high",
    "moderate": "⊕⊕⊕◯ moderate",
    "low": "⊕⊕◯◯ low",
    "very low": "⊕◯◯◯ very low",
    "no evidence": "no evidence",
}
STEPS = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")


def risk_of_bias(review: Review) -> BookTable:
    """Return every judgement of risk of bias with its reason."""
    return _judgements(
        review, "risk_of_bias", "judgement_id", "How likely is each study to mislead, and why?"
    )


def trustworthiness(review: Review) -> BookTable:
    """Return every check of trustworthiness with its reason."""
    return _judgements(
        review, "trustworthiness", "check_id", "Can each study be trusted, apart from bias?"
    )


def _judgements(review: Review, source: str, key: str, caption: str) -> BookTable:
    frame = review.tables[source]
    reference = dict(zip(review.studies["study_id"], review.studies["reference"], strict=True))
    design = dict(zip(review.studies["study_id"], review.studies["design"], strict=True))
    groups = []
    for study, rows in frame.groupby("study_id", sort=False):
        tool = (
            f", {rows['tool'].iloc[0]} ({rows['tool_version'].iloc[0]})" if "tool" in rows else ""
        )
        heading = study_link(review, study, reference[study]) + f" ({design[study]}){tool}"
        cells = [
            [row.domain.capitalize(), row.judgement, Markup("{}").format(row.reason), row.locator]
            for row in rows.itertuples(index=False)
        ]
        groups.append(Group(heading, cells))
    columns = (Column("Domain"), Column("Judgement"), Column("Why"), Column("Place in the source"))
    name = source.replace("_", "-")
    return BookTable(name, caption, columns, groups, source, frozenset(frame[key]), folded=True)


def summary_of_findings(review: Review) -> BookTable:
    """Return each question with absolute numbers, certainty and a plain sentence."""
    rows = effects(review, CONDITION)
    # an effect stands here where it is the only one on its outcome
    alone = rows[~rows["topic"].duplicated(keep=False) & (rows["measure"] == RATIO)]
    numbers = {row.topic: row for row in alone.itertuples(index=False)}
    labels = review.labels("outcomes")
    sizes = dict(zip(review.studies["study_id"], numeric(review.studies["n"]), strict=True))
    rows = []
    for row in review.certainty.itertuples(index=False):
        studies = keys_of(row.studies)
        effect = numbers.get(labels.get(row.outcome_id, ""))
        if effect is not None and effect.study_id not in studies:
            effect = None
        people = sum(n for n in (sizes[study] for study in studies) if n == n)
        steps = [f"{step.replace('_', ' ')}: {getattr(row, step)}" for step in STEPS]
        why = row.reason + (f" ({'; '.join(steps)}.)" if row.risk_of_bias else "")
        rows.append(
            [
                row.question,
                *(_sizes(review, effect) if effect else ("", "", "")),
                escape(f"{len(studies)}" + (f" ({people:,.0f} taking part)" if people else ""))
                + which_studies(review, studies),
                Markup("{}").format(CERTAINTY[row.certainty])
                + opens("why", "Reasons for the certainty", why),
                Markup("{}").format(row.sentence) + quiet(f" {row.population}; {row.comparator}."),
            ]
        )
    columns = (
        Column("Question"),
        Column("Without, of 1,000", number=True),
        Column("With, of 1,000", number=True),
        Column("Risk ratio (interval)", number=True),
        Column("Studies", number=True),
        Column("Certainty"),
        Column("In plain words"),
    )
    shown = frozenset(review.certainty["certainty_id"])
    caption = "What is known, and how sure is it?"
    return BookTable("summary-of-findings", caption, columns, [Group("", rows)], "certainty", shown)


def _sizes(review: Review, effect) -> tuple[Markup, Markup, Markup]:
    """Return numbers out of a thousand without and with treatment, and the ratio."""
    ratio = f"{effect.estimate:.2f} ({effect.low:.2f} to {effect.high:.2f})"
    return (
        measured(review, _thousand(effect.comparator), effect.comparator_cells),
        measured(review, _thousand(effect.treated), effect.treated_cells),
        measured(review, ratio, effect.effect_cells)
        + quiet(f" {effect.corrected}" if effect.corrected else ""),
    )


def _thousand(text: str) -> str:
    events, _, n = text.partition(" of ")
    return f"{1000 * float(events) / float(n):.0f}" if n else text
