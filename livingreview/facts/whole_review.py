"""Numbers over the whole review, of the evidence map, and of the ladder from dish to trial."""

from __future__ import annotations

from livingreview.currency import clock
from livingreview.data import Review, keys_of
from livingreview.dose_marks import dose_marks
from livingreview.doses import low_dose_studies
from livingreview.double_extraction import counted, readings
from livingreview.evidence import (
    ANIMALS,
    CELLS,
    CHANCE,
    ORDER,
    evidence_map,
    favours,
    resolved_citations,
    studies_view,
)
from livingreview.facts.words import Facts, word
from livingreview.ladder import ABOVE, INSIDE, ladder, studies_on_the_ladder
from livingreview.registered import PAGES


def whole(review: Review) -> Facts:
    """Return counts over the whole review.

    ``n_low_randomised`` are the randomised trials of a low dose, or of one called so.
    """
    studies = studies_view(review)
    rungs = studies["rung"].value_counts()
    now = clock(review)
    facts = {
        "n_sources": word(
            review.sources["kind"].isin(["secondary review", "primary report"]).sum()
        ),
        "n_pages": str(review.sources["kind"].isin(PAGES).sum()),
        "n_studies": str(len(studies)),
        "n_reports": str(studies["reference"].nunique()),
        "n_rows": f"{now.values:,}",
        "n_checked": f"{now.checked:,}",
        "n_discrepancies": str(len(review.discrepancies)),
    }
    for key, rung in (("cells", CELLS), ("animals", ANIMALS), ("randomised", CHANCE)):
        facts[f"n_{key}"] = word(int(rungs.get(rung, 0)))
    facts["n_people"] = word(int(studies["in_people"].sum()))
    facts |= _unwanted(review)
    chance = set(studies.loc[studies["rung"] == CHANCE, "study_id"])
    results = favours(review)
    better = set(
        results.loc[(results["favours"] == "intervention") & results["significant"], "study_id"]
    )
    facts["n_randomised_better"] = word(len(chance & better))
    low = chance - set(dose_marks(review))
    facts["n_low_randomised"] = word(len(low))
    facts["n_low_randomised_better"] = word(len(low & better))
    wrong = resolved_citations(review)
    wrong = wrong[
        (wrong["printed_reference"] != "") & (wrong["printed_reference"] != wrong["reference"])
    ]
    facts["n_miscited"] = word(len(wrong))
    facts["n_cited"] = str((review.studies["cited_as"] != "").sum())
    return facts


def double_extraction(review: Review) -> Facts:
    """Return how much a person read in the sources a second time, and how far both agreed."""
    whole = review.whole.printed
    rows = {name: frame.to_dict("records") for name, frame in whole.tables.items()}
    found = [one for one in readings(rows) if one.reader == "person"]
    same = sum(one.agrees for one in found)
    agreement = "so how far two readers agree is not known"
    if found:
        agreement = (
            f"before any disagreement was resolved, {same:,} of them ({same / len(found):.0%}) "
            "were the same as printed"
        )
    return {
        "n_values": f"{sum(counted(whole.package, rows).values()):,}",
        "n_read_twice": word(len(found)),
        "n_studies_read_twice": word(len({one.study for one in found})),
        "agreement": agreement,
    }


def _unwanted(review: Review) -> Facts:
    """Return how many studies gave people a low dose, and how many of these tell of harms."""
    low = low_dose_studies(review)
    harms = review.outcomes.loc[review.outcomes["family"] == "adverse effects", "outcome_id"]
    owner = review.labels("arms", "study_id")
    told = {
        owner[arm]
        for table in (review.measurements, review.comparisons)
        for arm in table.loc[table["outcome_id"].isin(harms), "arm_id"]
    }
    return {"n_low_people": word(len(low)), "n_low_harms": word(len(low & told))}


def evidence(review: Review) -> Facts:
    """Return counts of the evidence map."""
    cells = evidence_map(review)
    filled = cells.groupby(["condition_id", "rung"]).ngroups
    total = cells["condition_id"].nunique() * len(ORDER)
    in_trials = cells[cells["rung"] == CHANCE]
    return {
        "n_cells_filled": str(filled),
        "n_cells_total": str(total),
        "n_conditions_randomised": word(in_trials["condition_id"].nunique()),
        "conditions_randomised": ", ".join(dict.fromkeys(in_trials["condition"].str.lower())),
        "n_other_conditions": word(
            cells.loc[~cells["group"].isin(["Cancer", "Reproduction"]), "study_id"].nunique()
        ),
        "n_multi": word(int(review.studies["conditions"].map(lambda c: len(keys_of(c)) > 1).sum())),
    }


def dish_to_trial(review: Review) -> Facts:
    """Return how many conditions the evidence reaches people in, and where at a low dose."""
    rows, studies = ladder(review), studies_on_the_ladder(review)
    low = rows[rows["places"].str.contains(INSIDE)]

    def conditions(frame, *rungs: str) -> set[str]:
        return set(frame.loc[frame["rung"].isin(rungs), "condition_id"])

    people = set(studies.loc[studies["in_people"], "condition_id"])
    in_people = [rung for rung in set(rows["rung"]) if rung not in (CELLS, ANIMALS)]
    dosed = rows[rows["doses"] > 0]
    trials = low[low["rung"] == CHANCE]
    return {
        "n_ladder": word(rows["condition_id"].nunique()),
        "n_ladder_people": word(len(people)),
        "n_ladder_people_low": word(len(conditions(low, *in_people))),
        "n_ladder_models": word(len(conditions(studies, CELLS, ANIMALS) - people)),
        "n_ladder_cells": word(len(conditions(dosed, CELLS))),
        "n_ladder_cells_above": word(len(conditions(dosed[dosed["places"] == ABOVE], CELLS))),
        "n_ladder_animals": word(len(conditions(dosed, ANIMALS))),
        "n_ladder_animals_low": word(len(conditions(low, ANIMALS))),
        "n_ladder_chance": word(len(trials)),
        "n_ladder_chance_for": word(int((trials["favouring"] > 0).sum())),
        "n_ladder_whole": word(
            len(conditions(low, CELLS) & conditions(low, ANIMALS) & conditions(low, CHANCE))
        ),
    }
