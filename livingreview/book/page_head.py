"""What the head of each page tells programs: a reference, a preview, the feed, what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin

from docutils import nodes
from markupsafe import Markup, escape
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from livingreview.book import figures, not_found, study_pages
from livingreview.book.citation import Work, read_work
from livingreview.book.feed import FEED
from livingreview.book.structured_data import article, as_script, dataset
from livingreview.data import load

DATA_PAGE = "chapters/data"
LONGEST = 300  # characters of a description
# The theme asks for its own mode before it has set one, and complains that there is none. It also
# finds out late whether a reader wants dark pages: at a first visit the whole page would be styled
# a second time, and flash.
FIRST_MODE = Markup(
    '<script>localStorage.mode ||= "auto";'
    'if (localStorage.mode === "auto") localStorage.theme = '
    'matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";</script>'
)


@dataclass(frozen=True)
class Head:
    """What the head of a page is made of.

    Attributes
    ----------
    name : str
        Name of the page: ``chapters/summary``.
    title, description : str
        As plain text.
    picture, picture_words : str
        Address of a picture and what is seen in it; empty if the page has none.
    """

    name: str
    title: str
    description: str
    picture: str = ""
    picture_words: str = ""


def connect(app: Sphinx) -> None:
    """Add to the head of every page when it is written."""
    app.connect("builder-inited", read_once)
    app.connect("html-page-context", fill_head)


def read_once(app: Sphinx) -> None:
    """Read the description of the review once a build."""
    if app.builder.format == "html":
        app.livingreview_work = read_work(Path(app.srcdir))


def fill_head(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Put the tags of a page before those that Sphinx has for it."""
    work = app.livingreview_work
    about = doctree is not None or pagename.startswith(f"{study_pages.FOLDER}/")
    tags = [FIRST_MODE, _feed_link(work, f"{pagename}.html")]
    if pagename == not_found.NAME:
        tags.append(Markup('<meta name="robots" content="noindex" />'))
    # the heading on paper
    context.setdefault("pagetitle", escape(Markup(context.get("title", "")).striptags()))
    if about:
        changed = app.env.livingreview_changed.get(pagename, "")
        context["last_updated"] = context.get("last_updated") or changed
        picture, words = _picture(app, work, pagename)
        title = Markup(context["title"]).striptags()
        described = context.get("description") or description(doctree)
        head = Head(pagename, title, described, picture, words)
        is_root = pagename == app.config.root_doc
        tags += about_page(work, head, is_root)
        if is_root:
            changed = load(app.srcdir).updates["date"].max()
            tags.append(as_script(article(work, changed.strftime("%Y-%m-%d"))))
        if pagename == DATA_PAGE:
            package = load(app.srcdir).package
            tags.append(as_script(dataset(work, package, address_of(work, pagename))))
    context["metatags"] = Markup("\n").join(["", *tags]) + Markup(context.get("metatags", ""))


def address_of(work: Work, name: str) -> str:
    """Return the address of a page on the site."""
    return urljoin(work.address, quote(f"{name}.html"))


def _feed_link(work: Work, page: str) -> Markup:
    link = '<link rel="alternate" type="application/atom+xml" title="{}" href="{}" />'
    return Markup(link).format(f"{work.title}: updates", relative_uri(page, FEED))


def _picture(app: Sphinx, work: Work, page: str) -> tuple[str, str]:
    """Return address and words of the first figure of a page."""
    for name, figure in figures.figures_of(app.env).get(page, {}).items():
        return urljoin(work.address, f"{figures.FOLDER}/{name}.png"), figure.alt
    return "", ""


def about_page(work: Work, head: Head, is_root: bool) -> Iterator[Markup]:
    """Yield the tags of a chapter or a study page.

    The reference is that of a part of this review, never that of a paper the page is about.

    Parameters
    ----------
    work : Work
        The review.
    head : Head
        The page.
    is_root : bool
        Whether it is the first page, whose reference is that of the whole.
    """
    address = work.address if is_root else address_of(work, head.name)
    title = work.title if is_root else head.title
    yield _meta("name", "description", head.description)
    yield _meta("name", "citation_title", title)
    for name in work.names:
        yield _meta("name", "citation_author", name)
    if not is_root:
        yield _meta("name", "citation_inbook_title", work.title)
    yield _meta("name", "citation_publication_date", work.released.replace("-", "/"))
    yield _meta("name", "citation_public_url", address)
    yield _meta("name", "citation_language", "en")
    yield _meta("property", "og:title", title)
    yield _meta("property", "og:type", "website" if is_root else "article")
    yield _meta("property", "og:url", address)
    yield _meta("property", "og:site_name", work.title)
    yield _meta("property", "og:description", head.description)
    if head.picture:
        yield _meta("property", "og:image", head.picture)
        yield _meta("property", "og:image:alt", head.picture_words)
        yield _meta("name", "twitter:card", "summary_large_image")


def _meta(kind: str, name: str, content: str) -> Markup:
    return Markup('<meta {}="{}" content="{}" />').format(Markup(kind), name, content)


def description(doctree: nodes.document) -> str:
    """Return the first paragraph of a page, cut at a word where it is long."""
    paragraphs = (node for node in doctree.findall(nodes.paragraph) if node.astext().strip())
    text = " ".join(node.astext() for node in [next(paragraphs, nodes.paragraph())])
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0] + " …"
