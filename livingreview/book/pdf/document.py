"""Cover, contents and chapters as one page of HTML, to be printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from jinja2 import Environment
from markupsafe import Markup

from livingreview.book.build import SITE, parts
from livingreview.book.citation import Work, read_work
from livingreview.book.history import last_changes, newest
from livingreview.book.inputs import names_below
from livingreview.book.pdf.chapters import Chapter, Links, chapter
from livingreview.book.pdf.paper import PAPER
from livingreview.data import load
from livingreview.project import BIBLIOGRAPHY, CONFIG, DATA_DIR

STYLE = Path(__file__).with_name("book.css")
# The site's own style sheet says which colours figures and tables have in the light theme.
COLOURS = re.compile(r"^html \{[^}]*\}", re.MULTILINE)


def css_text(text: str) -> Markup:
    """Return a text as a string of a style sheet; no sign in it can end the sheet."""
    signs = (f"\\{ord(sign):x} " if sign in '"\\<>&\n' else sign for sign in text)
    return Markup('"{}"').format(Markup("".join(signs)))


_JINJA = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_JINJA.filters["css"] = css_text
_PAGE = _JINJA.from_string(
    """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ work.title }}</title>
<style>
{{ style }}
{% for chapter in chapters %}
{% set head = chapter.title|css if chapter.title != work.title else "none" %}
.c{{ loop.index }} { page: c{{ loop.index }}; }
.c{{ loop.index }} .wide { page: c{{ loop.index }}-wide; }
@page c{{ loop.index }} { @top-right { content: {{ head }}; } }
@page c{{ loop.index }}-wide { size: {{ turned }}; \
@top-right { content: {{ head }}; } }
{% endfor %}
@page {
  @top-left { content: {{ work.title|css }}; }
  @bottom-left { content: {{ edition.line|css }}; }
}
</style>
</head>
<body hidden>
<section class="cover">
<p class="title">{{ title }}</p>
<p class="subtitle">{{ subtitle }}</p>
<p class="abstract">{{ work.abstract }}</p>
<dl>
<dt>Version</dt><dd>{{ work.version }}, released {{ edition.released }}</dd>
<dt>Evidence current to</dt><dd>{{ edition.current }}</dd>
{% if edition.changed %}
<dt>Last change of text or data</dt><dd>{{ edition.changed }}</dd>
{% endif %}
<dt>Always newest at</dt><dd><a href="{{ work.address }}">{{ work.address }}</a></dd>
</dl>
<p class="warning">{{ warning }}</p>
<div class="imprint">
<p>{{ work.names|join("; ") }}.</p>
<p>© {{ copyright }}. The sources keep their own licences.</p>
<p>Cite as: {{ work.text() }}</p>
<p>This is the book of the site, with every chapter, table and figure.
The page of each study with all of its values, the search, the filters and the data to download
are on the site alone; names of studies lead there.</p>
</div>
</section>
<nav class="contents">
<h1>Contents</h1>
{% for chapter in chapters %}
{% if chapter.part %}
<p class="part">{{ chapter.part }}</p>
{% endif %}
<p class="entry"><a href="#{{ chapter.heading }}"><span>{{ chapter.title }}</span>\
<span class="dots"></span><span class="number" data-of="{{ chapter.heading }}"></span></a></p>
{% for place, heading in chapter.sections %}
<p class="section"><a href="#{{ place }}"><span>{{ heading }}</span><span class="dots"></span>\
<span class="number" data-of="{{ place }}"></span></a></p>
{% endfor %}
{% endfor %}
</nav>
{% for chapter in chapters %}
<section class="chapter c{{ loop.index }}" id="{{ chapter.anchor }}">
{{ chapter.html|safe }}
</section>
{% endfor %}
</body>
</html>
"""
)


@dataclass(frozen=True)
class Edition:
    """Which state of the review the book shows.

    Attributes
    ----------
    version : str
        As in CITATION.cff.
    released, current, changed : str
        Days in words: of the release, of the newest evidence, and of the last change of text or
        data; the last is empty where git does not know it.
    day : str
        The newest of these days, ``2026-11-21``.
    """

    version: str
    released: str
    current: str
    changed: str
    day: str

    @property
    def line(self) -> str:
        """What the foot of a page says."""
        return f"Version {self.version} · evidence current to {self.current}"


def read_edition(root: Path, work: Work) -> Edition:
    """Return which state of the review a folder holds."""
    days = last_changes(root)
    names = ["index.md", BIBLIOGRAPHY]
    names += [*names_below(root, "chapters"), *names_below(root, DATA_DIR)]
    changed = newest(days, names)
    current = load(root).updates["date"].max().strftime("%Y-%m-%d")
    newest_day = max(work.released, current, changed)
    words = (_words(day) for day in (work.released, current, changed))
    return Edition(work.version, *words, newest_day)


def _words(day: str) -> str:
    return f"{date.fromisoformat(day):%-d %B %Y}" if day else ""


@dataclass(frozen=True)
class Document:
    """The book as one page of HTML.

    Attributes
    ----------
    work : Work
        What the review is.
    edition : Edition
        Its state.
    chapters : tuple of Chapter
        Its chapters.
    html : str
        The page.
    """

    work: Work
    edition: Edition
    chapters: tuple[Chapter, ...]
    html: str


def document(root: Path) -> Document:
    """Return the book of a folder whose site is built."""
    work = read_work(root)
    edition = read_edition(root, work)
    contents = parts(root)
    links = Links({page for _, pages in contents for page in pages}, work.address)
    chapters = tuple(
        chapter(root / SITE, page, part if place == 0 else "", links)
        for part, pages in contents
        for place, page in enumerate(pages)
    )
    config = yaml.safe_load((root / CONFIG).read_text(encoding="utf-8"))
    title, _, subtitle = work.title.partition(": ")
    html = _PAGE.render(
        work=work,
        edition=edition,
        chapters=chapters,
        title=title,
        subtitle=subtitle,
        warning=config["html"]["announcement"],
        copyright=config["copyright"],
        style=Markup(_style(root)),
        turned=f"{PAPER.height:g}mm {PAPER.width:g}mm",
    )
    return Document(work, edition, chapters, html)


def _style(root: Path) -> str:
    site = (root / "_static/livingreview.css").read_text(encoding="utf-8")
    return f"{COLOURS.search(site)[0]}\n{PAPER.rule}\n" + STYLE.read_text(encoding="utf-8")
