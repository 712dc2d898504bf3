"""Pages of the built site as chapters of one document."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

from bs4 import BeautifulSoup, SoupStrainer, Tag

from livingreview.book.pdf.notes import set_notes

SCREEN_ONLY = "lr-screen-only"  # class of what a chapter says of the site alone
# Nothing to read on paper: links to a heading itself, forms and scripts, files of a figure, the
# button that reports a value, and places where the site puts its menu.
LEFT_OUT = (
    "a.headerlink, form, script, button, .lr-figure-files, a.lr-report, .toctree-wrapper, "
    f".{SCREEN_ONLY}"
)
# A line would else end inside of 1.2e-15.
_NUMBER_WITH_HYPHEN = re.compile(r"(\S*\d\S*-\S+)")
_HEADINGS = re.compile("^h[1-6]$")
_REFERRED = ("for", "headers", "aria-labelledby", "aria-describedby")


@dataclass(frozen=True)
class Chapter:
    """A page of the site as a chapter.

    Attributes
    ----------
    anchor : str
        Identifier of the whole chapter in the document.
    heading : str
        Identifier of its title.
    title : str
        Its title, as plain text.
    part : str
        Name of the part of the book that begins with it; empty if none does.
    sections : tuple of (str, str)
        Anchor and heading of each section of the first level.
    html : str
        Its content.
    """

    anchor: str
    heading: str
    title: str
    part: str
    sections: tuple[tuple[str, str], ...]
    html: str


@dataclass(frozen=True)
class Links:
    """Where a link of a page leads in the document.

    Attributes
    ----------
    pages : collection of str
        Pages that are chapters, as paths inside the site.
    address : str
        Address of the site, for all that is not in the document.
    """

    pages: Collection[str]
    address: str

    def target(self, page: str, link: str) -> str:
        """Return where a link of a page leads: inside the document, or on the site."""
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            return link
        path, fragment = urldefrag(urljoin(page, link))
        if path in self.pages:
            return f"#{anchor(path, unquote(fragment))}"
        return urljoin(self.address, f"{path}#{fragment}" if fragment else path)


def anchor(page: str, fragment: str = "") -> str:
    """Return the identifier that a place of a page has in the document.

    Two chapters may each have a section "What is seen", so that the page's name goes first.
    """
    start = page.removesuffix(".html").replace("/", "-")
    return f"{start}.{fragment}" if fragment else start


def chapter(site: Path, page: str, part: str, links: Links) -> Chapter:
    """Return a page of the site as a chapter.

    Parameters
    ----------
    site : Path
        Folder of the site.
    page : str
        Path of the page inside it.
    part : str
        Name of the part of the book that begins with it.
    links : Links
        Where links lead.
    """
    text = (site / page).read_text(encoding="utf-8")
    content = SoupStrainer("article", class_="bd-article")
    article = BeautifulSoup(text, "html.parser", parse_only=content).find("article")
    for tag in article.select(LEFT_OUT):
        tag.decompose()
    _own_names(article, page, links)
    set_notes(article, anchor(page))
    for tag in article.select("details"):
        _open(tag)
    for cell in article.select("td.lr-number"):
        _keep_numbers(cell)
    for frame in article.select(".lr-table-frame, .lr-figure-frame"):
        for name in ("tabindex", "role", "aria-label"):
            del frame[name]
    for table in article.select("table.lr-stacked"):
        table["class"].remove("lr-stacked")  # a screen that is too narrow
    title = article.find("h1")
    sections = tuple((tag["id"], _plain(tag)) for tag in article.find_all("h2"))
    html = article.decode_contents()
    return Chapter(anchor(page), title["id"], _plain(title), part, sections, html)


def _plain(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _keep_numbers(cell: Tag) -> None:
    """Keep a number with a hyphen in it in one piece."""
    build = BeautifulSoup("", "html.parser")
    for text in cell.find_all(string=_NUMBER_WITH_HYPHEN):
        pieces = _NUMBER_WITH_HYPHEN.split(text)
        for place in range(1, len(pieces), 2):
            whole = build.new_tag("span", attrs={"class": "number-in-one"}, string=pieces[place])
            pieces[place] = whole
        text.replace_with(*pieces)


def _own_names(article: Tag, page: str, links: Links) -> None:
    """Give every place and every link of a page its name in the document."""
    for tag in article.find_all(True):
        for name in ("href", "xlink:href"):
            if name in tag.attrs:
                tag[name] = links.target(page, tag[name])
        if "id" in tag.attrs:
            tag["id"] = anchor(page, tag["id"])
        for name in _REFERRED:
            if name in tag.attrs:
                tag[name] = " ".join(anchor(page, one) for one in str(tag[name]).split())
        for name, value in tag.attrs.items():
            if isinstance(value, str) and "url(#" in value:
                tag[name] = value.replace("url(#", f"url(#{anchor(page)}.")
    for section in article.find_all("section", id=True):
        heading = section.find(_HEADINGS, recursive=False)
        # the heading is on the page where the section is seen to begin
        heading["id"] = section["id"]
        del section["id"]


def _open(details: Tag) -> None:
    """Show what a reader of the screen opens; the line that opens it goes where a table follows."""
    summary = details.find("summary", recursive=False)
    if details.find("table"):
        summary.decompose()
    else:
        summary.name = "p"
    details.name = "div"
