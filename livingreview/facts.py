"""The numbers that stand in prose: from the tables to short texts, one function a chapter.

A chapter hands the result to `glue_facts`, and its prose names the keys. Where data should
speak, no number is typed.
"""

from __future__ import annotations

from livingreview.data import Review, keys_of, numeric
from livingreview.dose_response import dose_responses
from livingreview.doses import (
    ANTAGONISTS,
    concentrations,
    dose_band,
    human_equivalents,
    usual_low_dose,
)
from livingreview.evidence import RUNGS, evidence_map, favours, resolved_citations, studies_view
from livingreview.pharmacokinetics import plasma_ceiling, read_parameters
from livingreview.printed import number
from livingreview.tables.by_arm import (
    AFTER,
    BEFORE,
    TREATED,
    reproduction_comparisons,
    reproduction_measurements,
)

WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
Facts = dict[str, str]


def glue_facts(*groups: Facts) -> None:
    """Make facts available to the prose of a chapter under their keys."""
    from myst_nb import glue

    for group in groups:
        for key, value in group.items():
            glue(key, value, display=False)


def word(count: int) -> str:
    """Return a count as a word up to ten, in digits above."""
    return WORDS[count] if count < len(WORDS) else f"{count:,}"


def whole(review: Review) -> Facts:
    """Return counts over the whole review."""
    studies = studies_view(review)
    rungs = studies["rung"].value_counts()
    checked = sum(
        int(frame["checked"].notna().sum()) for frame in review.tables.values() if "checked" in frame
    )
    rows = sum(len(frame) for frame in review.tables.values() if "checked" in frame)
    updates = review.updates.sort_values("date", kind="stable")
    facts = {
        "n_sources": word(review.sources["kind"].isin(["secondary review", "primary report"]).sum()),
        "n_studies": str(len(studies)),
        "n_reports": str(studies["reference"].nunique()),
        "n_conditions": str(evidence_map(review)["condition_id"].nunique()),
        "n_rows": f"{rows:,}",
        "n_checked": f"{checked:,}",
        "n_references": str(len(review.references)),
        "n_listed": str(len(review.reference_lists)),
        "n_discrepancies": str(len(review.discrepancies)),
        "current_to": f"{updates['date'].iloc[-1]:%-d %B %Y}",
        "last_update": updates["summary"].iloc[-1],
    }
    for key, rung in (("cells", "in vitro"), ("animals", "in vivo")):
        facts[f"n_{key}"] = word(int(rungs.get(RUNGS[rung], 0)))
    facts["n_people"] = word(int(studies["in_people"].sum()))
    facts["n_randomised"] = word(int(rungs.get(RUNGS["randomised trial"], 0)))
    wrong = resolved_citations(review)
    wrong = wrong[(wrong["printed_reference"] != "") & (wrong["printed_reference"] != wrong["reference"])]
    facts["n_miscited"] = word(len(wrong))
    facts["n_cited"] = str((review.studies["cited_as"] != "").sum())
    return facts


