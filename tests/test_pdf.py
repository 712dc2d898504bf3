"""The whole book as a PDF: every word, cell and figure of the site, none cut off, and in order.

What it should hold is read from the built pages, and what it holds from the PDF.
"""

from __future__ import annotations

import io
import re
import shutil
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import yaml
from bs4 import BeautifulSoup
from built_site import SITE, contents
from conftest import command

from livingreview.book import build as building
from livingreview.book.citation import read_work
from livingreview.book.pdf import chromium
from livingreview.book.pdf.document import css_text, document, read_edition
from livingreview.book.pdf.make import finished, lay_out, page_numbers
from livingreview.book.pdf.make import printed as print_book
from livingreview.book.pdf.notes import PRINTED_LEGEND
from livingreview.book.pdf.paper import PAPER
from livingreview.book.pdf.whole import NAME, text_of
from livingreview.tables.base import LEGEND

POINTS = 72 / 25.4  # in a millimetre
BIG = 17  # pixels: only titles of chapters and sections are set so large
# What a line may end with, and a reader of the PDF may leave out or put in.
BETWEEN = re.compile("[\\s\\-\u00ad\u2010\ufffe\x02]+")
# What the site shows on a screen alone, or as a mark that opens it.
SCREEN = ".headerlink, form, script, .lr-figure-files, .lr-screen-only, .lr-fold > summary"


def squeezed(text):
    return BETWEEN.sub("", unicodedata.normalize("NFKC", text))


@dataclass
class Chapter:
    """A page of the site, and the pages of the PDF that show it."""

    name: str
    title: str
    content: BeautifulSoup
    first: int = 0
    last: int = 0

    def pages(self, texts):
        return texts[self.first - 1 : self.last]


@pytest.fixture(scope="module")
def book(printed):
    return document(printed)


@pytest.fixture(scope="module")
def pdf(printed):
    with pypdfium2.PdfDocument(printed / SITE / NAME) as opened:
        yield opened


@pytest.fixture(scope="module")
def raw(pdf):
    """The text of each page, squeezed."""
    return [squeezed(text_of(pdf, place)) for place in range(len(pdf))]


@pytest.fixture(scope="module")
def chapters(printed):
    """The chapters; `texts` finds out on which pages they stand."""
    found = []
    for page in building.pages(printed):
        html = (printed / SITE / page).read_text(encoding="utf-8")
        content = BeautifulSoup(html, "html.parser").select_one("article.bd-article")
        for tag in content.select(SCREEN):
            tag.decompose()
        title = content.find("h1").get_text().strip()
        found.append(Chapter(page, title, content))
    return found


@pytest.fixture(scope="module")
def texts(printed, raw, chapters):
    """The text of each page without its running lines, which must be those of its chapter."""
    work = read_work(printed)
    line = read_edition(printed, work).line

    def running(chapter, number):
        head = chapter.title if chapter and chapter.title != work.title else ""
        return squeezed(f"{work.title}{head}{line}{number}")

    upcoming, current = list(chapters), None
    found = [raw[0]]
    for number, text in enumerate(raw[1:], start=2):
        following = upcoming[0] if upcoming else None
        if following and text.startswith(running(following, number) + squeezed(following.title)):
            current = upcoming.pop(0)
            current.first = number
        lines = running(current, number)
        assert text.startswith(lines), (number, text[:200])
        if current:
            current.last = number
        found.append(text.removeprefix(lines))
    assert not upcoming, [chapter.title for chapter in upcoming]
    return found


def stands_in(text, pages):
    """Return whether a text stands on pages, whole or torn at the end of one."""
    wanted = squeezed(text)
    if any(wanted in page for page in pages) or wanted in "".join(pages):
        return True
    for place, page in enumerate(pages[:-1]):
        for cut in [match.start() for match in re.finditer(r"\s", text)]:
            if squeezed(text[:cut]) in page and stands_in(text[cut:], pages[place + 1 : place + 2]):
                return True
    return False


def pieces(cell):
    """Yield the texts of a cell: those between its marks and lists, without opened notes."""
    copy = BeautifulSoup(str(cell), "html.parser")
    for note in copy.select("details.lr-note"):
        note.replace_with("\n\n")
    for end in copy.select("li, br, ul"):
        end.insert_before("\n\n")
        end.append("\n\n") if end.name != "br" else end.decompose()
    yield from (text for text in re.split(r"\s*\n\n\s*", copy.get_text()) if text.strip())


