"""Concentration against effect in cell studies: a fitted curve beside the reported IC50."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from livingreview.data import Review, keys_of, once
from livingreview.printed import number

FEWEST_POINTS = 4  # a curve with two parameters needs more points than that to be worth drawing


@dataclass(frozen=True)
class DoseResponse:
    """A series of concentrations with their inhibition, and the curve through them.

    Attributes
    ----------
    study_id : str
        Study.
    unit : str
        Unit of the concentrations.
    points : DataFrame
        ``concentration``, ``inhibition`` (%), ``plus_minus`` (%), ``measurement_id``.
    reported : float
        IC50 as reported, in `unit`; NaN where none is.
    fitted, fitted_se, slope : float
        IC50 by the curve, its standard error, and the Hill slope.
    """

    study_id: str
    unit: str
    points: pd.DataFrame
    reported: float
    fitted: float
    fitted_se: float
    slope: float

    def curve(self, concentration) -> np.ndarray:
        """Return the fitted inhibition (%) at concentrations, shape (n,)."""
        return hill(np.asarray(concentration, dtype=float), self.fitted, self.slope)


def hill(concentration: np.ndarray, half: float, slope: float) -> np.ndarray:
    """Return inhibition (%) by the Hill equation with limits 0 and 100."""
    return 100 / (1 + (half / concentration) ** slope)


@once
def dose_responses(review: Review) -> list[DoseResponse]:
    """Return every series of inhibition rates that has enough concentrations for a curve."""
    series = []
    frame = review.measurements.merge(
        review.arms[["arm_id", "study_id", "doses"]], on="arm_id", how="left"
    )
    doses = review.doses.set_index("dose_id")
    rates = frame[(frame["outcome_id"] == "inhibition_rate") & (frame["mean"] != "")]
    for study, rows in rates.groupby("study_id", sort=False):
        rows = rows[rows["doses"].map(lambda cell: len(keys_of(cell)) == 1)]
        if len(rows) < FEWEST_POINTS:
            continue
        given = doses.loc[rows["doses"]]
        if given["unit"].nunique() != 1:
            continue
        points = pd.DataFrame(
            {
                "concentration": given["amount"].map(number).to_numpy(),
                "inhibition": rows["mean"].map(number).to_numpy(),
                "plus_minus": rows["plus_minus"].map(number).to_numpy(),
                "measurement_id": rows["measurement_id"].to_numpy(),
            }
        ).sort_values("concentration", ignore_index=True)
        unit = given["unit"].iloc[0]
        fit = _fit(points)
        series.append(DoseResponse(study, unit, points, _reported(frame, study, unit), *fit))
    return series


def _reported(frame: pd.DataFrame, study: str, unit: str) -> float:
    rows = frame[
        (frame["study_id"] == study) & (frame["statistic"] == "IC50") & (frame["unit"] == unit)
    ]
    return number(rows["value"].iloc[0]) if len(rows) else float("nan")


def _fit(points: pd.DataFrame) -> tuple[float, float, float]:
    """Return IC50, its standard error and the slope by least squares on the means.

    What the printed ± is, is not known, so points are not weighted by it.
    """
    from scipy.optimize import curve_fit

    start = (float(points["concentration"].median()), 1.0)
    (half, slope), covariance = curve_fit(
        hill, points["concentration"], points["inhibition"], p0=start, bounds=(1e-12, np.inf)
    )
    return float(half), float(np.sqrt(covariance[0, 0])), float(slope)
