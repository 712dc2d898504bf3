"""A button on each page that gives its reference, as text and as files for a library.

The files stand in the button's own links, so that thousands of pages need no thousands of files.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.config import Config

from livingreview.book import page_head, study_pages
from livingreview.book.citation import Work
from livingreview.book.reference_files import as_ris
from livingreview.new_study.bibtex_entry import bibtex_entry
from livingreview.new_study.citation import Citation, letters

# Works without JavaScript and without a request.
BUTTON = (
    '<details class="lr-cite-button"><summary title="Cite this page">Cite</summary><div>'
    "<p>{}</p><p>Save it for your library: {}</p></div></details>"
)
LINK = '<a href="{}" download="{}">{}</a>'
TEMPLATES = ["cite-button.html", "article-header-buttons.html"]


@dataclass(frozen=True)
class Cite:
    """What the template shows.

    Attributes
    ----------
    text : str
        The reference in one line.
    files : list of tuple of str
        Format, name and address of each file.
    """

    text: str
    files: list[tuple[str, str, str]]

    @property
    def html(self) -> Markup:
        """The button as it stands on a page."""
        links = (Markup(LINK).format(address, file, name) for name, file, address in self.files)
        return Markup(BUTTON).format(self.text, Markup(" · ").join(links))


def connect(app: Sphinx) -> None:
    """Put the button beside those of the theme, and fill it for each page."""
    app.connect("config-inited", add_button)
    app.connect("html-page-context", fill)


def add_button(app: Sphinx, config: Config) -> None:
    """Let the theme show the button at the head of a page."""
    config.html_theme_options["article_header_end"] = TEMPLATES


def fill(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document):
    """Give the template the reference of a chapter or a study page; other pages have none."""
    if doctree is None and not pagename.startswith(f"{study_pages.FOLDER}/"):
        return
    work = app.livingreview_work
    if pagename == app.config.root_doc:
        context["cite"] = of_whole(work).html
    elif "cite" not in context:
        title = Markup(context["title"]).striptags()
        context["cite"] = of_page(work, pagename, title).html


def of_whole(work: Work) -> Cite:
    """Return the reference of the review."""
    return _cite(work.text(), "review", work.bibtex(), work.ris())


def of_page(work: Work, name: str, title: str) -> Cite:
    """Return the reference of one page of the review.

    Parameters
    ----------
    work : Work
        The review.
    name : str
        Name of the page: ``chapters/summary``.
    title : str
        Its title, as plain text.
    """
    address = page_head.address_of(work, name)
    slug = name.rpartition("/")[2]
    text = (
        f"{'; '.join(work.names)}. {title}. In: {work.title}. Version {work.version}. "
        f"{work.released}. {address}"
    )
    named = f"{title}. In: {work.title} (version {work.version})"
    year = work.released[:4]
    key = f"{letters(work.title.partition(':')[0])}{year}-{slug}"
    bibtex = bibtex_entry(key, Citation(named, work.authors, year, url=address))
    record = {
        "type_of_reference": "CHAP",
        "authors": work.names,
        "title": title,
        "secondary_title": work.title,
        "year": year,
        "date": work.released.replace("-", "/"),
        "edition": work.version,
        "urls": [address],
        "language": "en",
    }
    return _cite(text, slug, bibtex, as_ris([record]))


def _cite(text: str, name: str, bibtex: str, ris: str) -> Cite:
    files = {
        "BibTeX": ("bib", "application/x-bibtex", bibtex),
        "RIS": ("ris", "application/x-research-info-systems", ris),
    }
    return Cite(
        text,
        [
            (kind, f"{name}.{ending}", f"data:{media};charset=utf-8,{quote(content)}")
            for kind, (ending, media, content) in files.items()
        ],
    )
