"""The claims ledger: bottom-line sentences of the book, each with a rule over the data.

A sentence such as *no trial has shown a benefit* is true of the data of one day. Its rule counts
rows of a view of the evidence; when the count no longer stands as the rule says, the build stops
and names the sentence, the rule and the rows, so that somebody reads them before readers do.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from livingreview.data import Review, load
from livingreview.doses import (
    concentrations,
    dose_band,
    human_equivalents,
    low_dose_studies,
    usual_low_dose,
)
from livingreview.evidence import favours, studies_view
from livingreview.pharmacokinetics import plasma_ceiling, read_parameters

LISTED = 12  # rows that a message names
_ALLOWED = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Compare, ast.cmpop),
    *(ast.Name, ast.Load, ast.Constant),
)
_RELATIONS = {
    "is": operator.eq,
    "is at least": operator.ge,
    "is at most": operator.le,
    "is at least half of": lambda count, whole: 2 * count >= whole,
    "is less than half of": lambda count, whole: 2 * count < whole,
}


@dataclass(frozen=True)
class Verdict:
    """Whether one claim holds.

    Attributes
    ----------
    claim_id, page, sentence : str
        The claim, where it stands, and its words.
    rule : str
        The rule in words.
    count, against : float
        Number of rows, and the number it was held against.
    holds : bool
        Whether the rule holds.
    rows : tuple of str
        Keys of the rows counted.
    """

    claim_id: str
    page: str
    sentence: str
    rule: str
    count: int
    against: float
    holds: bool
    rows: tuple[str, ...]

    def __str__(self) -> str:
        """Return sentence, rule and rows on one line."""
        rows = ", ".join(self.rows[:LISTED]) or "no row"
        if len(self.rows) > LISTED:
            rows += f" and {len(self.rows) - LISTED} more"
        return (
            f'data/claims.csv: claim {self.claim_id} on {self.page}: "{self.sentence}" no longer '
            f"stands: {self.rule}, but there are {self.count} ({rows}). "
            "Rewrite the sentence, or correct the data."
        )


class ClaimError(Exception):
    """A rule cannot be read: an unknown column, or a condition that is none."""


def check_claims(review: Review) -> list[Verdict]:
    """Return a verdict for each claim of the ledger.

    Raises
    ------
    ClaimError
        If a rule cannot be read; the message names the claim and what is wrong.
    """
    views = {name: view(review) for name, view in VIEWS.items()}
    return [_verdict(claim, views[claim.view]) for claim in review.claims.itertuples(index=False)]


def fallen_claims(root: Path) -> list[str]:
    """Return a line for each claim that the data of the project no longer bear out."""
    try:
        review = load(root)
        lines = [str(verdict) for verdict in check_claims(review) if not verdict.holds]
        return lines + list(_misplaced(review))
    except ClaimError as error:
        return [str(error)]
    except (LookupError, ValueError, ArithmeticError) as error:
        return [f"data: the evidence cannot be computed: {' '.join(str(error).split())}."]


def _misplaced(review: Review) -> Iterator[str]:
    for claim in review.claims.itertuples(index=False):
        page = review.root / f"{claim.page}.md"
        # a copy of the data alone has no pages to look into
        if (review.root / "_toc.yml").is_file() and not (
            page.is_file() and claim.sentence in page.read_text(encoding="utf-8")
        ):
            yield (
                f"data/claims.csv: claim {claim.claim_id}: column sentence: "
                f'"{claim.sentence}" does not stand on {claim.page}.md. '
                "Correct the sentence or the page, or take the claim away."
            )


def _verdict(claim, view: pd.DataFrame) -> Verdict:
    found = _select(claim, view, claim.rows)
    if "half" in claim.relation:
        against = float(len(_select(claim, view, claim.number)))
        whole = f" the {against:g} rows where {claim.number}"
    else:
        try:
            against = float(claim.number)
        except ValueError:
            raise ClaimError(
                f"data/claims.csv: claim {claim.claim_id}: number is {claim.number!r}, not a number"
            ) from None
        whole = f" {against:g}"
    return Verdict(
        claim_id=claim.claim_id,
        page=claim.page,
        sentence=claim.sentence,
        rule=f"the number of {claim.view} where {claim.rows or 'any'} {claim.relation}{whole}",
        count=len(found),
        against=against,
        holds=bool(_RELATIONS[claim.relation](len(found), against)),
        rows=tuple(dict.fromkeys(found["key"])),
    )


def _select(claim, view: pd.DataFrame, condition: str) -> pd.DataFrame:
    if not condition:
        return view
    try:
        _only_comparisons(condition)
        return view.query(condition, engine="python")
    except Exception as error:  # pandas raises many kinds for a condition it cannot read
        raise ClaimError(
            f"data/claims.csv: claim {claim.claim_id}: the condition {condition!r} cannot be read "
            f"({' '.join(str(error).split())}); the columns are {', '.join(view.columns)}"
        ) from error


def _only_comparisons(condition: str) -> None:
    """Refuse all but comparisons of columns with values: a condition must not run code."""
    for node in ast.walk(ast.parse(condition, mode="eval")):
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"only comparisons joined by and, or, not; no {type(node).__name__}")


def _studies(review: Review) -> pd.DataFrame:
    frame = studies_view(review)
    told = favours(review).query("favours != 'unclear'")
    frame["low_dose"] = frame["study_id"].isin(low_dose_studies(review))
    frame["told"] = frame["study_id"].isin(told["study_id"])
    frame["favoured"] = frame["study_id"].isin(
        told.loc[(told["favours"] == "intervention") & told["significant"], "study_id"]
    )
    frame["group"] = frame["groups"].map(lambda groups: " and ".join(sorted(groups)))
    frame["key"] = frame["study_id"]
    return frame.drop(columns=["groups"])


def _results(review: Review) -> pd.DataFrame:
    columns = ["study_id", "design", "rung", "in_people", "combined", "low_dose", "group"]
    frame = favours(review).merge(_studies(review)[columns], on="study_id")
    return frame.assign(key=frame["comparison_id"])


def _concentrations(review: Review) -> pd.DataFrame:
    frame = concentrations(review).dropna(subset=["low"])
    ceiling = plasma_ceiling(usual_low_dose(review), read_parameters(review))
    return frame.assign(ceiling=ceiling, key=frame["dose_id"])


def _animal_doses(review: Review) -> pd.DataFrame:
    frame = human_equivalents(review).dropna(subset=["low"])
    low, high = dose_band(review, "low dose")
    return frame.assign(band_low=low, band_high=high, key=frame["dose_id"])


VIEWS = {
    "studies": _studies,
    "results": _results,
    "concentrations": _concentrations,
    "animal doses": _animal_doses,
    "updates": lambda review: review.updates.assign(key=review.updates["summary"]),
    "citations": lambda review: review.citations.assign(key=review.citations["citation_id"]),
    "discrepancies": lambda review: review.discrepancies.assign(
        key=review.discrepancies["discrepancy_id"]
    ),
}
