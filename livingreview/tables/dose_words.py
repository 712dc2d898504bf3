"""Doses in people, and the names of other drugs, in words."""

from __future__ import annotations

from livingreview.data import Review, once
from livingreview.ladder import LEAST, OTHER_DRUG, PLACES, PRINTED, doses_in_people


def dose_in_people(low: float, high: float, scale: str) -> str:
    """Return a dose of naltrexone in a person in words: ``4.5 mg``, ``2.4–49 mg``, ``≥270 g``.

    Parameters
    ----------
    low, high : float
        mg.
    scale : str
        From `livingreview.ladder.ladder`: a dose as printed keeps its digits, one worked out
        has two, and the least dose that could reach a concentration is marked as such.
    """
    mark = "≥" if LEAST in scale else ""
    (first, unit), (last, last_unit) = (_mass(mg, exact=scale == PRINTED) for mg in (low, high))
    if (first, unit) == (last, last_unit):
        return f"{mark}{first} {unit}"
    between = "" if unit == last_unit else f" {unit}"
    return f"{mark}{first}{between}–{last} {last_unit}"


def against_low_band(study) -> str:
    """Return where the doses of a study lie: ``0.49 mg in an adult; below the low-dose band``.

    Parameters
    ----------
    study : mapping
        A row of `livingreview.register.register`.
    """
    places = [place for place in study["dose"] if place in PLACES]
    if not places:
        return "another opioid antagonist" if OTHER_DRUG in study["dose"] else ""
    words = f"{', '.join(places)} the low-dose band"
    if study["scale"] == PRINTED:
        return words
    return f"{dose_in_people(study['low'], study['high'], study['scale'])} in an adult; {words}"


def other_antagonists(review: Review, studies: set[str] | None = None) -> str:
    """Return the names of the opioid antagonists other than naltrexone that studies gave.

    Parameters
    ----------
    review : Review
        The data.
    studies : set of str, optional
        Only what these gave; all by default.
    """
    names = [agent for study, agent in _given_others(review) if studies is None or study in studies]
    return ", ".join(dict.fromkeys(names))


@once
def _given_others(review: Review) -> list[tuple[str, str]]:
    """Return each study with each opioid antagonist other than naltrexone that it gave."""
    doses = doses_in_people(review)
    doses = doses[doses["use"] == OTHER_DRUG]
    return list(zip(doses["study_id"], doses["agent"].str.lower(), strict=True))


def _mass(milligrams: float, exact: bool) -> tuple[str, str]:
    digits = 12 if exact else 2
    # rounded first: 999.6 mg is 1 g, not 1000 mg
    rounded = float(f"{milligrams:.{digits}g}")
    if rounded < 1e3:
        return f"{rounded:g}", "mg"
    return (f"{rounded / 1e3:g}", "g") if rounded < 1e6 else (f"{rounded / 1e6:g}", "kg")
