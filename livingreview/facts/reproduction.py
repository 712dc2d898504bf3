"""Numbers of the studies in reproduction."""

from __future__ import annotations

from livingreview.data import Review, numeric
from livingreview.evidence import people_with, studies_view
from livingreview.facts.words import Facts, word
from livingreview.pooled import pools_about
from livingreview.printed import number
from livingreview.tables.by_arm import (
    CONDITION,
    TREATED,
    reproduction_comparisons,
    reproduction_measurements,
)


def implantation(review: Review) -> Facts:
    """Return numbers of recurrent implantation failure, over the studies in the data."""
    values = reproduction_measurements(review).query("reproduction and in_table")
    studies = studies_view(review)
    studies = studies[studies["study_id"].isin(people_with(review, CONDITION))]
    facts = {
        "n_rif_studies": word(len(studies)),
        "n_rif_women": " and ".join(studies["n"]),
    }
    for outcome in ("pregnancy", "implantation", "clinical_pregnancy", "miscarriage"):
        for side, cells in values[values["outcome_id"] == outcome].groupby("side"):
            arm = "ldn" if side == TREATED else "control"
            events, n = numeric(cells["events"]), numeric(cells["n"])
            # studies stand side by side; numbers of different studies are never added up
            told = [f"{e:.0f} of {of:.0f}" for e, of in zip(events, n, strict=True)]
            facts[f"{outcome}_{arm}"] = " and ".join(told)
            facts[f"{outcome}_{arm}_thousand"] = " and ".join(f"{x:.0f}" for x in 1000 * events / n)
    table = review.reference_values
    ideal = table[(table["topic"] == "endometrial thickness") & (table["meaning"] == "ideal")]
    means = numeric(values.loc[values["outcome_id"] == "endometrial_thickness", "mean"])
    low, high = number(ideal["low"].iloc[0]), number(ideal["high"].iloc[0])
    facts["n_thickness_means"] = word(len(means))
    facts["n_thickness_inside"] = word(int(means.between(low, high).sum()))
    failures = table[
        (table["topic"] == "implantation failure") & (table["meaning"] == "definition")
    ]
    facts["rif_transfers"] = word(int(numeric(failures["low"]).min()))
    claims = reproduction_comparisons(review).query("reproduction")
    facts["n_rif_correlations"] = str((claims["measure"] == "correlation").sum())
    found = pools_about(review, CONDITION)
    facts["n_rif_outcomes"] = str(len({pool.outcome for pool in found}))
    facts["n_rif_pooled"] = word(len({pool.outcome for pool in found if pool.result}))
    items = review.characteristics
    items = items[items["study_id"].isin(studies["study_id"])]
    facts["n_rif_unreported"] = word(int((items["reported"] == "no").sum()))
    touched = review.discrepancies[
        review.discrepancies["row"].map(lambda key: key.split(".")[0]).isin(studies["study_id"])
    ]
    facts["n_rif_discrepancies"] = word(len(touched))
    again = reproduction_measurements(review).query("reproduction and not in_table")
    facts["n_rif_stated_again"] = str(len(again))
    return facts
