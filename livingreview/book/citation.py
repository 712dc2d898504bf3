"""How to cite the review: from CITATION.cff, as text, BibTeX and RIS, and as a box on a page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml
from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from livingreview.book.reference_files import as_ris
from livingreview.new_study.bibtex_entry import bibtex_entry
from livingreview.new_study.citation import Author, Citation, letters
from livingreview.project import CITATION, CONFIG

FOLDER = "cite"
BIBTEX, RIS = f"{FOLDER}/review.bib", f"{FOLDER}/review.ris"
BOX = Markup(
    """\
<p>Reference for your library: <a href="{bibtex_file}" download>BibTeX</a> ·
<a href="{ris_file}" download>RIS</a></p>
<details><summary>BibTeX to copy</summary>
<pre tabindex="0">{bibtex}</pre>
</details>
"""
)


@dataclass(frozen=True)
class Work:
    """The review as a work that can be cited.

    Attributes
    ----------
    title, abstract, version, licence : str
        As in CITATION.cff.
    authors : tuple of Author
        Persons, or bodies without a given name.
    released : str
        Day of the release: ``2026-11-21``.
    keywords : tuple of str
        As in CITATION.cff.
    address : str
        Address of the site, from the settings.
    """

    title: str
    abstract: str
    authors: tuple[Author, ...]
    version: str
    released: str
    licence: str
    keywords: tuple[str, ...]
    address: str

    @property
    def names(self) -> list[str]:
        """Names of the authors, family name first."""
        return [", ".join(filter(None, (author.family, author.given))) for author in self.authors]

    def text(self) -> str:
        """Return the reference in one line."""
        return (
            f"{'; '.join(self.names)}. {self.title}. Version {self.version}. {self.released}. "
            f"{self.address}"
        )

    def bibtex(self) -> str:
        """Return the entry for a BibTeX file."""
        year = self.released[:4]
        key = letters(self.title.partition(":")[0]) + year
        title = f"{self.title} (version {self.version})"
        return bibtex_entry(key, Citation(title, self.authors, year, url=self.address))

    def ris(self) -> str:
        """Return the record for a RIS file."""
        record = {
            "type_of_reference": "DATA",
            "authors": self.names,
            "title": self.title,
            "year": self.released[:4],
            "date": self.released.replace("-", "/"),
            "edition": self.version,
            "urls": [self.address],
            "language": "en",
            "abstract": self.abstract,
            "keywords": list(self.keywords),
        }
        return as_ris([record])


def read_work(root: Path) -> Work:
    """Return the review as ``CITATION.cff`` and ``_config.yml`` describe it."""
    cff = yaml.safe_load((root / CITATION).read_text(encoding="utf-8"))
    config = yaml.safe_load((root / CONFIG).read_text(encoding="utf-8"))
    return Work(
        title=cff["title"],
        abstract=cff["abstract"],
        authors=tuple(
            Author(person["name"])
            if "name" in person
            else Author(person["family-names"], person.get("given-names", ""))
            for person in cff["authors"]
        ),
        version=str(cff["version"]),
        released=str(cff["date-released"]),
        licence=cff["license"],
        keywords=tuple(cff["keywords"]),
        address=config["html"]["baseurl"],
    )


class CiteReview(SphinxDirective):
    """``cite-review``: the reference of the review, with its files, where the page asks for it."""

    def run(self) -> list[nodes.Node]:
        """Return the box."""
        work = read_work(Path(self.env.srcdir))
        page = f"{self.env.docname}.html"
        box = BOX.format(
            bibtex=work.bibtex(),
            bibtex_file=relative_uri(page, BIBTEX),
            ris_file=relative_uri(page, RIS),
        )
        text = nodes.paragraph("", work.text(), classes=["lr-cite"])
        return [
            nodes.container("", text, nodes.raw("", box, format="html"), classes=["lr-cite-box"])
        ]


def connect(app: Sphinx) -> None:
    """Provide the box, and write the files that it leads to."""
    app.add_directive("cite-review", CiteReview)
    app.connect("build-finished", write)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the reference as BibTeX and as RIS."""
    if exception is None and app.builder.format == "html":
        work = read_work(Path(app.srcdir))
        (Path(app.outdir) / FOLDER).mkdir(exist_ok=True)
        for name, text in ((BIBTEX, work.bibtex()), (RIS, work.ris())):
            (Path(app.outdir) / name).write_text(text, encoding="utf-8")
