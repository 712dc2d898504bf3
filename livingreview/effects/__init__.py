"""Effects with intervals: naltrexone against its comparator, study by study.

`effects` is where to start. An effect comes from what both arms report (`from_arms`) or, where
that is not printed, from the effect that the source reports with its precision (`as_reported`).
`livingreview.timepoints` says which timepoint stands for a study, and `changes` what can be said
of the change from the baseline.
"""

from livingreview.effects.changes import CORRELATIONS, changes
from livingreview.effects.measures import (
    CELLS,
    DIFFERENCE,
    FROM_ARMS,
    MEASURES,
    RATIO,
    RATIOS,
    REPORTED,
    STANDARDISED,
)
from livingreview.effects.of_condition import effects
from livingreview.timepoints import AFTER, BEFORE, period

__all__ = [
    "AFTER",
    "BEFORE",
    "CELLS",
    "CORRELATIONS",
    "DIFFERENCE",
    "FROM_ARMS",
    "MEASURES",
    "RATIO",
    "RATIOS",
    "REPORTED",
    "STANDARDISED",
    "changes",
    "effects",
    "period",
]
