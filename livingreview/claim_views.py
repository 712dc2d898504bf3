"""Views of the evidence that the rules of the claims ledger count rows of.

Each is a table with a column ``key`` that names its rows; what a rule may ask is its columns.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from livingreview.data import Review, numeric
from livingreview.dose_marks import dose_marks
from livingreview.doses import (
    concentrations,
    dose_band,
    human_equivalents,
    low_dose_studies,
    usual_low_dose,
)
from livingreview.effects import RATIOS, effects
from livingreview.evidence import EVERYTHING, favours, people_with, studies_view
from livingreview.pharmacokinetics import plasma_ceiling, read_parameters
from livingreview.pooled import pools_about
from livingreview.timepoints import days

SAFETY = "safety"  # family of outcomes
WHOLE = "all participants"  # role of the arm that stands for both sides together
ABOUT = ["study_id", "design", "rung", "in_people", "combined", "low_dose", "group"]


def studies(review: Review) -> pd.DataFrame:
    """Return the studies with what was given, whether they tell a result, and for whom it is."""
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


def results(review: Review) -> pd.DataFrame:
    """Return the comparisons as sources claim them, with whom each favours."""
    frame = favours(review).merge(studies(review)[ABOUT], on="study_id")
    return frame.assign(key=frame["comparison_id"])


def harms(review: Review) -> pd.DataFrame:
    """Return for each harm counted in a study in people the share of each side that had it.

    ``treated`` and ``control`` are percentages, counted where counts are printed, the highest of
    several groups and not a number where none can be told; ``n`` is the size of the study or,
    where that is not printed, of its groups; ``weeks`` is the time told, and ``marked`` the word
    on dose or drug beside the study's name.
    """
    family = review.labels("outcomes", "family")
    frame = review.measurements.merge(review.arms[["arm_id", "study_id", "role"]], on="arm_id")
    harm = (frame["outcome_id"].map(family) == SAFETY) & (frame["role"] != WHOLE)
    frame = frame[harm & frame["study_id"].isin(people_with(review, EVERYTHING))]
    counted = 100 * numeric(frame["events"]) / numeric(frame["n"])
    side = frame["role"].map(lambda role: "treated" if role == "intervention" else "control")
    frame = frame.assign(share=counted.fillna(numeric(frame["percent"])), side=side)
    keys = ["study_id", "outcome_id", "part", "timepoint"]
    wide = frame.groupby([*keys, "side"], sort=False)["share"].max().unstack("side")
    wide = wide.reindex(columns=["treated", "control"]).reset_index()
    wide = wide.merge(studies(review)[[*ABOUT, "n"]], on="study_id")
    groups = review.arms[review.arms["role"] != WHOLE]
    together = numeric(groups["n"]).groupby(groups["study_id"]).sum(min_count=1)
    return wide.assign(
        n=numeric(wide["n"]).fillna(wide["study_id"].map(together)),
        weeks=wide["timepoint"].map(days) / 7,
        marked=wide["study_id"].map(dose_marks(review)).fillna(""),
        key=wide["study_id"] + ": " + wide["outcome_id"],
    )


def computed(review: Review) -> pd.DataFrame:
    """Return the effects with intervals, with whom each favours by its interval alone."""
    frame = effects(review, EVERYTHING)
    frame = frame[["study_id", "outcome_id", "measure", "better", "estimate", "low", "high"]]
    sides = [
        side(row.measure, row.better, row.low, row.high) for row in frame.itertuples(index=False)
    ]
    return frame.merge(studies(review)[ABOUT], on="study_id", how="left").assign(
        favours=sides,
        marked=frame["study_id"].map(dose_marks(review)).fillna("").to_list(),
        key=(frame["study_id"] + ": " + frame["outcome_id"]).to_list(),
    )


def pooled(review: Review) -> pd.DataFrame:
    """Return the pooled results over all conditions, with whom each favours by its interval."""
    rows = effects(review, EVERYTHING)
    better = dict(zip(rows["topic"], rows["better"], strict=True))
    found = [
        {
            "outcome": pool.outcome,
            "measure": pool.measure,
            "k": pool.k,
            "estimate": pool.printed.estimate,
            "low": pool.printed.low,
            "high": pool.printed.high,
            "favours": side(
                pool.measure, better[pool.outcome], pool.printed.low, pool.printed.high
            ),
            "key": pool.outcome,
        }
        for pool in pools_about(review, EVERYTHING)
        if pool.result
    ]
    columns = ["outcome", "measure", "k", "estimate", "low", "high", "favours", "key"]
    return pd.DataFrame(found, columns=columns)


def side(measure: str, better: str, low: float, high: float) -> str:
    """Say whom an effect favours: a side that its whole interval is on, or ``neither``."""
    null = 1.0 if measure in RATIOS else 0.0
    if low <= null <= high:
        return "neither"
    wanted = {"higher": low > null, "lower": high < null}.get(better)
    return "unclear" if wanted is None else "intervention" if wanted else "comparator"


def dishes(review: Review) -> pd.DataFrame:
    """Return the concentrations in the dish, with the highest that a low dose gives in blood."""
    frame = concentrations(review).dropna(subset=["low"])
    ceiling = plasma_ceiling(usual_low_dose(review), read_parameters(review))
    return frame.assign(ceiling=ceiling, key=frame["dose_id"])


def animal_doses(review: Review) -> pd.DataFrame:
    """Return the doses in animals scaled to people, with the ends of the low-dose band."""
    frame = human_equivalents(review).dropna(subset=["low"])
    low, high = dose_band(review, "low dose")
    return frame.assign(band_low=low, band_high=high, key=frame["dose_id"])


VIEWS: dict[str, Callable[[Review], pd.DataFrame]] = {
    "studies": studies,
    "results": results,
    "harms": harms,
    "effects": computed,
    "pooled": pooled,
    "concentrations": dishes,
    "animal doses": animal_doses,
    "updates": lambda review: review.updates.assign(key=review.updates["summary"]),
    "citations": lambda review: review.citations.assign(key=review.citations["citation_id"]),
    "discrepancies": lambda review: review.discrepancies.assign(
        key=review.discrepancies["discrepancy_id"]
    ),
}
