"""The entry of a citation, as it stands in references.bib."""

from __future__ import annotations

import re

from livingreview.bibliography import BRACES
from livingreview.new_study.citation import Author, Citation

MARKS = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        **{mark: f"\\{mark}" for mark in "&%#_"},
    }
)
# pairs that LaTeX would draw as one sign
PAIRS = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=[`?!])(?=`)")


def bibtex_entry(key: str, citation: Citation) -> str:
    """Return the entry as text that ends with a line end.

    The title stands in double braces, so that its capitals stay as the source prints them.
    """
    fields = {
        "author": " and ".join(_name(author) for author in citation.authors),
        "title": f"{{{_escaped(citation.title)}}}",
        "journal": _escaped(citation.journal),
        "publisher": "" if citation.journal else _escaped(citation.publisher),
        "volume": _escaped(citation.volume),
        "number": _escaped(citation.number),
        "pages": re.sub(r"\s*[-–]+\s*", "--", citation.pages.translate(MARKS).translate(BRACES)),
        "year": citation.year,
        "doi": citation.doi,
        "pmid": citation.pmid,
        "url": citation.url,
        "urldate": citation.urldate,
        "registration": citation.registration,
    }
    lines = [f"  {name:<12} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{'article' if citation.journal else 'misc'}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _escaped(text: str) -> str:
    return PAIRS.sub("{}", text.translate(BRACES)).translate(MARKS)


def _name(author: Author) -> str:
    family = _escaped(author.family)
    if not author.given:
        return f"{{{family}}}"
    # a comma or an "and" in a name would split it
    if re.search(r",|\band\b", family):
        family = f"{{{family}}}"
    return f"{family}, {_escaped(author.given)}"
