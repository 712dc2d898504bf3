"""How much naltrexone is in the blood over a day, from the tabulated parameters alone.

The model is the simplest that the table supports: one compartment, the absorbed dose in the
blood at once, elimination of first order. It overstates the peak, so that what lies above its
ceiling in a dish cannot be reached by that dose in a person.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from livingreview.data import Review, once
from livingreview.doses import molar_mass
from livingreview.printed import number


@dataclass(frozen=True)
class Parameters:
    """Parameters of oral naltrexone in adults.

    Attributes
    ----------
    half_life : float
        Hours.
    clearance : float
        Total clearance, L/h.
    bioavailability : tuple of float
        Lowest and highest share of an oral dose that reaches the blood.
    molar_mass : float
        g/mol.
    """

    half_life: float
    clearance: float
    bioavailability: tuple[float, float]
    molar_mass: float

    @property
    def volume(self) -> float:
        """Volume of distribution (L): clearance times half-life over the logarithm of two."""
        return self.clearance * self.half_life / math.log(2)


@once
def read_parameters(review: Review) -> Parameters:
    """Return the parameters that the table ``pharmacology`` marks as usable.

    Raises
    ------
    LookupError
        If a parameter has no usable row, or more than one.
    """
    table = review.pharmacology
    table = table[(table["agent_id"] == "naltrexone") & (table["usable"] == "yes")]
    factor = dict(zip(review.units["unit"], review.units["factor"].astype(float), strict=True))

    def row(parameter: str):
        rows = table[table["parameter"] == parameter]
        if len(rows) != 1:
            raise LookupError(
                f"pharmacology.csv holds {len(rows)} usable rows of naltrexone for {parameter!r}; "
                "the plasma model needs exactly one"
            )
        return rows.iloc[0]

    life, clearance, share = row("half-life"), row("systemic clearance"), row("bioavailability")
    agents = review.agents.set_index("agent_id")
    return Parameters(
        half_life=number(life["value"]) * factor[life["unit"]],
        clearance=number(clearance["value"]) * factor[clearance["unit"]],
        bioavailability=(
            number(share["low"]) * factor[share["unit"]],
            number(share["high"]) * factor[share["unit"]],
        ),
        molar_mass=molar_mass(agents.loc["naltrexone", "formula"]),
    )


def plasma_level(hours, dose: float, share: float, parameters: Parameters) -> np.ndarray:
    """Return the concentration of naltrexone in plasma (mol/L) after one oral dose.

    Parameters
    ----------
    hours : array_like, shape (n,)
        Hours since the dose.
    dose : float
        mg.
    share : float
        Share of the dose that reaches the blood, 0 to 1.
    parameters : Parameters
        From `read_parameters`.

    Returns
    -------
    ndarray, shape (n,)
        ``share * dose / (volume * molar mass) * 2 ** (-hours / half-life)``.
    """
    peak = share * dose / 1000 / parameters.molar_mass / parameters.volume
    return peak * np.exp2(-np.asarray(hours, dtype=float) / parameters.half_life)


def plasma_ceiling(dose: float, parameters: Parameters) -> float:
    """Return the concentration (mol/L) that a dose (mg) cannot exceed in this model.

    All of the dose is in the blood at once, although at most a part of it gets there.
    """
    return float(plasma_level([0.0], dose, 1.0, parameters)[0])


def least_dose(concentration: float, parameters: Parameters) -> float:
    """Return the lowest oral dose (mg) that could reach a concentration (mol/L) in plasma.

    The dose whose `plasma_ceiling` is the concentration. It errs to the low side: a dose that
    does reach it is higher, by the inverse of the bioavailability at the least.
    """
    return concentration / plasma_ceiling(1.0, parameters)
