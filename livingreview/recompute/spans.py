"""What a printed number stands for: every value that rounds to it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from livingreview.printed import bound, decimals, number

# Floating-point noise at the ends of a span must not turn agreement into disagreement.
_SLACK = 1e-12


@dataclass(frozen=True)
class Rounded:
    """A printed number with the ends of its rounding.

    Attributes
    ----------
    text : str
        The number as printed.
    value, low, high : float
        The number, and half a unit of its last printed digit below and above it.
    """

    text: str
    value: float
    low: float
    high: float

    @property
    def exact(self) -> tuple[Fraction, Fraction]:
        """Low and high as fractions, free of the noise of floating point."""
        middle, half = _exact(self.text)
        return middle - half, middle + half


@dataclass(frozen=True)
class Span:
    """Values that a reported statistic may stand for.

    Attributes
    ----------
    low, high : float
        Ends of the span.
    low_open, high_open : bool
        Whether an end is itself left out, as in ``<0.001``.
    """

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def meets(self, low: float, high: float) -> bool:
        """Whether the span shares a value with the range from `low` to `high`."""
        below = low < self.high if self.high_open else low <= self.high + _SLACK
        above = high > self.low if self.low_open else high >= self.low - _SLACK
        return below and above

    def gap(self, low: float, high: float) -> float:
        """Distance between the span and a range; 0 where they meet."""
        return max(low - self.high, self.low - high, 0.0)


def _exact(text: str) -> tuple[Fraction, Fraction]:
    middle = Fraction(text.replace(",", "").removeprefix("="))
    return middle, Fraction(1, 2 * 10 ** decimals(text))


def rounded(text: str) -> Rounded | None:
    """Return a printed number with the ends of its rounding.

    Parameters
    ----------
    text : str
        A cell as printed.

    Returns
    -------
    Rounded or None
        None for an empty cell, a number with a sign of comparison or nearness, and a power:
        none of them tells to which digit it was rounded.
    """
    if not text or "^" in text or bound(text):
        return None
    middle, half = _exact(text)
    return Rounded(text, float(middle), float(middle - half), float(middle + half))


def whole(text: str) -> int | None:
    """Return a printed whole number, or None for any other cell."""
    if not text or "^" in text or bound(text) or not number(text).is_integer():
        return None
    return int(number(text))


def span_of_p(text: str) -> Span:
    """Return the p values that a printed one stands for.

    Parameters
    ----------
    text : str
        A p value as printed: ``0.03`` stands for 0.025 to 0.035, ``<0.001`` for 0 to below 0.001.

    Returns
    -------
    Span
        Within 0 and 1. An end of rounding belongs to the span, as a half may be rounded up or to
        the even digit.

    Raises
    ------
    ValueError
        If the text is no printed number.
    """
    sign, value = bound(text), number(text.removeprefix("="))
    if sign in ("<", "≤"):
        return Span(0.0, value, high_open=sign == "<")
    if sign in (">", "≥"):
        return Span(value, 1.0, low_open=sign == ">")
    middle, half = _exact(text)
    return Span(max(0.0, float(middle - half)), min(1.0, float(middle + half)))


def shown_p(p: float) -> str:
    """Return a p value as text: three digits, below 0.001 in scientific form."""
    if p < 1e-300:
        return "<1e-300"
    if p >= 0.001:
        return f"{p:.3g}"
    mantissa, power = f"{p:.1e}".split("e")
    return f"{mantissa}e{int(power)}"


def shown_r(r: float) -> str:
    """Return a correlation as text, with its sign and three decimals."""
    return f"{r:+.3f}"


def with_minus(text: str) -> str:
    """Return numbers in a formula or sentence with the sign of subtraction for a hyphen."""
    return text.replace("-", "−")
