"""Effect sizes: from printed numbers to outcomes, sampling variances and intervals.

The names of measures and arguments are those of metafor's ``escalc``.
"""

from livingreview.effect_sizes.binary import (
    TwoByTwo,
    effect_sizes,
    log_odds_ratio,
    log_risk_ratio,
    logit_proportion,
    risk_difference,
)
from livingreview.effect_sizes.change import (
    Bounds,
    PrePost,
    change_bounds,
    correlation_from_change_sd,
    difference_in_change_bounds,
)
from livingreview.effect_sizes.continuous import (
    TwoArms,
    hedges_correction,
    log_ratio_of_means,
    mean_difference,
    standardised_mean_difference,
)
from livingreview.effect_sizes.conversions import (
    correlation_to_g,
    d_to_log_odds_ratio,
    fisher_z,
    g_to_correlation,
    log_odds_ratio_to_d,
    phi_from_table,
)
from livingreview.effect_sizes.crossover import (
    crossover_mean_difference,
    crossover_standardised_mean_difference,
)
from livingreview.effect_sizes.number_needed_to_treat import (
    NumberNeededToTreat,
    number_needed_to_treat,
)
from livingreview.effect_sizes.outcome import EffectSizes
from livingreview.effect_sizes.reported_statistics import se_from_ci, se_from_p
from livingreview.effect_sizes.score_intervals import (
    miettinen_nurminen_rd,
    miettinen_nurminen_rr,
    newcombe_rd,
    wilson,
)

__all__ = [
    "Bounds",
    "EffectSizes",
    "NumberNeededToTreat",
    "PrePost",
    "TwoArms",
    "TwoByTwo",
    "change_bounds",
    "correlation_from_change_sd",
    "correlation_to_g",
    "crossover_mean_difference",
    "crossover_standardised_mean_difference",
    "d_to_log_odds_ratio",
    "difference_in_change_bounds",
    "effect_sizes",
    "fisher_z",
    "g_to_correlation",
    "hedges_correction",
    "log_odds_ratio",
    "log_odds_ratio_to_d",
    "log_ratio_of_means",
    "log_risk_ratio",
    "logit_proportion",
    "mean_difference",
    "miettinen_nurminen_rd",
    "miettinen_nurminen_rr",
    "newcombe_rd",
    "number_needed_to_treat",
    "phi_from_table",
    "risk_difference",
    "se_from_ci",
    "se_from_p",
    "standardised_mean_difference",
    "wilson",
]
