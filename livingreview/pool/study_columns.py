"""The columns that each effect measure needs, and what their values must be."""

from __future__ import annotations

import math
import re

Row = dict[str, float]

_TABLE = ("ai", "n1i", "ci", "n2i")
_MEANS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")

COLUMNS: dict[str, tuple[str, ...]] = {
    "RR": _TABLE,
    "OR": _TABLE,
    "RD": _TABLE,
    "MD": _MEANS,
    "SMD": _MEANS,
    "ROM": _MEANS,
    "ZCOR": ("ri", "ni"),
    "PLO": ("xi", "ni"),
    "GEN": ("yi", "vi"),
}

_EVENTS = {"ai": "n1i", "ci": "n2i", "xi": "ni"}
_SIZES = ("n1i", "n2i", "ni")
_MINIMUM_SIZE = {"MD": 2, "SMD": 2, "ROM": 2, "ZCOR": 4}

# float() would also take "1_000", "nan", digits of other scripts and so on.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE = {"na", "n/a", "nan", "null", "inf", "+inf", "-inf", "infinity", "-infinity"}


def number_fault(text: str) -> str | None:
    """Say why a cell is not a finite number.

    Parameters
    ----------
    text : str
        The cell without blanks around it.

    Returns
    -------
    str or None
        The end of a sentence that begins with the value, or None if the cell is a number.
    """
    if not text:
        return "is empty; fill it in, or remove the row"
    if text.lower() in _NOT_FINITE:
        return "is not a finite number; fill it in, or remove the row"
    if _COMMA.fullmatch(text):
        return "has a decimal comma; write a decimal point, and no thousands separator"
    if "\N{MINUS SIGN}" in text or "\N{EN DASH}" in text:
        return "has a typographic minus sign; write a hyphen"
    if not _NUMBER.fullmatch(text):
        return "is not a number; write digits only, such as 12 or 0.5"
    if not math.isfinite(float(text)):
        return "is too large to be computed with; check it"
    return None


def row_faults(row: Row, measure: str) -> list[tuple[str, str]]:
    """Find values that cannot be, in one row.

    Parameters
    ----------
    row : dict of str to float
        Values by column; columns whose cells are no numbers are absent.
    measure : str
        Effect measure, a key of `COLUMNS`.

    Returns
    -------
    list of (str, str)
        Column, and a sentence that names value and remedy.
    """
    faults = []
    for name, value in row.items():
        problem = _value_fault(name, value, measure) or _events_fault(name, row)
        if problem:
            faults.append((name, f"{value:.15g} {problem}"))
    if not faults:
        faults += _zero_variance_fault(row, measure)
    return faults


def _value_fault(name: str, value: float, measure: str) -> str | None:
    if (name in _SIZES or name in _EVENTS) and value != math.floor(value):
        return "is not a whole number; give the number of people, or use GEN with yi and vi"
    if name in _EVENTS and value < 0:
        return "is negative; a number of events is 0 or more"
    if name in _SIZES and value < _MINIMUM_SIZE.get(measure, 1):
        return f"is too small; {measure} needs at least {_MINIMUM_SIZE.get(measure, 1)}"
    if name in ("sd1i", "sd2i") and value < 0:
        return "is negative; a standard deviation is 0 or more"
    if name == "ri" and abs(value) >= 1:
        return "is not between -1 and 1, ends excluded; check the correlation"
    if name == "vi" and value <= 0:
        return "is not above 0; give the squared standard error"
    return None


def _events_fault(name: str, row: Row) -> str | None:
    size = _EVENTS.get(name)
    if size in row and row[name] > row[size]:
        return f"is above {size} = {row[size]:.15g}; check both numbers"
    return None


def _zero_variance_fault(row: Row, measure: str) -> list[tuple[str, str]]:
    faults = []
    if row.get("sd1i") == 0 and row.get("sd2i") == 0:
        faults.append(("sd1i", "0 and sd2i = 0 leave no sampling variance; check both"))
    if measure == "ROM" and "m1i" in row and "m2i" in row and row["m1i"] * row["m2i"] <= 0:
        value = f"{row['m2i']:.15g}"
        faults.append(
            ("m2i", f"{value} does not have the sign of m1i = {row['m1i']:.15g}; use MD or SMD")
        )
    return faults
