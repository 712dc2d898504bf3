"""What the data of one side say: claims, certainty, pooled estimates, effects, audit."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from livingreview.claims import Verdict, check_claims
from livingreview.data import Review, keys_of
from livingreview.effects import RATIOS, effects
from livingreview.evidence import studies_view
from livingreview.pooled import Pooled, pools
from livingreview.recompute import recompute
from livingreview.recompute.verdicts import DECISION

CLAIMS, CERTAINTY, POOLED, EFFECTS, AUDIT = (
    "Claims of the book",
    "Certainty",
    "Pooled estimates",
    "Effects",
    "Audit of reported statistics",
)
FAILS = "falls"


@dataclass(frozen=True)
class Finding:
    """One result.

    Attributes
    ----------
    label : str
        What it is about.
    shown : str
        The result as the report shows it.
    reading : str
        What of it is a conclusion: a change of these words changes one.
    decisive : bool
        Whether it changes a conclusion when it comes or goes as a whole.
    """

    label: str
    shown: str
    reading: str
    decisive: bool


Findings = dict[tuple, Finding]


def all_findings(review: Review) -> dict[str, Findings]:
    """Return the results of a side by kind and key, the weightiest kind first.

    Raises
    ------
    ClaimError
        If a rule of the claims ledger cannot be read.
    """
    found = {condition: effects(review, condition) for condition in _conditions(review)}
    return {
        CLAIMS: {(verdict.claim_id,): _claim(verdict) for verdict in check_claims(review)},
        CERTAINTY: _certainty(review),
        POOLED: _pooled(review, found),
        EFFECTS: _effects(review, found),
        AUDIT: _audit(review),
    }


def old_rules(before: Review, after: Review) -> tuple[Findings, Findings]:
    """Hold the claims of one side that the other rewrote or took away against the other's data.

    Whoever changes data so that a claim falls must rewrite the claim; what fell would be hidden
    if each side were only held against its own ledger.

    Returns
    -------
    tuple of Findings
        For each claim that stood and no longer does under the rule as it was: both verdicts.
    """
    now = {row["claim_id"]: row for row in after.claims.to_dict("records")}
    changed = [row != now.get(row["claim_id"]) for row in before.claims.to_dict("records")]
    ledger = before.claims[changed]
    pairs = zip(
        check_claims(before.replacing(claims=ledger)),
        check_claims(after.replacing(claims=ledger)),
        strict=True,
    )
    fell = [(old, new) for old, new in pairs if old.holds and not new.holds]
    name = "under the rule as it was before"
    return tuple(
        {(one[side].claim_id, name): _claim(one[side], f", {name}") for one in fell}
        for side in (0, 1)
    )


def _conditions(review: Review) -> dict[str, None]:
    view = studies_view(review)
    people = view.loc[view["in_people"], "conditions"]
    return dict.fromkeys(condition for cell in people for condition in keys_of(cell))


def _claim(verdict: Verdict, under: str = "") -> Finding:
    word = "holds" if verdict.holds else FAILS
    shown = f"{word}: “{verdict.sentence}” ({verdict.rule}; there are {verdict.count})"
    label = f"{verdict.claim_id} on {verdict.page}{under}"
    return Finding(label, shown, f"{word}: “{verdict.sentence}”", True)


def _certainty(review: Review) -> Findings:
    found = {}
    for row in review.certainty.to_dict("records"):
        reading = f"{row['certainty']}: “{row['sentence']}”"
        found[row["certainty_id"],] = Finding(row["question"], reading, reading, True)
    return found


def _pooled(review: Review, found: dict[str, pd.DataFrame]) -> Findings:
    result: Findings = {}
    conditions = review.labels("conditions")
    for condition, frame in found.items():
        counts: dict[str, int] = {}
        for pooled in pools(review, frame):
            place = counts[pooled.outcome] = counts.get(pooled.outcome, 0) + 1
            label = f"{conditions[condition]}: {pooled.outcome}"
            better = frame.loc[frame["topic"] == pooled.outcome, "better"].iloc[0]
            key = (condition, pooled.outcome, place)
            result[key] = _pooled_finding(label, pooled, better)
    return result


def _pooled_finding(label: str, pooled: Pooled, better: str) -> Finding:
    if pooled.result is None:
        return Finding(label, f"not pooled: {pooled.reason}", "not pooled", False)
    numbers = pooled.printed
    bounds = numbers.estimate, numbers.low, numbers.high
    left = f"; {pooled.reason}" if pooled.reason else ""
    shown = (
        f"{_estimate(pooled.measure, pooled.unit, bounds)}, {pooled.k} studies, "
        f"I² = {pooled.result.i2:.0f}%{left}"
    )
    return Finding(label, shown, _reading(pooled.measure, better, bounds), True)


def _effects(review: Review, found: dict[str, pd.DataFrame]) -> Findings:
    """Return each effect once, though a study of several conditions stands in each of them."""
    result: Findings = {}
    same = ("study_id", "topic", "arm_id", "comparator_id", "part", "measure")
    for frame in found.values():
        for row in frame.to_dict("records"):
            bounds = row["estimate"], row["low"], row["high"]
            short = review.references[row["reference"]].short
            finding = Finding(
                f"{short}: {row['outcome']}",
                f"{_estimate(row['measure'], row['unit'], bounds)}, {row['given']}",
                _reading(row["measure"], row["better"], bounds),
                _excludes(row["measure"], bounds),
            )
            result.setdefault(tuple(row[name] for name in same), finding)
    return result


def _estimate(measure: str, unit: str, bounds: tuple[float, float, float]) -> str:
    estimate, low, high = (f"{value:.4g}" for value in bounds)
    return f"{measure} {estimate} ({low} to {high})" + (f" {unit}" if unit else "")


def _no_effect(measure: str) -> float:
    return 1.0 if measure in RATIOS else 0.0


def _excludes(measure: str, bounds: tuple[float, float, float]) -> bool:
    _, low, high = bounds
    return low > _no_effect(measure) or high < _no_effect(measure)


def _reading(measure: str, better: str, bounds: tuple[float, float, float]) -> str:
    """Say on which side of no effect an estimate lies, and whether its interval leaves it out."""
    none = _no_effect(measure)
    excluded = "excludes" if _excludes(measure, bounds) else "includes"
    interval = f"interval {excluded} no effect"
    if bounds[0] == none:
        return f"no difference; {interval}"
    side = "higher" if bounds[0] > none else "lower"
    worth = {side: ", which is better"}.get(better, ", which is worse")
    return f"{side} with treatment{worth if better in ('higher', 'lower') else ''}; {interval}"


def _audit(review: Review) -> Findings:
    found = {}
    for row in recompute(review).to_dict("records"):
        again = f", recomputed {row['recomputed']}" if row["recomputed"] else ""
        decides = row["verdict"] == DECISION
        found[row["row_table"], row["row_key"], row["statistic"]] = Finding(
            f"{row['study_id']}: {row['outcome']}, {row['statistic']} ({row['row_key']})",
            f"reported {row['reported']}{again}: {row['verdict']}",
            f"the decision at 0.05 {'changes' if decides else 'stands'}",
            decides,
        )
    return found
