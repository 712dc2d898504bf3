"""The claims ledger: bottom-line sentences of the book, each with a rule over the data.

A sentence such as *no trial has shown a benefit* is true of the data of one day. Its rule counts
rows of a view of the evidence; when the count no longer stands as the rule says, the build stops
and names the sentence, the rule and the rows, so that somebody reads them before readers do.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from livingreview.claim_views import VIEWS
from livingreview.data import Review, load
from livingreview.faults import Fault, near_miss
from livingreview.project import CONTENTS

LEDGER = "data/claims.csv"
LISTED = 12  # rows that a message names
_ALLOWED = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Compare, ast.cmpop),
    *(ast.Name, ast.Load, ast.Constant),
)
WORDS = {"and", "or", "not"}
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
    line : int
        Line of the ledger.
    """

    claim_id: str
    page: str
    sentence: str
    rule: str
    count: int
    against: float
    holds: bool
    rows: tuple[str, ...]
    line: int

    def __str__(self) -> str:
        """Return sentence, rule and rows on one line."""
        return str(self.fault())

    def fault(self) -> Fault:
        """Return what to tell of a claim that does not hold: sentence, rule and rows."""
        rows = ", ".join(self.rows[:LISTED]) or "no row"
        if len(self.rows) > LISTED:
            rows += f" and {len(self.rows) - LISTED} more"
        why = (
            f'claim {self.claim_id} on {self.page}: "{self.sentence}" no longer stands: '
            f"{self.rule}, but there are {self.count} ({rows})"
        )
        remedy = "Rewrite the sentence, or correct the data"
        return Fault(LEDGER, self.line, "", "", why, remedy)


class ClaimError(Exception):
    """A rule cannot be read; `fault` says which, and where."""

    def __init__(self, claim, column: str, why: str, remedy: str):
        """Keep the fault: the claim with its line, the column, the reason and what to do."""
        value = getattr(claim, column)
        why = f"claim {claim.claim_id}: {why}"
        self.fault = Fault(LEDGER, claim.Index + 2, column, value, why, remedy)
        super().__init__(str(self.fault))


def check_claims(review: Review) -> list[Verdict]:
    """Return a verdict for each claim of the ledger.

    Raises
    ------
    ClaimError
        If a rule cannot be read; the message names the claim and what is wrong.
    """
    views = _views(review)
    return [_verdict(claim, views[claim.view]) for claim in review.claims.itertuples()]


def claim_faults(root: Path) -> list[Fault]:
    """Return a fault for each claim that cannot be read or that the data no longer bear out.

    The data must be free of other faults (see `livingreview.checks`).
    """
    faults = []
    try:
        review = load(root)
        views = _views(review)
        claims = review.claims
    except (LookupError, AttributeError, ValueError, ArithmeticError) as error:
        why = f"the evidence cannot be computed: {' '.join(str(error).split())}"
        return [Fault("data", 0, "", "", why, "Look at the rows named, or last changed")]
    for claim in claims.itertuples():
        try:
            verdict = _verdict(claim, views[claim.view])
        except ClaimError as error:
            faults.append(error.fault)
        else:
            faults += [] if verdict.holds else [verdict.fault()]
        faults += _misplaced(review, claim)
    return faults


def _views(review: Review) -> dict[str, pd.DataFrame]:
    """Return the views that a rule of the ledger asks for."""
    return {name: VIEWS[name](review) for name in dict.fromkeys(review.claims["view"])}


def _misplaced(review: Review, claim) -> Iterator[Fault]:
    page = review.root / f"{claim.page}.md"
    # a copy of the data alone has no pages to look into
    if (review.root / CONTENTS).is_file() and not (
        page.is_file() and claim.sentence in page.read_text(encoding="utf-8", errors="replace")
    ):
        why = f"claim {claim.claim_id}: the sentence does not stand on {claim.page}.md"
        remedy = "Correct the sentence or the page, or take the claim away"
        yield Fault(LEDGER, claim.Index + 2, "sentence", claim.sentence, why, remedy)


def _verdict(claim, view: pd.DataFrame) -> Verdict:
    found = _select(claim, view, claim.rows)
    if "half" in claim.relation:
        against = float(len(_select(claim, view, claim.number)))
        whole = f" the {against:g} rows where {claim.number}"
    else:
        try:
            against = float(claim.number)
        except ValueError:
            why = f"number is {claim.number!r}, not a number"
            raise ClaimError(claim, "number", why, "Write a number of rows") from None
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
        line=claim.Index + 2,  # one for the header, one as lines are counted from 1
    )


def _select(claim, view: pd.DataFrame, condition: str) -> pd.DataFrame:
    if not condition:
        return view
    try:
        _only_comparisons(condition)
        return view.query(condition, engine="python")
    except Exception as error:  # pandas raises many kinds for a condition it cannot read
        why = f"the condition {condition!r} cannot be read ({' '.join(str(error).split())})"
        column = "rows" if condition == claim.rows else "number"
        names = re.findall(r"[a-z_]+", re.sub(r"'[^']*'", "", condition))
        unknown = next((name for name in names if name not in {*view.columns, *WORDS}), "")
        near = near_miss(unknown, view.columns)
        remedy = f"The columns are {', '.join(view.columns)}{near}"
        raise ClaimError(claim, column, why, remedy) from error


def _only_comparisons(condition: str) -> None:
    """Refuse all but comparisons of columns with values: a condition must not run code."""
    for node in ast.walk(ast.parse(condition, mode="eval")):
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"only comparisons joined by and, or, not; no {type(node).__name__}")
