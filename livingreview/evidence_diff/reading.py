"""All that is compared of one side, computed from its data."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from livingreview.claims import ClaimError
from livingreview.evidence_diff.chapters import Chapter, read_chapter
from livingreview.evidence_diff.findings import Findings, all_findings
from livingreview.evidence_diff.rows import Rows
from livingreview.evidence_diff.sides import COMPUTING, Side, SideError, not_read
from livingreview.study_pages import Site, StudyPages

# Addresses and names of the site do not differ by the data.
NOWHERE = Site("", "", "", "")


@dataclass(frozen=True)
class Reading:
    """One side, computed.

    Attributes
    ----------
    side : Side
        Where it comes from.
    rows : Rows
        Its rows as printed.
    findings : dict of Findings
        Its results by kind.
    chapters : dict of Chapter
        The pages of its book by name.
    study_pages : dict of Markup
        Content of the page of each study by key.
    """

    side: Side
    rows: Rows
    findings: dict[str, Findings]
    chapters: dict[str, Chapter]
    study_pages: dict[str, Markup]


def read(side: Side) -> Reading:
    """Compute all that is compared of a side.

    Raises
    ------
    SideError
        If this version of the package cannot compute it; the message names the side.
    """
    review = side.review
    try:
        pages = StudyPages(review, NOWHERE)
        return Reading(
            side,
            Rows(review),
            all_findings(review),
            {name: read_chapter(name, text, review) for name, text in side.pages.items()},
            {study: pages.page(study).body for study in pages.study_ids},
        )
    except ClaimError as error:
        raise SideError(f"{side.name}: {error}") from error
    except COMPUTING as error:
        raise not_read(side.place, error) from error
