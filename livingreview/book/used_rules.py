"""The style sheet without rules for what no page has.

The theme brings rules for far more than a book shows, and a browser holds each of them against each
element of a page. A rule goes if its selector names a class or an identifier that stands in no page
and in no script, and so can never hold.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Container, Iterable, Iterator
from functools import cached_property
from html import unescape
from importlib.metadata import version
from itertools import chain, pairwise
from pathlib import Path

import tinycss2
from sphinx.application import Sphinx

from livingreview.book.style_sheet import SHEET

NAMES = re.compile(r'\b(?:class|id)="([^"]*)"')
SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
WORD = re.compile(r"[\w-]+")
HOLDING_RULES = ("media", "supports", "layer", "container")
LAST = "used-rules.json"  # beside Sphinx's own notes
LINKED = re.compile(rf"({re.escape(SHEET)}\?v=)[0-9a-f]{{8}}")


def connect(app: Sphinx) -> None:
    """Leave unused rules out when all pages are written."""
    # after all that writes pages, and before files that no rule names any more are removed
    app.connect("build-finished", leave_out, priority=890)


def leave_out(app: Sphinx, error: Exception | None) -> None:
    """Write the style sheet without unused rules, and its checksum into the pages that name it."""
    sheet = Path(app.outdir) / SHEET
    if error or not sheet.is_file():
        return
    notes = Notes(Path(app.doctreedir) / LAST, sheet.read_text("utf-8"))
    pages, scripts = (list(Path(app.outdir).rglob(f"*.{kind}")) for kind in ("html", "js"))
    for path in (*pages, *scripts):
        notes.look_at(path)
    sheet.write_text(notes.text, encoding="utf-8")
    linked = rf"\g<1>{zlib.crc32(notes.text.encode()):08x}"
    for path in pages if notes.text_changed else notes.changed & set(pages):
        page = path.read_text("utf-8")
        if (now := LINKED.sub(linked, page)) != page:
            path.write_text(now, encoding="utf-8")
            notes.written(path)
    notes.keep()


class Notes:
    """What pages and scripts name of a style sheet, kept from build to build.

    To go through thousands of pages and rules takes longer than to write the page that was added.

    Parameters
    ----------
    path : Path
        File that the notes are kept in.
    sheet : str
        The style sheet with all rules; notes on another one are forgotten.

    Attributes
    ----------
    changed : set of Path
        Files that were not looked at before, or have changed since.
    """

    def __init__(self, path: Path, sheet: str):
        self._path, self._sheet = path, sheet
        made_of = hashlib.sha256(f"{version('tinycss2')}\n{sheet}".encode()).hexdigest()
        try:
            last = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            last = {}
        if last.get("made of") != made_of:
            last = {
                "made of": made_of,
                "rules name": sorted(named_by(sheet)),
                "used": [],
                "files": {},
            }
        self._last, self._named = last, set(last["rules name"])
        self._files: dict[str, list] = {}
        self._used: dict[tuple[str, ...], int] = {}  # many pages use the same
        self.changed: set[Path] = set()

    def look_at(self, path: Path) -> None:
        """Note what a page or a script names of the sheet, unless it is as it was."""
        state, before = _state(path), self._last["files"].get(str(path))
        if before and before[:2] == state:
            used = tuple(self._last["used"][before[2]])
        else:
            self.changed.add(path)
            text = path.read_text("utf-8")
            found = names_in([], [text]) if path.suffix == ".js" else names_in([text], [])
            used = tuple(sorted(self._named & found))
        self._files[str(path)] = [*state, self._used.setdefault(used, len(self._used))]

    def written(self, path: Path) -> None:
        """Note that a page was written again, with the same names."""
        self._files[str(path)][:2] = _state(path)

    @cached_property
    def text(self) -> str:
        """The style sheet without the rules that nothing looked at can use."""
        used = set(chain(*self._used))
        if sorted(used) == self._last.get("all used"):
            return self._last["text"]
        return with_rules_for(self._sheet, used)

    @property
    def text_changed(self) -> bool:
        """Whether the sheet is another than that of the last build."""
        return self.text != self._last.get("text")

    def keep(self) -> None:
        """Keep the notes for the next build."""
        kept = {
            **{key: self._last[key] for key in ("made of", "rules name")},
            "files": self._files,
            "used": list(self._used),
            "all used": sorted(set(chain(*self._used))),
            "text": self.text,
        }
        self._path.write_text(json.dumps(kept), encoding="utf-8")


def _state(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def named_by(sheet: str) -> set[str]:
    """Return every class and identifier that a rule of a style sheet names."""
    return set(_named(tinycss2.parse_stylesheet(sheet)))


def _named(rules: list) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            for before, token in pairwise([None, *rule.prelude]):
                if token.type == "hash" or _is_class(before, token):
                    yield token.value
        elif rule.type == "at-rule" and rule.at_keyword in HOLDING_RULES and rule.content:
            yield from _named(tinycss2.parse_rule_list(rule.content))


def _is_class(before, token) -> bool:
    dotted = before is not None and before.type == "literal" and before.value == "."
    return dotted and token.type == "ident"


def names_in(pages: Iterable[str], scripts: Iterable[str]) -> set[str]:
    """Return every class and identifier of pages, and every word of scripts, which may set one."""
    names: set[str] = set()
    for page in pages:
        for value in set(NAMES.findall(page)):
            names.update(unescape(value).split())
        for script in SCRIPT.findall(page):
            names.update(WORD.findall(script))
    for script in scripts:
        names.update(WORD.findall(script))
    return names


def with_rules_for(sheet: str, names: Container[str]) -> str:
    """Return a style sheet without the rules that can hold for none of some names.

    Parameters
    ----------
    sheet : str
        The style sheet, without needless room.
    names : container of str
        Classes and identifiers that an element may have.
    """
    return "".join(_kept(tinycss2.parse_stylesheet(sheet), names))


def _kept(rules: list, names: Container[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _selectors(rule.prelude) if _may_hold(s, names)]
            if selectors:
                head = ",".join(tinycss2.serialize(s) for s in selectors)
                yield f"{head}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.at_keyword in HOLDING_RULES and rule.content:
            inside = "".join(_kept(tinycss2.parse_rule_list(rule.content), names))
            if inside:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}"
        else:
            yield rule.serialize()


def _selectors(prelude: list) -> list[list]:
    """Return the selectors of a rule, which a comma parts."""
    selectors: list[list] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def _may_hold(selector: list, names: Container[str]) -> bool:
    """Tell whether an element may have all that a selector names outside of ``:not`` and its like.

    What stands in brackets or behind a pseudo-class is a block of its own, and not looked into.
    """
    for before, token in zip([None, *selector], selector, strict=False):
        if _is_class(before, token) and token.value not in names:
            return False
        if token.type == "hash" and token.value not in names:
            return False
    return True
