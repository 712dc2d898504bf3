"""The pages of the studies: `StudyPages` is made once, `StudyPages.page` gives one page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from livingreview.data import Review
from livingreview.intervals import LEVEL
from livingreview.study_pages.computed import Computed
from livingreview.study_pages.places import Use
from livingreview.study_pages.records import Records, Row
from livingreview.study_pages.report import problem_link
from livingreview.study_pages.sections import bias_sections, trust_sections, value_sections
from livingreview.study_pages.sentence import sentence
from livingreview.study_pages.template import PAGE
from livingreview.study_pages.values import Value
from livingreview.tables.base import link_to_study, opens

CONTENTS = (
    ("corrected", "Doubtful or corrected"),
    ("audit", "Audit"),
    ("effects", "Effects"),
    ("bias", "Risk of bias"),
    ("trust", "Trustworthiness"),
    ("book", "In this book"),
    ("report", "Report"),
    ("cite", "How to cite"),
)


@dataclass(frozen=True)
class Site:
    """Addresses and names of the site, as ``_config.yml`` gives them.

    Attributes
    ----------
    repository : str
        Address of the repository.
    address : str
        Address of the site.
    title, author : str
        Title and author of the book.
    """

    repository: str
    address: str
    title: str
    author: str


@dataclass(frozen=True)
class StudyPage:
    """One page.

    Attributes
    ----------
    study_id : str
        Key of the study.
    title : str
        Author, year, and model or participants.
    description : str
        The study in one plain sentence.
    address : str
        Path of the page inside the site.
    body : Markup
        The page's HTML, from its first heading on.
    text : str
        Its words.
    summary : str
        The words by which a search shall find it: the sentence, the report, what was measured.
    """

    study_id: str
    title: str
    description: str
    address: str
    body: Markup
    text: str
    summary: str


class StudyPages:
    """All pages; making it reads every table once, and a page then reads only its study's rows.

    Parameters
    ----------
    review : Review
        The data.
    site : Site
        Addresses and names of the site.
    uses : mapping of list of Use, optional
        Tables and figures of the book that show each study.
    """

    def __init__(self, review: Review, site: Site, uses: Mapping[str, Sequence[Use]] | None = None):
        self._site, self._uses = site, uses or {}
        self._version = review.package.version
        self._review, self._records = review, Records(review)
        self._computed: Computed | None = None
        self._sources = {
            key: review.references[row["reference"]] for key, row in self._records.sources.items()
        }

    def prepare(self, studies: Collection[str]) -> None:
        """Compute what the pages of some studies show, and of no others."""
        self._computed = Computed(self._review.of_studies(studies))

    def made_of(self, study_id: str) -> str:
        """Return all that is particular to a study's page, as one text."""
        records = self._records
        study = records.studies[study_id]
        sources = dict.fromkeys(
            row["source_id"] for row in records.all_of(study_id) if "source_id" in row
        )
        return repr(
            (
                records.all_of(study_id),
                records.faults(study_id),
                records.notice(study_id),
                records.read_twice(study_id),
                [records.sources[source] for source in sources],
                [self._sources[source] for source in sources],
                records.references[study["reference"]],
                records.references.get(records.cited_entry[study_id]),
                self._siblings(study),
                self._uses.get(study_id, ()),
            )
        )

    @property
    def study_ids(self) -> tuple[str, ...]:
        """Keys of all studies, in the order of the table."""
        return tuple(self._records.studies)

    def title(self, study_id: str) -> str:
        """Return the title of a study's page: ``Peters et al. 2015: People with glioma``.

        ``Retracted:`` stands before the title of a retracted study.
        """
        row = self._records.studies[study_id]
        mark = "Retracted: " if self._records.notice(study_id) else ""
        return f"{mark}{self._records.references[row['reference']].short}: {row['model']}"

    def changed(self, study_id: str) -> str:
        """Return the last day on which a value of a study was read or checked: ``2026-11-21``."""
        records = self._records
        notice = records.notice(study_id) or {}
        rows = [*records.all_of(study_id), *records.faults(study_id), notice]
        return max(row.get(column, "") for row in rows for column in ("extracted", "checked"))

    def page(self, study_id: str) -> StudyPage:
        """Return the page of a study.

        Raises
        ------
        KeyError
            If there is no such study.
        """
        if self._computed is None:
            self.prepare(self.study_ids)
        records, computed = self._records, self._computed
        study = records.studies[study_id]
        sections = value_sections(records, study_id, computed.dose)
        bias, trust = bias_sections(records, study_id), trust_sections(records, study_id)
        shown = [value for section in (*sections, *bias, *trust) for value in section.values]
        origins = [records.sources[key] for key in dict.fromkeys(v.source_id for v in shown)]
        description = sentence(records, study_id)
        body = PAGE.render(
            title=self.title(study_id),
            sentence=description,
            notice=records.notice(study_id),
            origins=origins,
            own_report=any(origin["reference"] == study["reference"] for origin in origins),
            checked=sum(bool(value.checked) for value in shown),
            total=len(shown),
            contents=[*((section.name, section.heading) for section in sections), *CONTENTS],
            sections=sections,
            faults=_with_target(records.faults(study_id), shown),
            verdicts=computed.verdicts.get(study_id, ()),
            effects=computed.effects.get(study_id, ()),
            level=f"{LEVEL:.0%}",
            bias=bias,
            trust=trust,
            uses=self._uses.get(study_id, ()),
            reference=records.references[study["reference"]],
            siblings=self._siblings(study),
            cite=self._cite(study_id),
            sources=self._sources,
            problem=partial(problem_link, self._site.repository, study_id),
            opens=opens,
        )
        address = self.address(study_id)
        page = Markup(body)
        outcomes = {
            row["outcome_id"]: "" for row in records.all_of(study_id) if "outcome_id" in row
        }
        named = [records.labels["outcomes"][outcome] for outcome in outcomes]
        found_by = " ".join([description, records.references[study["reference"]].full, *named])
        title = self.title(study_id)
        return StudyPage(study_id, title, description, address, page, words(page), found_by)

    @staticmethod
    def address(study_id: str) -> str:
        """Return the path of a study's page inside the site."""
        return f"studies/{study_id}.html"

    def _siblings(self, study: Row) -> list[Markup]:
        others = self._records.siblings[study["reference"]]
        models = self._records.studies
        return [
            link_to_study(other, Markup("<bdi>{}</bdi>").format(models[other]["model"]))
            for other in others
            if other != study["study_id"]
        ]

    def _cite(self, study: str) -> str:
        site = self._site
        return (
            f"{site.author}. {self.title(study)}. In: {site.title}, a living review. "
            f"Version {self._version}. "
            f"{site.address.rstrip('/')}/{self.address(study)}"
        )


def _with_target(faults: Sequence[Row], shown: Sequence[Value]) -> list[tuple[Row, str]]:
    """Return each fault with the anchor of the value it touches, or an empty text."""
    anchors = {key: value.anchor for value in shown for key in value.faults}
    return [(fault, anchors.get(fault["discrepancy_id"], "")) for fault in faults]


def words(body: Markup) -> str:
    """Return the words of a page without its tags and marks."""
    return " ".join(body.striptags().replace("⚑", "").replace("‡", "").split())
