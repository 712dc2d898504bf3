"""Measures of effect, and the columns that every effect has whatever it comes from."""

from __future__ import annotations

import math

from livingreview.effect_sizes import EffectSizes

RATIO, STANDARDISED, DIFFERENCE = "risk ratio", "Hedges' g", "mean difference"
RATIOS = (RATIO, "odds ratio", "hazard ratio")
REPORTABLE = (*RATIOS, DIFFERENCE, "standardised mean difference")  # as sources print them
MEASURES = (*REPORTABLE, STANDARDISED)
FROM_ARMS, REPORTED = "from both arms", "as reported"

CELLS = ["treated_cells", "comparator_cells", "effect_cells"]
COLUMNS = [
    "study_id",
    "reference",
    "outcome_id",
    "topic",
    "outcome",
    "better",
    "measure",
    "unit",
    "estimate",
    "low",
    "high",
    "yi",
    "vi",
    "weight",
    "treated",
    "comparator",
    "arm_id",
    "comparator_id",
    "part",
    "timepoint",
    "given",
    "difference",
    "difference_low",
    "difference_high",
    "nnt",
    "place",
    "corrected",
    *CELLS,
]


def on_printed_scale(measure: str, value: float) -> float:
    """Return a value of the analysis scale on the scale that is printed: ratios from logarithms."""
    return math.exp(value) if measure in RATIOS else value


def estimated(measure: str, effect: EffectSizes, unit: str = "") -> dict:
    """Return the columns of an estimate, of one effect with its 95 % Wald interval."""
    (yi,), (vi,) = effect.yi.tolist(), effect.vi.tolist()
    (low,), (high,) = effect.interval()
    return {
        "measure": measure,
        "unit": unit,
        "estimate": on_printed_scale(measure, yi),
        "low": on_printed_scale(measure, float(low)),
        "high": on_printed_scale(measure, float(high)),
        "yi": yi,
        "vi": vi,
        "weight": 1 / vi,
    }
