"""Whether a study, or its report, is in the review already."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from text_unidecode import unidecode

from livingreview.bibliography import Reference
from livingreview.new_study.citation import Citation, doi_of

NEAR = 0.9
# A title without its subtitle counts as near, unless it is so short that it says little.
WORDS = 6


@dataclass(frozen=True)
class Match:
    """An entry of the bibliography that is, or may be, the same work.

    Attributes
    ----------
    key : str
        Key of the entry.
    why : str
        What the two have in common.
    sure : bool
        True for a number in common, False for a title that is nearly the same.
    """

    key: str
    why: str
    sure: bool


def find(
    citation: Citation, references: dict[str, Reference], studies: list[dict[str, str]]
) -> Match | None:
    """Return the entry that has a number of the citation, else the one with the nearest title.

    Parameters
    ----------
    citation : Citation
        The work to look for.
    references : dict of Reference
        Entries of the bibliography by key.
    studies : list of dict
        Rows of the table of studies.
    """
    for key, reference in references.items():
        trials = {row["registration"] for row in studies if row["reference"] == key}
        for name, ours, theirs in (
            ("DOI", citation.doi, {doi_of(reference.doi) or reference.doi.lower()}),
            ("PMID", citation.pmid, {reference.pmid}),
            ("NCT number", citation.registration, {reference.registration, *trials}),
        ):
            if ours and ours in theirs:
                return Match(key, f"the {name} {ours}", True)
    near = [
        (closeness, key)
        for key, reference in references.items()
        if (closeness := likeness(citation.title, reference.title)) >= NEAR
    ]
    if not near:
        return None
    _, key = max(near)
    return Match(key, f'nearly the same title, "{references[key].title}"', False)


def likeness(one: str, other: str) -> float:
    """Return how near two titles are, 0 to 1, whatever their accents, capitals and marks.

    One if the words of a title that is not too short all stand in the other; else the ratio of
    Ratcliff and Obershelp that `difflib` gives, or 0 where a bound shows that it is below `NEAR`.
    """
    words = [re.findall(r"[a-z0-9]+", unidecode(title).lower()) for title in (one, other)]
    short, long = sorted((set(found) for found in words), key=len)
    if len(short) >= WORDS and short <= long:
        return 1.0
    matcher = difflib.SequenceMatcher(None, *map(" ".join, words), autojunk=False)
    # the bounds cost little and the ratio much, and nearly all titles are far from each other
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio)
    return matcher.ratio() if all(bound() >= NEAR for bound in bounds) else 0.0
