"""The report as Markdown for a pull request, in which text from the data stays text.

What stands in the data may come from anybody: it must not become a heading, a link, a column or
a picture, nor call somebody (`@name`), mention an issue (`#1`), or show an emoji or a formula.
"""

from __future__ import annotations

import re

from livingreview.evidence_diff.compare import RULE
from livingreview.evidence_diff.report import Cell, EvidenceDiff, Section
from livingreview.evidence_diff.wording import GONE, NEW, SAME, Span
from livingreview.faults import ascii_controls

LIMIT = 60_000  # bytes; a forge refuses a comment that is longer than about 65,000 characters
ENDING = 2_500  # bytes kept free for the words that say what was cut
ROWS = 50  # rows of a table that are shown
LONGEST = 600  # characters of a cell that are shown

# An invisible character without a width: words stay as they look, but no longer mean anything.
BREAK = "&#8203;"
_ESCAPES = {
    **{sign: f"\\{sign}" for sign in "`*_[]~#"},
    **{"\\": "&#92;", "|": "&#124;", "&": "&amp;", "<": "&lt;", ">": "&gt;"},
    "$": "<span>$</span>",
}
_SIGNS = re.compile(r"[`*_\[\]~#\\|&<>$]")
# Places in which a forge finds a person, an issue, an emoji, an address or a commit. The break
# stands in the text as a character that no data hold: they are printable, or escaped before.
_ACTING = (
    re.compile(r"(@)()"),
    re.compile(r"(#)(?=\d)"),
    re.compile(r"(\bGH-)(?=\d)", re.I),
    re.compile(r"(:)(?=[\w+-]+:)"),
    re.compile(r"(/)(?=/)"),
    re.compile(r"(\bwww)(?=\.)", re.I),
    re.compile(r"\b([0-9a-f])(?=[0-9a-f]{6,39}\b)(?=[0-9]*[a-f])"),
)
_MARK = "\u200b"


def literal(text: str, longest: int = LONGEST) -> str:
    """Return Markdown, on one line, that shows a text as it is; a long one is cut.

    It is for a place inside a line: what acts at the beginning of one is not escaped.
    """
    text = ascii_controls(" ".join(text.split()))
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    for acting in _ACTING:
        text = acting.sub(rf"\1{_MARK}", text)
    return _SIGNS.sub(lambda sign: _ESCAPES[sign[0]], text).replace(_MARK, BREAK)


def as_markdown(diff: EvidenceDiff, limit: int = LIMIT) -> str:
    """Return the report as Markdown of at most `limit` bytes, with words on what was cut."""
    title = f"## Evidence: {literal(diff.before, 100)} → {literal(diff.after, 100)}"
    parts = [title, f"**{diff.verdict}**"]
    if diff.nothing:
        return "\n\n".join([*parts, "Nothing differs in data, results or book.", ""])
    parts.append(
        f"<details><summary>When does a conclusion change?</summary>\n\n{RULE}\n</details>"
    )
    left = limit - ENDING - sum(len(part.encode()) + 2 for part in parts)
    cut = []
    for section in (diff.conclusions, *diff.sections):
        if not section.rows:
            continue
        part, shown = _table(section, left)
        if shown < len(section.rows):
            cut.append(f"{section.title} ({len(section.rows) - shown} of {len(section.rows)})")
        if shown:
            parts.append(part)
            left -= len(part.encode()) + 2
    if cut:
        parts.append(
            f"**Cut to fit a comment.** Rows left out: {', '.join(cut)}. "
            "`livingreview diff` with `--html FILE` writes a page that shows all."
        )
    return "\n\n".join([*parts, ""])


def _table(section: Section, left: int) -> tuple[str, int]:
    """Return a section of at most `left` bytes, and how many of its rows it shows."""
    title = f"{section.title}: {len(section.rows)}"
    before = f"<details><summary>{title}</summary>\n\n" if section.folded else f"### {title}\n\n"
    after = "\n\n</details>" if section.folded else ""
    lines = [f"{section.note}\n\n"] if section.note else []
    lines += [_line(section.columns), _line(["---"] * len(section.columns))]
    left -= len("".join([before, *lines, after]).encode()) + len(lines)
    shown = 0
    for row in section.rows[:ROWS]:
        line = _line([_cell(cell) for cell in row])
        left -= len(line.encode()) + 1
        if left < 0:
            break
        lines.append(line)
        shown += 1
    return before + "\n".join(lines) + after, shown


def _line(cells) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return literal(cell) or "*(empty)*"
    return _marked(cell) or "*(empty)*"


def _marked(spans: tuple[Span, ...]) -> str:
    tags = {SAME: "{}", GONE: "<del>{}</del>", NEW: "<ins>{}</ins>"}
    text, left, before = "", LONGEST, SAME
    for kind, words in spans:
        if left <= 0:
            return f"{text} …"
        # blanks stand outside of the tags, where Markdown keeps them
        head, tail = (" " if end.isspace() else "" for end in (words[:1], words[-1:]))
        head = " " if (before, kind) == (GONE, NEW) else head
        text += head + tags[kind].format(literal(words, left)) + tail
        left, before = left - len(words), kind
    return text.strip()
