"""From counts to words, and from facts to the prose of a chapter."""

from __future__ import annotations

WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
Facts = dict[str, str]


def glue_facts(*groups: Facts) -> None:
    """Make facts available to the prose of a chapter under their keys."""
    from myst_nb import glue

    for group in groups:
        for key, value in group.items():
            glue(key, value, display=False)


def word(count: int) -> str:
    """Return a count as a word up to ten, in digits above."""
    return WORDS[count] if count < len(WORDS) else f"{count:,}"
