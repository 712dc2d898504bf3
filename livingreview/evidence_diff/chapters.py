"""A chapter of one side: its sentences with their numbers, and the tables and figures it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig

from livingreview.data import Review
from livingreview.evidence_diff.calls import Calls, Output

_GLUE = re.compile(r"\{glue:text\}`([^`]*)`")
_DIRECTIVE = re.compile(r"^(:::+|```+)|^:[a-z_-]+:")


@dataclass(frozen=True)
class Chapter:
    """What a reader meets on one page.

    Attributes
    ----------
    sentences : list of (str, str)
        Each line of prose as the page has it, and as a reader sees it.
    outputs : dict of Output
        Tables and figures by the call that makes them.
    captions : dict of str
        Caption of each figure by its call.
    failed : dict of str
        Why a call has no output, by the call.
    lists_references : bool
        Whether the page shows the bibliography.
    """

    sentences: list[tuple[str, str]]
    outputs: dict[str, Output] = field(default_factory=dict)
    captions: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    lists_references: bool = False


def read_chapter(name: str, text: str, review: Review) -> Chapter:
    """Return a chapter with the data of one side.

    Parameters
    ----------
    name : str
        Name of the page.
    text : str
        Its source.
    review : Review
        The data that its numbers, tables and figures are made from.
    """
    reader = create_nb_reader(f"{name}.md", MdParserConfig(), NbParserConfig(), text)
    listed = "```{bibliography}" in text
    if reader is None:
        return Chapter([(line, line) for line in _lines(text)], lists_references=listed)
    calls = Calls(review)
    templates: list[str] = []
    captions: dict[str, str] = {}
    for cell in reader.read(text).cells:
        if cell.cell_type != "code":
            templates += _lines(cell.source)
            continue
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
        call = calls.run(cell.source)
        if caption:
            captions[call] = _plain(" ".join(caption.split()))
            templates.append(captions[call])
    sentences = [(line, _filled(line, calls.facts)) for line in templates]
    captions = {call: _filled(caption, calls.facts) for call, caption in captions.items()}
    return Chapter(sentences, calls.outputs, captions, calls.failed, listed)


def _filled(line: str, facts: dict[str, str]) -> str:
    return _GLUE.sub(lambda match: facts.get(match[1], f"({match[1]} is not computed)"), line)


def _lines(text: str) -> list[str]:
    """Return the sentences of Markdown: the house style has one a line."""
    lines = [line.strip() for line in text.splitlines()]
    return [_plain(line) for line in lines if line and not _DIRECTIVE.match(line)]


def _plain(line: str) -> str:
    """Return a line without the marks of Markdown; what it glues in stays named."""
    line = re.sub(r"^(#+|[-*]|\d+\.|:) +", "", line)
    line = re.sub(r"\{(?!glue:)[a-z:]+\}`([^`]*)`", r"\1", line)
    line = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line)
    return line.replace("**", "")
