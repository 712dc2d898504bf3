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
from html import unescape
from importlib.metadata import version
from pathlib import Path

import tinycss2
from sphinx.application import Sphinx

from livingreview.book.style_sheet import SHEET

NAMES = re.compile(r'\b(?:class|id)="([^"]*)"')
SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
WORD = re.compile(r"[\w-]+")
HOLDING_RULES = ("media", "supports", "layer", "container")
LAST = "used-rules.json"  # what was written last, beside Sphinx's own notes
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
    pages, scripts = (list(Path(app.outdir).rglob(f"*.{kind}")) for kind in ("html", "js"))
    # page by page, twice: of thousands of studies, memory shall not hold all pages
    names = names_in(*((path.read_text("utf-8") for path in group) for group in (pages, scripts)))
    text = _remembered(Path(app.doctreedir) / LAST, sheet.read_text("utf-8"), names)
    sheet.write_text(text, encoding="utf-8")
    linked = rf"\g<1>{zlib.crc32(text.encode()):08x}"
    for path in pages:
        page = path.read_text("utf-8")
        if (now := LINKED.sub(linked, page)) != page:
            path.write_text(now, encoding="utf-8")


def _remembered(last: Path, sheet: str, names: set[str]) -> str:
    """Return a style sheet without unused rules, as it was written last if nothing is otherwise.

    To read all rules takes longer than to write all pages of a study that was added.
    """
    words = set(WORD.findall(sheet))
    # a name that is no plain word stands otherwise in a sheet
    told = sorted(name for name in names if name in words or not WORD.fullmatch(name))
    made_of = hashlib.sha256(json.dumps([version("tinycss2"), sheet, told]).encode()).hexdigest()
    try:
        known = json.loads(last.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    if known.get("made of") != made_of:
        known = {"made of": made_of, "sheet": with_rules_for(sheet, names)}
        last.write_text(json.dumps(known), encoding="utf-8")
    return known["sheet"]


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
        named = token.type == "ident" and before is not None and before.type == "literal"
        if named and before.value == "." and token.value not in names:
            return False
        if token.type == "hash" and token.value not in names:
            return False
    return True
