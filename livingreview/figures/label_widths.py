"""Sizes of the texts of a signalling diagram: how wide they are and where they are broken."""

from __future__ import annotations

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

# Points. A label wider than WRAP is broken into two lines.
FONT, SMALL, WRAP = 9.0, 8.5, 64.0


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a text is in the typeface of the diagrams, in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return TextToPath().get_text_width_height_descent(text, font, ismath=False)[0]


def wrap(label: str) -> list[str]:
    """Return a label in one line, or in two as equal as can be if it is wide."""
    words = label.split()
    if len(words) == 1 or text_width(label, FONT) <= WRAP:
        return [label]
    halves = [[" ".join(words[:i]), " ".join(words[i:])] for i in range(1, len(words))]
    return min(halves, key=lambda texts: max(text_width(text, FONT) for text in texts))
