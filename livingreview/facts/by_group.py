"""Numbers of the studies in people of one group of conditions, the same for every group."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review, numeric
from livingreview.dose_marks import dose_marks
from livingreview.doses import human_doses
from livingreview.effects import DIFFERENCE, FROM_ARMS, RATIO, effects
from livingreview.evidence import (
    CASES,
    CHANCE,
    CONTROLLED,
    REGISTERS,
    UNCONTROLLED,
    favours,
    people_with,
    questions_about,
    studies_that_are,
    studies_view,
)
from livingreview.facts.words import Facts, word
from livingreview.pooled import Pooled, pools_about, without_in_a_thousand

NOTHING = "nothing"
GRADES = {
    "high": "of high certainty",
    "moderate": "of moderate certainty",
    "low": "of low certainty",
    "very low": "very uncertain",
    "no evidence": "without any evidence",
}


def of_group(review: Review, key: str, group: str) -> Facts:
    """Return numbers of a group of conditions, each under its name with a key before it.

    Parameters
    ----------
    review : Review
        The data.
    key : str
        What the names begin with: ``pain`` gives ``pain_studies`` and so on.
    group : str
        Group of conditions.

    Returns
    -------
    dict
        ``studies`` and ``people`` (in all that print a number); of a low dose or one called so
        ``trials`` (randomised) and ``controlled`` (with a control group, but not randomised or
        not said to be), each with ``trials_better`` (of these, with a significant result for
        naltrexone in any outcome) and ``trials_people``; ``crossovers`` (of any dose: the same
        people took both) and ``order_untold`` (of these, studies whose row on allocation says that
        it is not reported how the order was chosen); ``uncontrolled``, ``cases`` and
        ``registers``; ``marked`` (of another dose or drug); ``doses`` (range of printed low
        doses); ``pooled`` (what could be pooled, in words).
    """
    studies = studies_view(review)
    studies = studies[studies["study_id"].isin(people_with(review, group))]
    low = ~studies["study_id"].isin(dose_marks(review))
    results = favours(review)
    better = results[(results["favours"] == "intervention") & results["significant"]]
    doses = human_doses(review)
    doses = doses[doses["study_id"].isin(studies.loc[low, "study_id"])]
    doses = doses.loc[doses["agent_id"] == "naltrexone", "high"].dropna()
    found = {
        "studies": word(len(studies)),
        "people": f"{numeric(studies['n']).sum():,.0f}",
        "marked": word(int(studies["study_id"].isin(dose_marks(review)).sum())),
        "doses": _span(doses.min(), doses.max()) if len(doses) else "no printed dose",
        "pooled": pooled_in_words(pools_about(review, group)),
        "plainly": pooled_plainly(effects(review, group), pools_about(review, group)),
        "sure": certainty_in_words(review, group),
    }
    for name, rung in (("trials", CHANCE), ("controlled", CONTROLLED)):
        these = studies[low & (studies["rung"] == rung)]
        found[name] = word(len(these))
        found[f"{name}_people"] = f"{numeric(these['n']).sum():,.0f}"
        found[f"{name}_better"] = word(int(these["study_id"].isin(better["study_id"]).sum()))
    crossovers = studies["study_id"].isin(studies_that_are(review, "crossover"))
    found["crossovers"] = word(int(crossovers.sum()))
    untold = review.characteristics.query("item == 'allocation' and reported == 'no'")["study_id"]
    found["order_untold"] = word(int((crossovers & studies["study_id"].isin(untold)).sum()))
    for name, rung in (("uncontrolled", UNCONTROLLED), ("cases", CASES), ("registers", REGISTERS)):
        found[name] = word(int((studies["rung"] == rung).sum()))
    return {f"{key}_{name}": value for name, value in found.items()}


def _span(low: float, high: float) -> str:
    return f"{low:g} mg" if low == high else f"{low:g}–{high:g} mg"


def pooled_in_words(found: list[Pooled]) -> str:
    """Return the pooled results in one line, or that there is none."""
    return "; ".join(map(one_in_words, filter(lambda pool: pool.result, found))) or NOTHING


def one_in_words(pool: Pooled) -> str:
    """Return a pooled result in words: outcome, measure, interval and number of studies."""
    return f"{pool.outcome.lower()}, {size_in_words(pool)}"


def size_in_words(pool: Pooled) -> str:
    """Return measure, size and interval of a pooled result, and its number of studies."""
    printed = pool.printed
    unit = f" {pool.unit}" if pool.unit else ""
    size = f"{printed.estimate:.2f}{unit} ({printed.low:.2f} to {printed.high:.2f})"
    return f"{pool.measure} {size}, {word(pool.k)} studies"


def pooled_plainly(rows: pd.DataFrame, found: list[Pooled]) -> str:
    """Return the pooled results in words for people without training, or that there is none."""
    told = [
        f"{pool.outcome.lower()}, {in_plain_words(rows, pool)}" for pool in found if pool.result
    ]
    return "; ".join(told) or NOTHING


def in_plain_words(rows: pd.DataFrame, pool: Pooled) -> str:
    """Return a pooled result as people out of a thousand, or as more or less on its scale."""
    printed = pool.printed
    if counts_people(rows, pool):
        return in_a_thousand(rows, pool)
    if pool.measure == DIFFERENCE:
        size, low, high = (
            f"{abs(value):.2f} {'less' if value < 0 else 'more'}"
            for value in (printed.estimate, printed.low, printed.high)
        )
        unit = f", in {pool.unit}" if pool.unit else ""
        return f"{size} with naltrexone than without{unit}; the truth may lie from {low} to {high}"
    return size_in_words(pool)


def counts_people(rows: pd.DataFrame, pool: Pooled) -> bool:
    """Tell whether a pooled ratio rests on counts alone, so that it can be told in people."""
    return pool.measure == RATIO and set(rows.loc[list(pool.rows), "given"]) == {FROM_ARMS}


def in_a_thousand(rows: pd.DataFrame, pool: Pooled) -> str:
    """Return a pooled ratio of counts as people out of a thousand, without and with treatment."""
    risk, printed = without_in_a_thousand(rows, pool), pool.printed
    with_it, low, high = (
        min(1000.0, risk * ratio) for ratio in (printed.estimate, printed.low, printed.high)
    )
    return (
        f"out of a thousand people, {risk:.0f} without naltrexone and "
        f"{with_it:.0f} with it ({low:.0f} to {high:.0f})"
    )


def certainty_in_words(review: Review, group: str) -> str:
    """Return how many questions about a group were asked, and how certain the answers are."""
    grades = review.certainty.loc[questions_about(review, group), "certainty"].value_counts()
    told = [
        f"{word(int(grades[grade]))} {words}" for grade, words in GRADES.items() if grade in grades
    ]
    return f"{word(int(grades.sum()))} ({', '.join(told)})" if told else NOTHING
