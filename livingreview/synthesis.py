"""Synthesis without meta-analysis (SWiM): direction of effect by study and outcome family.

Most evidence in cells and animals is a direction without a variance, so it cannot be pooled. The
SWiM guideline (Campbell et al., BMJ 2020) asks that directions be shown by study and family, and
that a test of signs states what it cannot say.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from livingreview.data import Review
from livingreview.evidence import favours, studies_view

# Boon and Thomson (Research Synthesis Methods 2021): a study's outcomes of one family go one way
# when at least this share of them does; else the study is mixed in that family.
SHARE = 0.7
FOR, AGAINST = "favours the antagonist", "favours the comparator"
MIXED = "mixed or no difference"


@dataclass(frozen=True)
class SignTest:
    """Studies by their direction over all outcomes, and the probability of it by chance.

    Attributes
    ----------
    favouring, against, mixed : int
        Studies whose outcomes mostly favour, mostly go against, or do neither.
    p : float
        Two-sided probability of a split at least as uneven if either sign were as likely; mixed
        studies are left out, as in the sign test.
    """

    favouring: int
    against: int
    mixed: int
    p: float


def directions(review: Review, group: str) -> pd.DataFrame:
    """Return the direction of effect of each study and outcome family, outside of people.

    Parameters
    ----------
    review : Review
        The data.
    group : str
        Group of conditions.

    Returns
    -------
    DataFrame
        ``study_id``, ``reference``, ``rung``, ``family``, ``outcomes`` (number), ``favouring``,
        ``against``, ``neither`` (numbers of outcomes) and ``direction``. An outcome that a study
        reports at several places, or in several arms, counts once for each direction it takes;
        one of which neither direction is better does not count.
    """
    studies = studies_view(review)
    studies = studies[studies["groups"].map(lambda groups: group in groups) & ~studies["in_people"]]
    results = _told(review)
    results = results[results["study_id"].isin(studies["study_id"])]
    counts = _counted(results, ["study_id", "family"])
    return counts.merge(studies[["study_id", "reference", "rung"]], on="study_id")


def study_directions(review: Review) -> pd.DataFrame:
    """Return the direction of each study over all of its outcomes, at every rung.

    Returns
    -------
    DataFrame
        ``study_id``, ``outcomes``, ``favouring``, ``against``, ``neither`` and ``direction`` as
        in `directions`; a study that states no direction of benefit has no row.
    """
    return _counted(_told(review), ["study_id"])


def _told(review: Review) -> pd.DataFrame:
    """Return what each study says of each outcome; without a better side there is no benefit.

    An outcome of which neither direction is better, such as age at the start, could else count
    against a direction (no difference) but never for one.
    """
    results = favours(review).merge(
        review.outcomes[["outcome_id", "family", "better"]], on="outcome_id"
    )
    results = results[(results["favours"] != "unclear") & (results["better"] != "neither")]
    return results.drop_duplicates(["study_id", "outcome_id", "favours"])


def _counted(results: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    counts = results.groupby([*keys, "favours"], sort=False).size().unstack(fill_value=0)
    counts = counts.reindex(columns=["intervention", "comparator", "neither"], fill_value=0)
    counts.columns = ["favouring", "against", "neither"]
    counts = counts.reset_index()
    counts["outcomes"] = counts[["favouring", "against", "neither"]].sum(axis=1)
    counts["direction"] = [
        _direction(row.favouring, row.against, row.outcomes) for row in counts.itertuples()
    ]
    return counts


def _direction(favouring: int, against: int, outcomes: int) -> str:
    if favouring >= SHARE * outcomes:
        return FOR
    if against >= SHARE * outcomes:
        return AGAINST
    return MIXED


def sign_test(frame: pd.DataFrame) -> SignTest:
    """Return the sign test over studies.

    Parameters
    ----------
    frame : DataFrame
        From `directions`.

    Returns
    -------
    SignTest
        One sign a study, over all of its outcomes; exact binomial probability.
    """
    # scipy.stats takes a while to import, and few who load this module want the test
    from scipy.stats import binomtest

    totals = frame.groupby("study_id")[["favouring", "against", "outcomes"]].sum()
    signs = [_direction(row.favouring, row.against, row.outcomes) for row in totals.itertuples()]
    favouring, against = signs.count(FOR), signs.count(AGAINST)
    told = favouring + against
    p = float(binomtest(favouring, told).pvalue) if told else 1.0
    return SignTest(favouring, against, signs.count(MIXED), p)
