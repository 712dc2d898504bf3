"""Two versions of a text as one, word by word: what stays, what goes, what comes."""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple

SAME, GONE, NEW = "same", "gone", "new"
KEPT = 60  # characters of unchanged text that stay on each side of a change when it is shortened
LEAST_ALIKE = 0.3  # share of words in common below which a text is replaced as a whole
MOST = 2000  # words above which two texts are not compared word by word, which would take long

_WORDS = re.compile(r"\w+(?:[.,]\w+)*|\s+|[^\w\s]")


class Span(NamedTuple):
    """A piece of text; `kind` is `SAME`, `GONE` or `NEW`."""

    kind: str
    text: str


Wording = tuple[Span, ...]


def wording(before: str, after: str) -> Wording:
    """Return two texts as spans, changed by whole words.

    The spans that are not `NEW` give `before` again, those that are not `GONE` give `after`.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) <= MOST:
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        blocks = matcher.get_matching_blocks()
        words = [old[i] for block in blocks for i in range(block.a, block.a + block.size)]
        alike = sum(word.isalnum() for word in words)
        if alike >= LEAST_ALIKE * sum(word.isalnum() for word in max(old, new, key=len)):
            return _spans(matcher.get_opcodes(), old, new)
    whole = (Span(GONE, before), Span(NEW, after))
    return tuple(span for span in whole if span.text)


def _spans(opcodes: list[tuple], old: list[str], new: list[str]) -> Wording:
    spans = []
    for kind, a, b, c, d in opcodes:
        if kind == "equal":
            spans.append(Span(SAME, "".join(old[a:b])))
            continue
        spans += [Span(GONE, "".join(old[a:b])), Span(NEW, "".join(new[c:d]))]
    return tuple(span for span in spans if span.text)


def shortened(spans: Wording) -> Wording:
    """Return a wording with long unchanged stretches cut to what stands beside a change."""
    last = len(spans) - 1

    def cut(place: int, span: Span) -> Span:
        if span.kind != SAME:
            return span
        head = _beside(span.text, place > 0)
        tail = _beside(span.text[::-1], place < last)[::-1]
        if len(head) + len(tail) + KEPT > len(span.text):
            return span
        return Span(SAME, f"{head} … {tail}")

    return tuple(cut(place, span) for place, span in enumerate(spans))


def _beside(text: str, changed: bool) -> str:
    """Return the words at the beginning of a text that stand beside a change."""
    return re.match(rf".{{0,{KEPT}}}(?!\w)", text, re.S)[0] if changed else ""
