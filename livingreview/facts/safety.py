"""Numbers of harms over all conditions, of low doses against placebo or nothing."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review
from livingreview.dose_marks import dose_marks
from livingreview.effects import FROM_ARMS, RATIO, effects
from livingreview.evidence import EVERYTHING, people_with
from livingreview.facts.by_group import size_in_words
from livingreview.facts.words import Facts, word
from livingreview.pooled import Pooled, pools, without_in_a_thousand

SAFETY = "safety"  # family of outcomes
# the harms that a reader asks for first
OUTCOMES = ("adverse_event", "serious_adverse_event", "stopped_for_harm", "stopped")


def safety(review: Review) -> Facts:
    """Return, for each of `OUTCOMES`, the pooled result with numbers out of a thousand in words.

    ``n_safety_studies``, of ``n_safety_people`` studies in people, report any harm;
    ``n_safety_low`` of these gave a low dose or one called so, and ``n_safety_trials`` have an
    effect with its interval.
    """
    rows = effects(review, EVERYTHING, SAFETY)
    labels = review.labels("outcomes")
    found = {pool.outcome: pool for pool in pools(review, rows)}
    people = people_with(review, EVERYTHING)
    told = _studies_that_tell(review) & people
    facts = {
        "n_safety_people": word(len(people)),
        "n_safety_studies": word(len(told)),
        "n_safety_silent": word(len(people - told)),
        "n_safety_low": word(len(told - set(dose_marks(review)))),
        "n_safety_trials": word(rows["study_id"].nunique()),
        "n_safety_pooled": word(sum(pool.result is not None for pool in found.values())),
    }
    for outcome in OUTCOMES:
        facts[f"pooled_{outcome}"] = _in_words(rows, found.get(labels[outcome]))
    return facts


def _studies_that_tell(review: Review) -> set[str]:
    family = review.labels("outcomes", "family")
    study = review.labels("arms", "study_id")
    told = pd.concat(
        [frame[["arm_id", "outcome_id"]] for frame in (review.measurements, review.comparisons)]
    )
    return {study[arm] for arm, key in told.itertuples(index=False) if family[key] == SAFETY}


def _in_words(rows: pd.DataFrame, pool: Pooled | None) -> str:
    if pool is None:
        return "no study gives numbers for both groups"
    if pool.result is None:
        return f"not pooled ({pool.reason})"
    words = size_in_words(pool)
    if pool.measure != RATIO or set(rows.loc[list(pool.rows), "given"]) != {FROM_ARMS}:
        return words
    risk = without_in_a_thousand(rows, pool)
    printed = pool.printed
    low, high = (min(1000.0, risk * end) for end in (printed.low, printed.high))
    return (
        f"out of a thousand people, {risk:.0f} without naltrexone and "
        f"{min(1000.0, risk * printed.estimate):.0f} with it ({low:.0f} to {high:.0f}); {words}"
    )
