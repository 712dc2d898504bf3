"""What readers would see change: sentences, tables, figures and pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from livingreview.evidence_diff.calls import Output
from livingreview.evidence_diff.chapters import Chapter
from livingreview.evidence_diff.reading import Reading
from livingreview.evidence_diff.report import Cell, FigurePair, Section
from livingreview.evidence_diff.rows import ADDED, CHANGED, REMOVED
from livingreview.evidence_diff.wording import shortened, wording
from livingreview.figures.drawing import Drawing
from livingreview.project import BIBLIOGRAPHY

EMPTY = Chapter([])


@dataclass
class PageChanges:
    """What changes in the book, collected page by page.

    Attributes
    ----------
    touched : dict of list of str
        What changes on each page, in words, by its name; no entry for a page that stays.
    sentences, tables, failed : list of tuple
        Rows of the report.
    figures : list of FigurePair
        Figures that change.
    """

    touched: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sentences: list[tuple[Cell, ...]] = field(default_factory=list)
    tables: list[tuple[Cell, ...]] = field(default_factory=list)
    failed: list[tuple[Cell, ...]] = field(default_factory=list)
    figures: list[FigurePair] = field(default_factory=list)

    def sections(self) -> Iterator[Section]:
        """Yield the tables of the report."""
        yield Section("Sentences of the book", ("Page", "Before → after"), tuple(self.sentences))
        figures = tuple(
            (pair.chapter, pair.caption, wording(_alt(pair.before), _alt(pair.after)))
            for pair in self.figures
        )
        yield Section("Figures", ("Page", "Figure", "In words, before → after"), figures)
        yield Section("Tables of the book", ("Page", "Table", "What"), tuple(self.tables), True)
        pages = tuple((name, ", ".join(what)) for name, what in self.touched.items())
        yield Section("Pages touched", ("Page", "What"), pages, folded=True)
        note = "This version of the package could not make these, so they are not compared."
        head = ("Page", "Side", "Call", "Why")
        yield Section("Not compared", head, tuple(self.failed), note=note)


def _alt(drawing: Drawing | None) -> str:
    return drawing.alt if drawing else ""


def changed_pages(before: Reading, after: Reading) -> PageChanges:
    """Return what changes in the book between two sides, study pages included."""
    changes = PageChanges()
    same_references = before.rows.files[BIBLIOGRAPHY] == after.rows.files[BIBLIOGRAPHY]
    for name in dict.fromkeys((*before.chapters, *after.chapters)):
        old, new = (reading.chapters.get(name) for reading in (before, after))
        if old is None or new is None:
            changes.touched[name].append(f"page {ADDED if old is None else REMOVED}")
        _chapter(changes, name, (old or EMPTY, new or EMPTY), (before.side.name, after.side.name))
        if old and new and new.lists_references and not same_references:
            changes.touched[name].append("references")
    for study in dict.fromkeys((*before.study_pages, *after.study_pages)):
        old, new = (reading.study_pages.get(study) for reading in (before, after))
        if old != new:
            what = ADDED if old is None else REMOVED if new is None else CHANGED
            changes.touched[f"studies/{study}"].append(f"page {what}")
    return changes


def _chapter(
    changes: PageChanges, name: str, pair: tuple[Chapter, Chapter], sides: tuple[str, str]
) -> None:
    sentences = [shortened(wording(*texts)) for texts in _sentences(*pair)]
    changes.sentences += [(name, spans) for spans in sentences]
    counts = {"sentence": len(sentences), "table": 0, "figure": 0}
    failed = {call for chapter in pair for call in chapter.failed}
    for side, chapter in zip(sides, pair, strict=True):
        changes.failed += [(name, side, call, why) for call, why in chapter.failed.items()]
    old, new = pair
    for call in dict.fromkeys((*old.outputs, *new.outputs)):
        one, other = old.outputs.get(call), new.outputs.get(call)
        if call in failed or not _differ(one, other):
            continue
        if isinstance(other or one, Drawing):
            counts["figure"] += 1
            caption = new.captions.get(call) or old.captions.get(call) or (other or one).name
            changes.figures.append(FigurePair(name, caption, one, other))
        else:
            counts["table"] += 1
            what = ADDED if one is None else REMOVED if other is None else CHANGED
            changes.tables.append((name, (other or one).caption, what))
    changes.touched[name] += [
        f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts.items() if count
    ]
    if not changes.touched[name]:
        del changes.touched[name]


def _sentences(before: Chapter, after: Chapter) -> Iterator[tuple[str, str]]:
    """Yield each sentence that changes as a reader sees it, before and after.

    Sentences are paired by what the pages have, so that a number that changes finds its place.
    """
    old, new = ([line for line, _ in chapter.sentences] for chapter in (before, after))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        gone, come = before.sentences[a:b], after.sentences[c:d]
        pairs = zip(gone, come, strict=False)
        yield from ((one, other) for (_, one), (_, other) in pairs if one != other)
        if kind != "equal":
            both = min(len(gone), len(come))
            yield from ((one, "") for _, one in gone[both:])
            yield from (("", other) for _, other in come[both:])


def _differ(one: Output | None, other: Output | None) -> bool:
    if one is None or other is None or type(one) is not type(other):
        return True
    if isinstance(one, Drawing):
        # the picture is the same, byte for byte, if its data are
        return one.alt != other.alt or one.svg() != other.svg()
    return one._repr_html_() != other._repr_html_()
