"""Tables of judgements: risk of bias, trustworthiness, and the summary of findings."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup, escape

from livingreview.data import Review, keys_of, numeric
from livingreview.effects import FROM_ARMS, RATIO, effects
from livingreview.evidence import EVERYTHING, questions_about
from livingreview.pooled import Pooled, pools, without_in_a_thousand
from livingreview.tables.base import (
    BookTable,
    Column,
    Group,
    Written,
    anchor,
    opens,
    quiet,
    study_link,
    which_studies,
)
from livingreview.tables.left_out import OTHER_CONDITIONS, LeftOut, leave_out
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
    columns = (Column("Domain"), Column("Judgement"), Column("Why"), Column("Place in the source"))
    name, frame = source.replace("_", "-"), review.tables[source]
    groups = Written(lambda: _by_study(review, frame))
    return BookTable(name, caption, columns, groups, source, frozenset(frame[key]), folded=True)


def _by_study(review: Review, frame: pd.DataFrame) -> list[Group]:
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
    return groups


def summary_of_findings(review: Review) -> BookTable:
    """Return each question with absolute numbers, certainty and a plain sentence."""
    caption = "What is known, and how sure is it?"
    return _findings(review, "summary-of-findings", caption, review.certainty, LeftOut())


def how_sure(review: Review, group: str) -> BookTable:
    """Return the questions about a group of conditions, or, for `EVERYTHING`, about them all."""
    reasons = [(OTHER_CONDITIONS, ~questions_about(review, group))]
    kept, left = leave_out(review.certainty, "certainty_id", reasons)
    return _findings(review, anchor("how-sure", group), "How sure is each answer?", kept, left)


def _findings(
    review: Review, name: str, caption: str, kept: pd.DataFrame, left: LeftOut
) -> BookTable:
    columns = (
        Column("Question"),
        Column("Without, of 1,000", number=True),
        Column("With, of 1,000", number=True),
        Column("Risk ratio (interval)", number=True),
        Column("Studies", number=True),
        Column("Certainty"),
        Column("In plain words"),
    )
    shown = frozenset(kept["certainty_id"])
    groups = Written(lambda: [Group("", _answers(review, kept))])
    return BookTable(name, caption, columns, groups, "certainty", shown, left)


def _answers(review: Review, kept: pd.DataFrame) -> list[list[str | Markup]]:
    sizes = dict(zip(review.studies["study_id"], numeric(review.studies["n"]), strict=True))
    rows = []
    for row in kept.itertuples(index=False):
        studies = keys_of(row.studies)
        people = sum(n for n in (sizes[study] for study in studies) if n == n)
        steps = [f"{step.replace('_', ' ')}: {getattr(row, step)}" for step in STEPS]
        why = row.reason + (f" ({'; '.join(steps)}.)" if row.risk_of_bias else "")
        rows.append(
            [
                row.question,
                *_numbers(review, row.outcome_id, studies),
                escape(f"{len(studies)}" + (f" ({people:,.0f} taking part)" if people else ""))
                + which_studies(review, studies),
                Markup("{}").format(CERTAINTY[row.certainty])
                + opens("why", "Reasons for the certainty", why),
                Markup("{}").format(row.sentence) + quiet(f" {row.population}; {row.comparator}."),
            ]
        )
    return rows


def _numbers(review: Review, outcome: str, studies: list[str]) -> tuple:
    """Return the numbers of the only effect on an outcome in these studies, or of their pool."""
    rows = effects(review, EVERYTHING)
    topic = review.labels("outcomes").get(outcome, "")
    rows = rows[rows["study_id"].isin(studies) & (rows["topic"] == topic)]
    rows = rows[(rows["measure"] == RATIO) & (rows["given"] == FROM_ARMS)]
    if len(rows) == 1:
        return _sizes(review, next(rows.itertuples(index=False)))
    found = [pool for pool in pools(review, rows) if pool.result]
    return _pooled_sizes(review, rows, found[0]) if len(found) == 1 else ("", "", "")


def _pooled_sizes(review: Review, rows: pd.DataFrame, pool: Pooled) -> tuple:
    """Return numbers out of a thousand without and with treatment, and the pooled ratio."""
    risk, printed = without_in_a_thousand(rows, pool), pool.printed
    mine = rows.loc[list(pool.rows)]
    cells = {
        side: [cell for found in mine[f"{side}_cells"] for cell in found]
        for side in ("treated", "comparator")
    }
    ratio = f"{printed.estimate:.2f} ({printed.low:.2f} to {printed.high:.2f}), pooled"
    return (
        measured(review, f"{risk:.0f}", cells["comparator"]),
        measured(review, f"{min(1000.0, risk * printed.estimate):.0f}", cells["treated"]),
        escape(ratio),
    )


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
