"""Numbers of pharmacology, of dose and of mechanisms."""

from __future__ import annotations

from livingreview.data import Review
from livingreview.dose_response import dose_responses
from livingreview.doses import concentrations, dose_band, human_equivalents, usual_low_dose
from livingreview.facts.words import Facts, word
from livingreview.intervals import LEVEL
from livingreview.pharmacokinetics import plasma_ceiling, read_parameters


def dose_bands(review: Review) -> Facts:
    """Return what counts as a low and as a standard dose."""
    return {
        key: "–".join(f"{x:g}" for x in dose_band(review, name)) + " mg"
        for key, name in (("low_band", "low dose"), ("standard_band", "standard dose"))
    }


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
        "n_series": word(len(series)),
        "level": f"{100 * LEVEL:g}%",
        "usual_dose": f"{usual:g} mg",
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
    facts |= dose_bands(review)
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
    pairs = edges[edges["effect"].isin(["increases", "decreases"])]
    # opposite signs of the same cell and phase; a short block and its echo are no conflict
    same = ["source_node", "target_node", "driver", "cell", "phase"]
    mixed = pairs.groupby(same)["effect"].nunique()
    mixed = mixed[mixed > 1]
    nodes = review.labels("mechanism_nodes")
    return {
        "n_statements": str(len(edges)),
        "n_increases": str(signs.get("increases", 0)),
        "n_decreases": str(signs.get("decreases", 0)),
        "n_no_change": str(signs.get("no change", 0)),
        "n_conflicts": word(len(mixed)),
        "conflicts": ", ".join(f"{nodes[key[0]]} on {nodes[key[1]]}" for key in mixed.index)
        or "none",
        "n_in_vitro_statements": str((edges["evidence"] == "in vitro").sum()),
        "n_in_vivo_statements": str((edges["evidence"] == "in vivo").sum()),
        "n_human_statements": word(int((edges["evidence"] == "human").sum())),
    }
