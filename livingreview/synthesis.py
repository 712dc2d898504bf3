"""Synthesis without meta-analysis (SWiM): direction of effect by study and outcome family.

Most evidence in cells and animals is a direction without a variance, so it cannot be pooled. The
SWiM guideline (Campbell et al., BMJ 2020) asks that directions be shown by study and family, and
that a test of signs states what it cannot say.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from scipy import special

from livingreview.data import Review, once
from livingreview.evidence import ANIMALS, CELLS, ORDER, favours, studies_view

# Boon and Thomson (Research Synthesis Methods 2021): a study's outcomes of one family go one way
# when at least this share of them does; else the study is mixed in that family.
SHARE = 0.7
FOR, AGAINST = "favours the antagonist", "favours the comparator"
MIXED = "mixed or no difference"

MODELS = (CELLS, ANIMALS)
PEOPLE = tuple(rung for rung in ORDER if rung not in MODELS)

# The overall judgements of five tools, put together where a shade can be told from the next. The
# last is the worst, and a study that nobody judged is one of which the risk is not known.
LOWER, UNSURE, HIGH = "low", "some concerns or unclear", "high"
RISKS = {
    "low": LOWER,
    "yes": LOWER,
    "some concerns": UNSURE,
    "moderate": UNSURE,
    "unclear": UNSURE,
    "no information": UNSURE,
    "high": HIGH,
    "serious": HIGH,
    "critical": HIGH,
    "no": HIGH,
}


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
    low, high : float
        95% interval of the share that favours, among studies with a sign (Clopper and Pearson);
        0 and 1 where no study has one.
    """

    favouring: int
    against: int
    mixed: int
    p: float
    low: float
    high: float


@once
def directions(review: Review, group: str, rungs: tuple[str, ...] = MODELS) -> pd.DataFrame:
    """Return the direction of effect of each study and outcome family.

    A direction counts whether or not the source calls it significant (Cochrane Handbook, chapter
    12). What is unclear in `favours` is left out.

    Parameters
    ----------
    review : Review
        The data.
    group : str
        Group of conditions.
    rungs : tuple of str
        Rungs of the ladder of designs; cells and animals unless told.

    Returns
    -------
    DataFrame
        ``study_id``, ``reference``, ``rung``, ``risk`` (of bias, overall: `LOWER`, `UNSURE` or
        `HIGH`), ``family``, ``outcomes`` (number), ``favouring``, ``against``, ``neither``
        (numbers of outcomes) and ``direction``; by rung, then in the order of the data. An
        outcome counts once, however many places or arms report it; one that goes both ways, or
        shows a difference in one arm only, counts under ``neither``.
    """
    studies = studies_view(review)
    inside = studies["groups"].map(lambda groups: group in groups) & studies["rung"].isin(rungs)
    studies = studies[inside]
    results = _told(review)
    counts = _counted(results[results["study_id"].isin(studies["study_id"])], ["family"])
    risks = overall_risk(review)
    studies = studies.assign(risk=studies["study_id"].map(lambda study: risks.get(study, UNSURE)))
    frame = counts.merge(studies[["study_id", "reference", "rung", "risk"]], on="study_id")
    return frame.sort_values("rung", key=lambda column: column.map(ORDER.index), kind="stable")


@once
def study_directions(review: Review) -> pd.DataFrame:
    """Return the direction of each study over all of its outcomes, at every rung.

    Returns
    -------
    DataFrame
        ``study_id``, ``outcomes``, ``favouring``, ``against``, ``neither`` and ``direction`` as
        in `directions`; a study that states no direction of benefit has no row.
    """
    return _counted(_told(review), [])


@once
def _told(review: Review) -> pd.DataFrame:
    """Return what each study says of each outcome; without a better side there is no benefit.

    An outcome of which neither direction is better, such as age at the start, could else count
    against a direction (no difference) but never for one.
    """
    results = favours(review).merge(
        review.outcomes[["outcome_id", "family", "better"]], on="outcome_id"
    )
    return results[(results["favours"] != "unclear") & (results["better"] != "neither")]


def _counted(results: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    keys = ["study_id", *keys]
    one = results.groupby([*keys, "outcome_id"], sort=False)["favours"].agg(
        lambda told: told.iloc[0] if told.nunique() == 1 else "neither"
    )
    sides = {"intervention": "favouring", "comparator": "against", "neither": "neither"}
    counts = one.groupby(keys, sort=False).value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=list(sides), fill_value=0).rename(columns=sides).reset_index()
    counts["outcomes"] = counts[list(sides.values())].sum(axis=1)
    counts["direction"] = _directions(counts)
    return counts


@once
def overall_risk(review: Review) -> dict[str, str]:
    """Return the overall risk of bias of each study that was judged; the worst of several."""
    overall = review.risk_of_bias[review.risk_of_bias["domain"] == "overall"]
    order = list(dict.fromkeys(RISKS.values()))
    risks = overall["judgement"].map(RISKS).groupby(overall["study_id"])
    return risks.agg(lambda found: max(found, key=order.index)).to_dict()


def over_all_outcomes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one direction a study, over its outcomes of every family.

    Parameters
    ----------
    frame : DataFrame
        From `directions`.

    Returns
    -------
    DataFrame
        A row a study: the columns of ``frame`` but ``family``.
    """
    numbers = ["favouring", "against", "neither", "outcomes"]
    totals = frame.groupby("study_id", sort=False)[numbers].sum().reset_index()
    totals["direction"] = _directions(totals)
    about = frame.drop(columns=[*numbers, "direction", "family"])
    return totals.merge(about.drop_duplicates("study_id"), on="study_id")


def _directions(counts: pd.DataFrame) -> list[str]:
    def direction(row) -> str:
        if row.favouring >= SHARE * row.outcomes:
            return FOR
        return AGAINST if row.against >= SHARE * row.outcomes else MIXED

    return [direction(row) for row in counts.itertuples(index=False)]


def sign_test(frame: pd.DataFrame) -> SignTest:
    """Return the sign test over studies.

    Parameters
    ----------
    frame : DataFrame
        From `directions`.

    Returns
    -------
    SignTest
        One sign a study, over all of its outcomes; exact binomial probability, and the interval of
        Clopper and Pearson (1934).
    """
    signs = list(over_all_outcomes(frame)["direction"])
    favouring, against = signs.count(FOR), signs.count(AGAINST)
    if not favouring + against:
        return SignTest(0, 0, len(signs), p=1.0, low=0.0, high=1.0)
    told = favouring + against
    p = min(1.0, 2 * float(special.bdtr(min(favouring, against), told, 0.5)))
    # quantiles of the beta distribution; none where no study, or every one, favours
    low = float(special.betaincinv(favouring, against + 1, 0.025)) if favouring else 0.0
    high = float(special.betaincinv(favouring + 1, against, 0.975)) if against else 1.0
    return SignTest(favouring, against, signs.count(MIXED), p, low, high)