def dose(review: Review) -> Facts:
    """Return numbers of pharmacology and of dose."""
    parameters = read_parameters(review)
    usual = usual_low_dose(review)
    ceiling = plasma_ceiling(usual, parameters)
    low, high = dose_band(review, "low dose")
    dishes = concentrations(review).dropna(subset=["low"])
    animals = human_equivalents(review).dropna(subset=["low"])
    table = review.pharmacology
    occupied = table[table["parameter"] == "receptor occupancy"].iloc[0]
    unusable = table[table["usable"] == "no"]
    series = dose_responses(review)
    facts = {
        "usual_dose": f"{usual:g} mg",
        "low_band": f"{low:g}–{high:g} mg",
        "standard_band": "–".join(f"{x:g}" for x in dose_band(review, "standard dose")) + " mg",
        "half_life": f"{parameters.half_life:g} hours",
        "clearance": f"{parameters.clearance:g} litres an hour",
        "volume": f"{parameters.volume:.0f} litres",
        "bioavailability": "–".join(f"{100 * x:g}" for x in parameters.bioavailability) + "%",
        "ceiling": f"{1e9 * ceiling:.0f} nanomoles per litre",
        "occupancy": f"{occupied['value'].lstrip('~')}%",
        "occupancy_dose": occupied["dose"],
        "n_concentrations": word(len(dishes)),
        "n_above_ceiling": word(int((dishes["low"] > ceiling).sum())),
        "highest_times": f"{round(dishes['high'].max() / ceiling, -4):,.0f}",
        "n_animal_doses": word(len(animals)),
        "n_animal_inside": word(int(((animals["low"] >= low) & (animals["high"] <= high)).sum())),
        "n_animal_below": word(int((animals["high"] < low).sum())),
        "n_animal_above": word(int((animals["low"] > high).sum())),
        "highest_animal": f"{animals['high'].max():.0f} mg",
        "n_unusable": word(len(unusable)),
        "n_parameters": str(len(table)),
    }
    if series:
        one = series[0]
        facts |= {
            "ic50_reported": f"{one.reported:g} {one.unit}",
            "ic50_fitted": f"{one.fitted:.2f} {one.unit}",
            "n_points": word(len(one.points)),
        }
    return facts


def mechanism(review: Review) -> Facts:
    """Return counts of causal statements."""
    edges = review.mechanisms
    signs = edges["effect"].value_counts()
    drivers = edges["driver"].value_counts()
    pairs = edges[edges["effect"].isin(["increases", "decreases"])]
    mixed = pairs.groupby(["source_node", "target_node", "driver"])["effect"].nunique()
    mixed = mixed[mixed > 1]
    nodes = review.labels("mechanism_nodes")
    healthy = edges[(edges["cell"] == "healthy cell") & (edges["figures"] != "")]
    return {
        "n_statements": str(len(edges)),
        "n_nodes": str(len(review.mechanism_nodes)),
        "n_increases": str(signs.get("increases", 0)),
        "n_decreases": str(signs.get("decreases", 0)),
        "n_no_change": str(signs.get("no change", 0)),
        "n_low_dose_statements": str(drivers.get("low-dose naltrexone", 0)),
        "n_standard_statements": str(drivers.get("standard-dose naltrexone", 0)),
        "n_conflicts": word(len(mixed)),
        "conflicts": ", ".join(f"{nodes[a]} on {nodes[b]}" for a, b, _ in mixed.index) or "none",
        "n_in_vitro_statements": str((edges["evidence"] == "in vitro").sum()),
        "n_in_vivo_statements": str((edges["evidence"] == "in vivo").sum()),
        "n_human_statements": word(int((edges["evidence"] == "human").sum())),
        "n_healthy": str(len(healthy)),
    }


def cancer(review: Review) -> Facts:
    """Return counts of studies and directions in cancer."""
    studies = studies_view(review)
    studies = studies[studies["groups"].map(lambda groups: "Cancer" in groups)]
    results = favours(review).merge(
        studies[["study_id", "rung", "in_people", "combined"]], on="study_id"
    )
    results = results[results["favours"] != "unclear"]
    models = results[~results["in_people"]]
    people = results[results["in_people"]]
    facts = {
        "n_cancer": word(len(studies)),
        "n_cancer_models": word(int((~studies["in_people"]).sum())),
        "n_cancer_people": word(int(studies["in_people"].sum())),
        "n_single": word(int((~studies["in_people"] & ~studies["combined"]).sum())),
        "n_combined": word(int(studies["combined"].sum())),
        "n_combined_people": word(int((studies["combined"] & studies["in_people"]).sum())),
        "n_model_results": str(len(models)),
        "n_model_favour": str((models["favours"] == "intervention").sum()),
        "n_model_none": word(int((models["favours"] == "neither").sum())),
        "n_model_against": word(int((models["favours"] == "comparator").sum())),
        "n_people_results": str(len(people)),
        "n_people_favour": word(int((people["favours"] == "intervention").sum())),
        "n_people_none": word(int((people["favours"] == "neither").sum())),
    }
    return facts | _low_dose_trials(review, studies)


