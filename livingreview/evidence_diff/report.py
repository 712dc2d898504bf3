"""What an evidence diff holds, before it is written as Markdown or as a page."""

from __future__ import annotations

from dataclasses import dataclass

from livingreview.evidence_diff.wording import Wording
from livingreview.figures.drawing import Drawing

Cell = str | Wording


@dataclass(frozen=True)
class Section:
    """One table of the report.

    Attributes
    ----------
    title : str
        What it lists.
    columns : tuple of str
        Heads.
    rows : tuple of tuple
        Cells: text, which may come from the data, or a `Wording` that marks what changed.
    folded : bool
        Whether a reader opens it first.
    note : str
        A sentence before the table; may be empty.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: bool = False
    note: str = ""


@dataclass(frozen=True)
class FigurePair:
    """A figure of a chapter on both sides; None where a side has none."""

    chapter: str
    caption: str
    before: Drawing | None
    after: Drawing | None


@dataclass(frozen=True)
class EvidenceDiff:
    """All that differs between two sides.

    Attributes
    ----------
    before, after : str
        Names of the sides.
    conclusions : Section
        The conclusions that change; no rows where none does.
    sections : tuple of Section
        All differences, the weightiest first; a section without rows is left out.
    figures : tuple of FigurePair
        Figures that changed.
    """

    before: str
    after: str
    conclusions: Section
    sections: tuple[Section, ...]
    figures: tuple[FigurePair, ...]

    @property
    def verdict(self) -> str:
        """Whether a conclusion changes, in one sentence."""
        count = len(self.conclusions.rows)
        if not count:
            return "No conclusion changes."
        return "1 conclusion changes." if count == 1 else f"{count} conclusions change."

    @property
    def nothing(self) -> bool:
        """Whether the two sides are the same in all that is compared."""
        return not (self.sections or self.figures or self.conclusions.rows)
