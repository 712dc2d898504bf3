"""Concentrations and doses on scales that can be compared: molar, and human-equivalent.

Nothing here knows a study; every number comes from the tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from livingreview.data import Review, once
from livingreview.printed import number

# Abridged standard atomic weights of IUPAC's Commission on Isotopic Abundances and Atomic
# Weights (2021), g/mol.
ATOMIC_WEIGHTS = {
    "H": 1.008,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "S": 32.06,
    "Cl": 35.45,
    "Br": 79.904,
}
ANTAGONISTS = ("naltrexone", "other opioid antagonist")


def molar_mass(formula: str) -> float:
    """Return the molar mass of a molecular formula (g/mol).

    Parameters
    ----------
    formula : str
        For example ``"C20H23NO4"``.

    Raises
    ------
    ValueError
        If the formula holds an element without an atomic weight here, or is no formula.
    """
    parts = re.findall(r"([A-Z][a-z]?)(\d*)", formula)
    if not parts or "".join(symbol + count for symbol, count in parts) != formula:
        raise ValueError(f"not a molecular formula: {formula!r}")
    unknown = [symbol for symbol, _ in parts if symbol not in ATOMIC_WEIGHTS]
    if unknown:
        raise ValueError(f"no atomic weight here for {', '.join(unknown)} in {formula!r}")
    return sum(ATOMIC_WEIGHTS[symbol] * int(count or 1) for symbol, count in parts)


def molar_concentration(amount: float, unit: Mapping, formula: str) -> float:
    """Return a concentration in mol/L.

    Parameters
    ----------
    amount : float
        Concentration in `unit`.
    unit : mapping
        Row of the table ``units``: its dimension must be an amount or mass concentration.
    formula : str
        Molecular formula of the substance; used for mass concentrations only.

    Raises
    ------
    ValueError
        If the unit is no concentration, or a mass concentration has no formula.
    """
    base = amount * float(unit["factor"])
    if unit["dimension"].startswith("amount concentration"):
        return base
    if not unit["dimension"].startswith("mass concentration"):
        raise ValueError(f"{unit['unit']} is not a unit of concentration")
    return base / molar_mass(formula)


def human_equivalent_dose(amount: float, unit: Mapping, animal: Mapping, human: Mapping):
    """Return the human-equivalent dose (mg) of an animal dose by body-surface scaling.

    Dose per kilogram times the animal's Km over the human Km (FDA guidance of 2005, section V),
    times the human reference weight. A dose per animal is first divided by the animal's
    reference weight.

    Parameters
    ----------
    amount : float
        Dose in `unit`.
    unit : mapping
        Row of the table ``units``; a dose per body weight or per animal.
    animal, human : mapping
        Rows of the table ``species``.

    Raises
    ------
    ValueError
        If the unit is no dose per weight or per animal, or a scaling factor is missing.
    """
    grams = amount * float(unit["factor"])
    if unit["dimension"].startswith("dose per animal"):
        grams /= _factor(animal, "body_weight")
    elif not unit["dimension"].startswith("dose per body weight"):
        raise ValueError(f"{unit['unit']} is not a dose per body weight or per animal")
    scaled = grams * _factor(animal, "km") / _factor(human, "km")
    return 1000 * scaled * _factor(human, "body_weight")


def _factor(species: Mapping, column: str) -> float:
    if species[column] == "":
        raise ValueError(f"species {species['species_id']} has no {column}")
    return number(species[column])


@once
def concentrations(review: Review) -> pd.DataFrame:
    """Return every concentration of an opioid antagonist in cell studies, in mol/L.

    Returns
    -------
    DataFrame
        One row per row of ``doses`` in culture: its columns, and ``low`` and ``high`` (mol/L),
        equal where one value is printed, NaN where none is.
    """
    frame = _antagonist_doses(review, lambda f: f["route"] == "in culture")
    return _with_range(
        review, frame, lambda value, unit, row: molar_concentration(value, unit, row["formula"])
    )


@once
def human_equivalents(review: Review) -> pd.DataFrame:
    """Return every dose of an opioid antagonist given to animals as a human-equivalent dose (mg).

    Returns
    -------
    DataFrame
        One row per row of ``doses`` given to animals: its columns, and ``low`` and ``high``
        (mg for an adult of the reference weight), NaN where no dose is printed.
    """
    frame = _antagonist_doses(
        review, lambda f: (f["route"] != "in culture") & (f["species_id"] != "human")
    )
    return _with_range(review, frame, _scaled(review))


@once
def human_doses(review: Review) -> pd.DataFrame:
    """Return every dose of an opioid antagonist given to people, in mg.

    Returns
    -------
    DataFrame
        One row per row of ``doses`` given to people: its columns, and ``low`` and ``high`` (mg;
        a dose per body weight for an adult of the reference weight), NaN where no dose is printed.

    Raises
    ------
    ValueError
        If a dose has a unit that is no mass and no dose per body weight.
    """
    frame = _antagonist_doses(
        review, lambda f: (f["route"] != "in culture") & (f["species_id"] == "human")
    )
    scaled = _scaled(review)

    def convert(value: float, unit: Mapping, row: Mapping) -> float:
        if unit["dimension"].startswith("dose (g)"):
            # the ratio first, so that a dose printed in mg stays itself to the last bit
            return value * (float(unit["factor"]) / 1e-3)
        return scaled(value, unit, row)

    return _with_range(review, frame, convert)


def _scaled(review: Review):
    species = review.species.set_index("species_id", drop=False).to_dict("index")
    return lambda value, unit, row: human_equivalent_dose(
        value, unit, species[row["species_id"]], species["human"]
    )


def _with_range(review: Review, frame: pd.DataFrame, convert) -> pd.DataFrame:
    units = review.units.set_index("unit", drop=False).to_dict("index")

    def converted(row: dict, column: str) -> float:
        text = row[column] or row["amount"]
        if text == "" or row["unit"] == "":
            return float("nan")
        return convert(number(text), units[row["unit"]], row)

    frame, rows = frame.copy(), frame.to_dict("records")
    frame["low"] = [converted(row, "amount") for row in rows]
    frame["high"] = [converted(row, "amount_high") for row in rows]
    return frame.reset_index(drop=True)


def _antagonist_doses(review: Review, keep) -> pd.DataFrame:
    frame = review.doses.merge(
        review.agents[["agent_id", "label", "kind", "formula"]], on="agent_id", how="left"
    ).merge(
        review.studies[["study_id", "reference", "species_id", "design"]],
        on="study_id",
        how="left",
    )
    frame = frame[frame["kind"].isin(ANTAGONISTS) & keep(frame)]
    return frame.rename(columns={"label": "agent"})


@once
def dose_band(review: Review, name: str) -> tuple[float, float]:
    """Return the lower and upper end (mg) of a named dose band of naltrexone.

    From the lowest to the highest dose that any source names, as a range or alone.

    Raises
    ------
    LookupError
        If the table ``pharmacology`` holds no band of that name.
    """
    table = review.pharmacology
    rows = table[(table["parameter"] == "dose band") & (table["target"] == name)]
    if not len(rows):
        raise LookupError(f"pharmacology.csv holds no dose band called {name!r}")
    ends = [rows[end].where(rows[end] != "", rows["value"]) for end in ("low", "high")]
    return min(map(number, ends[0])), max(map(number, ends[1]))


def usual_low_dose(review: Review) -> float:
    """Return the dose of naltrexone (mg) that most studies in people gave within the low band."""
    return float(_low_doses(review)["high"].mode().max())


def low_dose_studies(review: Review) -> set[str]:
    """Return the studies that gave people naltrexone within the band; of steps the highest."""
    return set(_low_doses(review)["study_id"])


@once
def _low_doses(review: Review) -> pd.DataFrame:
    frame = human_doses(review)
    inside = frame["high"].between(*dose_band(review, "low dose"))
    return frame[inside & (frame["agent_id"] == "naltrexone")]


@once
def of_other_antagonists(review: Review) -> set[str]:
    """Return the studies that gave an opioid antagonist, but not naltrexone."""
    kind = dict(zip(review.agents["agent_id"], review.agents["kind"], strict=True))
    kinds = review.doses["agent_id"].map(kind)
    given = {k: set(review.doses.loc[kinds == k, "study_id"]) for k in ANTAGONISTS}
    return given["other opioid antagonist"] - given["naltrexone"]