def _low_dose_trials(review: Review, studies) -> Facts:
    low, high = dose_band(review, "low dose")
    kind = dict(zip(review.agents["agent_id"], review.agents["kind"], strict=True))
    given = review.doses[
        (review.doses["agent_id"].map(kind) == "naltrexone") & (review.doses["unit"] == "mg")
    ]
    amounts = numeric(given["amount"])
    low_dose = set(given.loc[(amounts >= low) & (amounts <= high), "study_id"])
    cases = RUNGS["case report"]
    trials = studies[studies["in_people"] & (studies["rung"] != cases)]
    of_low_dose = trials[trials["study_id"].isin(low_dose)]
    results = favours(review)
    told = set(results.loc[results["favours"] != "unclear", "study_id"])
    better = set(results.loc[results["favours"] == "intervention", "study_id"])
    others = [
        dose
        for dose in review.doses.itertuples(index=False)
        if kind[dose.agent_id] in ANTAGONISTS and dose.study_id in set(trials["study_id"])
    ]
    high_dose = {
        d.study_id
        for d in others
        if kind[d.agent_id] == "naltrexone" and d.unit == "mg" and number(d.amount) > high
    }
    return {
        "n_trials": word(len(trials)),
        "n_low_trials": word(len(of_low_dose)),
        "n_low_trials_told": word(int(of_low_dose["study_id"].isin(told).sum())),
        "n_low_trials_better": word(int(of_low_dose["study_id"].isin(better).sum())),
        "n_high_dose_trials": word(len(high_dose)),
        "n_cases": word(int((studies["rung"] == cases).sum())),
        "n_case_people": word(int(numeric(studies.loc[studies["rung"] == cases, "n"]).sum())),
    }


def implantation(review: Review) -> Facts:
    """Return numbers of recurrent implantation failure, over the studies in the data."""
    values = reproduction_measurements(review).query("reproduction and in_table")
    studies = studies_view(review)
    studies = studies[studies["groups"].map(lambda groups: "Reproduction" in groups)]
    facts = {
        "n_rif_studies": word(len(studies)),
        "n_rif_women": f"{numeric(studies['n']).sum():,.0f}",
        "n_rif_randomised": word(int((studies["rung"] == RUNGS["randomised trial"]).sum())),
    }
    for outcome in ("pregnancy", "implantation", "clinical_pregnancy", "miscarriage"):
        for side, cells in values[values["outcome_id"] == outcome].groupby("side"):
            arm = "ldn" if side == TREATED else "control"
            events, n = numeric(cells["events"]).sum(), numeric(cells["n"]).sum()
            facts[f"{outcome}_{arm}"] = f"{events:.0f} of {n:.0f}"
            facts[f"{outcome}_{arm}_thousand"] = f"{1000 * events / n:.0f}"
    first = values.drop_duplicates(["outcome_id", "side", "timepoint"])
    for row in first[first["mean"] != ""].itertuples(index=False):
        if row.timepoint in (BEFORE, AFTER):
            arm = "ldn" if row.side == TREATED else "control"
            when = "before" if row.timepoint == BEFORE else "after"
            facts[f"{row.outcome_id}_{arm}_{when}"] = row.mean
    claims = reproduction_comparisons(review).query("reproduction")
    facts["n_rif_correlations"] = str((claims["measure"] == "correlation").sum())
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


def evidence(review: Review) -> Facts:
    """Return counts of the evidence map."""
    cells = evidence_map(review)
    filled = cells.groupby(["condition_id", "rung"]).ngroups
    total = cells["condition_id"].nunique() * len(set(RUNGS.values()))
    in_trials = cells[cells["rung"] == RUNGS["randomised trial"]]
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
