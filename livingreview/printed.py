"""Numbers as printed in a source, and what they are as numbers."""

from __future__ import annotations

import math
import re
from fractions import Fraction

_PRINTED = re.compile(r"^([<>≤≥~]?)([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?)(\^-?\d+)?$")


def number(text: str) -> float:
    """Return the number that a printed text stands for.

    A sign of comparison (``<``, ``>``, ``≤``, ``≥``) or of nearness (``~``) is passed over:
    ask `bound` for it. A power such as ``10^-5`` is worked out. Empty text is not a number.

    Parameters
    ----------
    text : str
        The cell, for example ``"48.0"``, ``"<0.001"``, ``"10,000"`` or ``"10^-5"``.

    Returns
    -------
    float
        The number, or NaN for an empty cell.

    Raises
    ------
    ValueError
        If the text is no printed number.
    """
    if text == "":
        return math.nan
    match = _PRINTED.match(text)
    if not match or not match[3]:
        raise ValueError(f"not a printed number: {text!r}")
    value = float(match[3].replace(",", ""))
    if match[4]:
        value **= int(match[4][1:])
    return -value if match[2] == "-" else value


def bound(text: str) -> str:
    """Return the sign of comparison or nearness before a printed number, or an empty text."""
    match = _PRINTED.match(text)
    return match[1] if match else ""


def decimals(text: str) -> int:
    """Return how many decimals a printed number has: the precision it was rounded to."""
    return len(text.rpartition(".")[2]) if "." in text else 0


def half_up(value: Fraction, places: int) -> Fraction:
    """Return a number rounded to some decimals, upwards at a half."""
    return Fraction(math.floor(value * 10**places + Fraction(1, 2)), 10**places)


def half_even(value: Fraction, places: int) -> Fraction:
    """Return a number rounded to some decimals, to the even digit at a half."""
    return Fraction(round(value * 10**places), 10**places)
