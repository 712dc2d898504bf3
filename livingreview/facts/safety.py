"""Numbers of harms over all conditions, of low doses against placebo or nothing."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review
from livingreview.dose_marks import dose_marks
from livingreview.effects import effects
from livingreview.evidence import EVERYTHING, people_with
from livingreview.facts.by_group import counts_people, in_a_thousand, size_in_words
from livingreview.facts.words import Facts, word
from livingreview.pooled import Pooled, pools_about

SAFETY = "safety"  # family of outcomes
# the harms that a reader asks for first
OUTCOMES = ("adverse_event", "serious_adverse_event", "stopped_for_harm", "stopped")


def safety(review: Review) -> Facts:
    """Return, for each of `OUTCOMES`, the pooled result with numbers out of a thousand in words.

    Under ``pooled_`` before its key with the ratio, under ``plainly_`` without it.

    ``n_safety_studies``, of ``n_safety_people`` studies in people, report any harm;
    ``n_safety_low`` of these gave a low dose or one called so, and ``n_safety_trials`` have an
    effect with its interval.
    """
    rows = effects(review, EVERYTHING, SAFETY)
    labels = review.labels("outcomes")
    found = {pool.outcome: pool for pool in pools_about(review, EVERYTHING, SAFETY)}
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
        words = _in_words(rows, found.get(labels[outcome]))
        facts[f"pooled_{outcome}"], facts[f"plainly_{outcome}"] = words, words.split("; ")[0]
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
        return "no study prints events and people for both groups"
    if pool.result is None:
        return f"not pooled ({pool.reason}){_alone(rows, pool)}"
    words = size_in_words(pool)
    return f"{in_a_thousand(rows, pool)}; {words}" if counts_people(rows, pool) else words


def _alone(rows: pd.DataFrame, pool: Pooled) -> str:
    """Return the counts of the only effect on an outcome; nothing where there are several."""
    effect = rows[rows["topic"] == pool.outcome].iloc[0]
    if pool.k > 1 or " of " not in effect["treated"]:
        return ""
    return f": {effect['treated']} with naltrexone, {effect['comparator']} without"
