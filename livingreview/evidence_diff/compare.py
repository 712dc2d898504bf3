"""Two sides in, the evidence diff out; and the rule by which a conclusion changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from livingreview.evidence_diff.findings import CLAIMS, Finding, Findings, old_rules
from livingreview.evidence_diff.like_columns import read_alike
from livingreview.evidence_diff.pages import changed_pages
from livingreview.evidence_diff.reading import Reading, read
from livingreview.evidence_diff.report import Cell, EvidenceDiff, Section
from livingreview.evidence_diff.rows import (
    FOLDED_FROM,
    changed_rows,
    row_sections,
    studies_section,
)
from livingreview.evidence_diff.sides import Place
from livingreview.evidence_diff.wording import shortened, wording

RULE = (
    "A conclusion changes if a claim of the book comes, goes, is worded anew, or holds on one side "
    "and falls on the other; if a level of certainty, or the sentence that states it, changes; if "
    "an effect or a pooled estimate changes sides, or its interval excludes no effect on one side "
    "only; if something is pooled on one side only; or if the audit finds on one side only that a "
    "recomputed p changes the decision at 0.05."
)
NONE = "(none)"


def evidence_diff(before: Place, after: Place) -> EvidenceDiff:
    """Read two sides and compare them.

    Raises
    ------
    SideError
        If this version of the package cannot read or compute a side; the message names it.
    """
    old, new, notes = read_alike(before, after)
    return compared(read(old), read(new), notes)


def compared(old: Reading, new: Reading, notes: Sequence[str] = ()) -> EvidenceDiff:
    """Return what differs between two sides that are read; `notes` say how they were read."""
    before, after = old.side, new.side
    changes = changed_rows(old.rows, new.rows)
    book = changed_pages(old, new)
    conclusions: list[tuple[Cell, ...]] = []
    results: list[Section] = []
    rewritten = old_rules(before.review, after.review)
    for kind in new.findings:
        pair = old.findings[kind], new.findings[kind]
        if kind == CLAIMS:
            pair = tuple(found | more for found, more in zip(pair, rewritten, strict=True))
        conclusions += [(kind, *row) for row in _conclusions(*pair)]
        rows = tuple(_differences(*pair))
        columns = ("Of what", "Before → after")
        results.append(Section(kind, columns, rows, folded=len(rows) >= FOLDED_FROM))
    head = ("Kind", "Of what", "Before", "After")
    sections = (
        studies_section(before.review, after.review, changes),
        *results,
        *book.sections(),
        *row_sections(changes),
        Section("Columns of one side alone", ("What",), tuple((note,) for note in notes)),
    )
    return EvidenceDiff(
        before.name,
        after.name,
        conclusions=Section("Conclusions that change", head, tuple(conclusions)),
        sections=tuple(section for section in sections if section.rows),
        figures=tuple(book.figures),
    )


def _paired(before: Findings, after: Findings) -> Iterator[tuple[Finding | None, Finding | None]]:
    return ((before.get(key), after.get(key)) for key in dict.fromkeys((*before, *after)))


def changes_conclusion(before: Finding | None, after: Finding | None) -> bool:
    """Tell whether a result that came, went or changed changes a conclusion; see `RULE`."""
    if before is None or after is None:
        return (before or after).decisive
    return before.reading != after.reading


def _conclusions(before: Findings, after: Findings) -> Iterator[tuple[Cell, ...]]:
    for old, new in _paired(before, after):
        if changes_conclusion(old, new):
            yield (new or old).label, *(found.reading if found else NONE for found in (old, new))


def _differences(before: Findings, after: Findings) -> Iterator[tuple[Cell, ...]]:
    for old, new in _paired(before, after):
        shown = [found.shown if found else NONE for found in (old, new)]
        if shown[0] != shown[1]:
            yield (new or old).label, shortened(wording(*shown))