# --- cover, contents, order ----------------------------------------------------------------------


def test_the_cover_says_which_book_this_is(printed, raw, review):
    work = read_work(printed)
    config = yaml.safe_load((printed / "_config.yml").read_text(encoding="utf-8"))
    current = f"{review.updates['date'].max():%-d %B %Y}"
    wanted = [*work.title.split(": "), f"Version{work.version}", work.address, work.text()]
    wanted += [f"Evidence current to{current}", "released", config["html"]["announcement"]]
    wanted += [config["copyright"]]
    for words in wanted:
        assert squeezed(words) in raw[0], words


def test_the_contents_name_the_page_on_which_each_title_really_stands(book, pdf, texts, chapters):
    listed = "".join(texts[1 : chapters[0].first - 1]).removeprefix("Contents")
    wanted, entries = "", 0
    for chapter, told in zip(chapters, book.chapters, strict=True):
        wanted += squeezed(f"{told.part}{told.title}") + str(chapter.first)
        page = chapter.first
        for tag in chapter.content.find_all("h2"):
            heading = squeezed(tag.get_text())
            page = next(
                number for number in range(page, chapter.last + 1) if heading in big(pdf, number)
            )
            wanted += heading + str(page)
            entries += 1
    assert listed == wanted
    assert entries > 3 * len(chapters)


def big(pdf, number, known={}):  # noqa: B006 (each page is read once)
    """Return what is set in the type of titles on a page."""
    if number not in known:
        words = pdf[number - 1].get_textpage()
        count = words.count_chars()
        text = words.get_text_range()
        sizes = [pdfium.FPDFText_GetFontSize(words, place) for place in range(count)]
        signs = [chr(pdfium.FPDFText_GetUnicode(words, place)) for place in range(count)]
        assert text
        known[number] = squeezed(
            "".join(sign for sign, size in zip(signs, sizes, strict=True) if size >= BIG)
        )
    return known[number]


def test_bookmarks_lead_to_parts_chapters_and_sections(book, pdf, texts, chapters):
    marks, outermost = {}, {}
    for mark in pdf.get_toc():
        page = mark.get_dest().get_index() + 1
        marks.setdefault(mark.get_title(), []).append(page)
        if mark.level == 0:  # a chapter may have the name of a part
            outermost.setdefault(mark.get_title(), []).append(page)
    for chapter, told in zip(chapters, book.chapters, strict=True):
        assert chapter.first in marks[told.title]
        assert not told.part or outermost[told.part] == [chapter.first]
        for _, heading in told.sections:
            assert any(chapter.first <= page <= chapter.last for page in marks[heading]), heading


# --- everything is in it -------------------------------------------------------------------------


def test_every_word_of_prose_is_in_it(chapters, texts):
    checked = 0
    for chapter in chapters:
        content = BeautifulSoup(str(chapter.content), "html.parser")
        for tag in content.select("table, svg, .lr-table-foot"):
            tag.decompose()
        pages = chapter.pages(texts)
        for block in content.select("p, h1, h2, h3, h4, li, dt, dd, figcaption, pre"):
            if block.find(["p", "li", "dd"]):
                continue  # its parts are looked for one by one
            text = block.get_text()
            assert stands_in(text, pages), (chapter.name, text)
            checked += 1
    assert checked > 20 * len(chapters)


def test_every_cell_of_every_table_is_in_it(chapters, texts):
    tables = cells = 0
    for chapter in chapters:
        pages = chapter.pages(texts)
        for table in chapter.content.select("table"):
            tables += 1
            for cell in table.select("caption, th, td"):
                for text in pieces(cell):
                    assert stands_in(text, pages), (chapter.name, table["id"], text)
                    cells += 1
    assert tables >= 39
    assert cells > 5000


def test_what_a_mark_opens_on_a_screen_is_a_note_under_its_table(chapters, texts):
    notes = 0
    for chapter in chapters:
        for note in chapter.content.select("details.lr-note > span"):
            assert stands_in(note.get_text(), chapter.pages(texts)), (chapter.name, note.get_text())
            notes += 1
    assert notes > 200
    assert squeezed(LEGEND) not in "".join(texts)
    assert squeezed(PRINTED_LEGEND) in "".join(texts)


def test_every_figure_stands_on_one_page_with_its_caption(pdf, chapters, texts):
    figures = 0
    for chapter in chapters:
        for figure in chapter.content.select("figure"):
            caption = squeezed(figure.find("figcaption").get_text())
            (number,) = (
                number
                for number in range(chapter.first, chapter.last + 1)
                if caption in texts[number - 1]
            )
            words = [squeezed(tag.get_text()) for tag in figure.select("svg text")]
            assert words
            shown = in_order(pdf, number)
            missing = [word for word in words if word not in shown]
            assert not missing, (chapter.name, figure["id"], number, missing)
            paths = pdf[number - 1].get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=15)
            assert sum(1 for _ in paths) > 20, (chapter.name, figure["id"])
            figures += 1
    assert figures >= 30


def in_order(pdf, number):
    """Return the text of a page as it was set, where words of a figure may stand side by side."""
    page = pdf[number - 1]
    words = page.get_textpage()
    texts = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=15, textpage=words)
    return squeezed("".join(text.extract() for text in texts))


def test_figures_are_drawn_in_lines_and_in_the_light_theme(printed, pdf, chapters, texts):
    with pikepdf.open(printed / SITE / NAME) as opened:
        pictures = [one for one in opened.objects if _kind(one) == "/Image"]
    assert not pictures, "a figure is printed as a picture of dots"
    style = (printed / "_static/livingreview.css").read_text(encoding="utf-8")
    colour = bytes.fromhex(re.search(r"--lr-ldn: #(\w{6})", style)[1])
    place = next(n for n, text in enumerate(texts) if "Whereisthereevidence" in text)
    image = pdf[place].render(scale=1, rev_byteorder=True).to_numpy()
    assert (image[..., :3] == list(colour)).all(axis=-1).sum() > 100


def _kind(one):
    return str(one.get("/Subtype")) if isinstance(one, pikepdf.Stream) else ""


# --- nothing is cut off --------------------------------------------------------------------------


def test_nothing_reaches_into_the_margins(pdf):
    side = (PAPER.side - 1) * POINTS
    for number, page in enumerate(pdf, start=1):
        width, height = page.get_size()
        words = page.get_textpage()
        for place in range(words.count_rects()):
            left, bottom, right, top = words.get_rect(place)
            within = left > side and right < width - side
            within = within and bottom > 8 * POINTS and top < height - 8 * POINTS
            assert within, (number, words.get_text_bounded(left, bottom, right, top))
        image = page.render(scale=0.75, grayscale=True).to_numpy()
        edge = int(side * 0.75)
        for strip in (image[:, :edge], image[:, -edge:], image[:10], image[-10:]):
            assert (strip > 250).all(), number


PAGE = """<!DOCTYPE html><html><head><style>
{rule} table {{ border-collapse: collapse }} .crowded td {{ overflow-wrap: anywhere }}
.crowded table {{ table-layout: fixed; width: 100% }}
</style></head><body hidden style="margin: 0"><section class="chapter" id="here">{body}</section>
</body></html>"""
TABLE = '<div class="lr-table-frame"><table class="lr-table">{}{}</table></div>'


def laid_out(body, script="1"):
    with chromium.opened(PAGE.format(rule=PAPER.rule, body=body), int(PAPER.upright.width)) as page:
        lay_out(page)
        return page.evaluate(script)


def table(columns, word):
    head = f"<thead><tr>{'<th>x</th>' * columns}</tr></thead>"
    return TABLE.format(head, f"<tbody><tr>{f'<td>{word}</td>' * columns}</tr></tbody>")


@pytest.mark.parametrize(
    "body",
    [
        "<p>" + "W" * 200 + "</p>",
        '<svg class="lr-figure" width="200" height="40"><text x="150">cut off here</text></svg>',
        '<figure><div style="height: 2000px; width: 9px">x</div></figure>',
        '<div style="position: relative; left: -30px">left</div>',
    ],
)
def test_what_would_be_cut_off_is_named_and_stops_the_printing(body):
    with pytest.raises(building.BuildError, match=r"cut off:\nhere: (W|cut|x|left)"):
        laid_out(body)


def test_a_wide_table_turns_its_page_and_a_wider_one_breaks_its_words():
    classes = "[...document.querySelectorAll('.wide, .crowded')].map((one) => one.className)"
    assert laid_out(table(3, "word"), classes) == []
    assert laid_out(table(8, "W" * 6), classes) == ["wide"]
    assert laid_out(table(8, "W" * 20), classes) == ["wide", "lr-table-frame crowded"]


def test_room_goes_to_the_column_that_needs_it():
    body = TABLE.format(
        "<thead><tr><th>a</th><th>b</th></tr></thead>",
        f"<tbody><tr><td>short</td><td>{'many words ' * 80}</td></tr></tbody>",
    )
    widths = "[...document.querySelectorAll('col')].map((one) => parseFloat(one.style.width))"
    short, long = laid_out(body, widths)
    assert long > 5 * short
    assert short + long == pytest.approx(PAPER.upright.width, abs=1)


def test_a_figure_that_is_higher_than_a_page_shrinks_to_it():
    body = (
        '<figure><svg class="lr-figure" viewBox="0 0 10 30" style="width: 600px; display: block">'
        "</svg><figcaption>words</figcaption></figure>"
    )
    height = laid_out(body, "document.querySelector('figure').getBoundingClientRect().height")
    assert PAPER.upright.height - 40 < height <= PAPER.upright.height


# --- links, what programs read, the same bytes ---------------------------------------------------


def test_links_lead_inside_the_book_or_to_a_page_of_the_site(printed, book):
    site, inside, outside = printed / SITE, 0, 0
    with pikepdf.open(site / NAME) as opened:
        places = set(opened.Root.Dests.keys())
        links = [note for page in opened.pages for note in page.get("/Annots", [])]
        for link in links:
            if "/Dest" in link:
                assert str(link.Dest) in places
                inside += 1
                continue
            address = str(link.A.URI)
            assert re.match("https?://", address), address
            if address.startswith(book.work.address):
                path = unquote(urlsplit(address.removeprefix(book.work.address)).path)
                assert (site / (path or "index.html")).is_file(), address
            outside += 1
    assert inside > 500
    assert outside > 200
    identifiers = set(re.findall(r' id="([^"]+)"', book.html))
    targets = set(re.findall(r' (?:xlink:)?href="#([^"]+)"', book.html))
    assert targets <= identifiers, targets - identifiers
    assert len(identifiers) == len(re.findall(r' id="[^"]+"', book.html)), "an identifier twice"


def test_it_tells_programs_what_it_is(printed, book):
    with pikepdf.open(printed / SITE / NAME) as opened:
        told = {name: str(value) for name, value in opened.docinfo.items()}
        assert told["/Title"] == book.work.title
        assert told["/Author"] == "; ".join(book.work.names)
        assert book.work.version in told["/Subject"]
        assert told["/CreationDate"] == f"D:{book.edition.day.replace('-', '')}000000Z"
        assert not any("Chrome" in value or "Skia" in value for value in told.values())
        assert opened.Root.Lang == "en"
        assert opened.Root.MarkInfo.Marked
        fonts = {str(one.BaseFont) for one in opened.objects if _is_font(one)}
    assert fonts and all(re.search(r"\+(STIXGeneral|DejaVuSans)", font) for font in fonts), fonts


def _is_font(one):
    return (
        isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font" and "/BaseFont" in one
    )


def test_printed_again_it_has_the_same_bytes(printed, book):
    again = print_book(book)
    assert finished(again, book) == (printed / SITE / NAME).read_bytes()
    with pikepdf.open(io.BytesIO(again)) as opened:
        assert max(page_numbers(again).values()) == len(opened.pages)


def test_a_title_cannot_end_the_style_sheet():
    assert str(css_text('a"</style>\\')) == '"a\\22 \\3c /style\\3e \\5c "'


# --- in place, whole or not at all ---------------------------------------------------------------


def test_it_is_made_once_and_goes_when_the_book_changes(printed, tmp_path, monkeypatch):
    folder = tmp_path / "project"
    shutil.copytree(printed, folder)
    before = contents(folder)
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    done = command(folder, "pdf")
    assert done.returncode == 0 and "Nothing has changed since the PDF was made." in done.stdout
    assert command(folder, "build").returncode == 0
    assert contents(folder) == before
    style = folder / "_static/livingreview.css"
    style.write_text(style.read_text(encoding="utf-8") + "/* changed */\n", encoding="utf-8")
    done = command(folder, "pdf")
    assert done.returncode == 1 and "There is no Chromium" in done.stderr
    after = contents(folder)
    assert NAME in before and NAME not in after, "a stale PDF stayed"
    assert f'"{NAME}"' not in (folder / SITE / "manifest.json").read_text(encoding="utf-8")
    monkeypatch.setenv("CHROMIUM", "/bin/false")  # a browser that dies
    done = command(folder, "pdf")
    assert done.returncode == 1 and "the PDF could not be made" in done.stderr
    assert contents(folder) == after
    assert command(folder, "guard").returncode == 1
