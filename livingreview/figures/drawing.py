"""A finished figure: its picture, the words that say what it shows, and the numbers behind it."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from livingreview.data import keys_of
from livingreview.figures.figure_files import FigureFiles, as_csv, packed
from livingreview.figures.lean_svg import lean

STYLE = Path(__file__).with_name("livingreview.mplstyle")

# One colour means one thing in the whole book. Names are those of the page's style sheet, where
# each colour has a value for the light and for the dark theme.
COLOURS = {
    "ink": "#1F2937",
    "muted": "#6B7280",
    "line": "#D1D5DB",
    "ldn": "#0072B2",
    "standard": "#D55E00",
    "comparator": "#6E7480",
    "band": "#CFE5F3",
    "good": "#009E73",
    "doubt": "#E69F00",
    "other": "#CC79A7",
    "paper": "#FEFEFE",
    # on a disc of the colour of doubt, which is light in both themes
    "sign": "#1F2936",
}
INK, MUTED, LINE = COLOURS["ink"], COLOURS["muted"], COLOURS["line"]
LDN, STANDARD, COMPARATOR = COLOURS["ldn"], COLOURS["standard"], COLOURS["comparator"]
BAND, GOOD, DOUBT, OTHER = COLOURS["band"], COLOURS["good"], COLOURS["doubt"], COLOURS["other"]
PAPER, SIGN = COLOURS["paper"], COLOURS["sign"]

# A link as matplotlib writes it: to open in another window, and without a name.
LINK = re.compile(r'<a xlink:href="(?P<address>[^"]*)"[^>]*>')

# Verdana was drawn with nearly the widths of DejaVu Sans, with which the figure was measured.
FONTS = "'DejaVu Sans', Verdana, Geneva, sans-serif"
POINTS_PER_INCH = 72  # what an SVG is measured in


@dataclass(frozen=True, repr=False)
class Drawing:
    """A figure of the book.

    Attributes
    ----------
    name : str
        Short name; also the prefix of identifiers inside the picture.
    figure : matplotlib.figure.Figure
        The picture.
    alt : str
        What is seen: direction, size, number of studies. Made from the data.
    table : pandas.DataFrame
        The numbers behind the picture. Where these are of studies, its column ``study_id`` names
        them, several in one cell separated by a space.
    links : dict of str
        Names of the picture's links for a screen reader, by the address that a part of it was
        given with matplotlib's ``set_url``.
    """

    name: str
    figure: Figure
    alt: str
    table: pd.DataFrame
    links: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return what is seen, for readers of text alone."""
        return self.alt

    @property
    def studies(self) -> tuple[str, ...]:
        """Keys of the studies that the picture shows, each once."""
        cells = self.table.get("study_id", ())
        return tuple(dict.fromkeys(key for cell in cells for key in keys_of(cell)))

    def svg(self) -> str:
        """Return the picture as a standalone SVG, the same bytes for the same data."""
        return self._svg

    @cached_property
    def _svg(self) -> str:
        # drawn once: parts that matplotlib places while drawing would move a second time
        buffer = io.StringIO()
        with plt.style.context(STYLE):
            _lay_out(self.figure)
            self.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return buffer.getvalue()

    def inline_svg(self) -> str:
        """Return the picture for a page: named for a screen reader, in the page's colours."""
        text = self.svg()
        text = text[text.index("<svg") :]
        text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.S)
        text = lean(_own_identifiers(text, self.name))
        text = LINK.sub(self._named_link, text)
        for name, value in COLOURS.items():
            text = re.sub(re.escape(value), f"var(--lr-{name})", text, flags=re.I)
        text = re.sub(r"(font: [^;\"]*?)'?DejaVu Sans'?[^;\"]*", rf"\1{FONTS}", text)
        width, height = (round(POINTS_PER_INCH * side) for side in self.figure.get_size_inches())
        # what stands inside an image is hidden from a screen reader, and links shall not be
        role = "group" if self.links else "img"
        words = quoteattr(self.alt)
        head = (
            f'<svg class="lr-figure" role="{role}" aria-label={words} '
            f'viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" '
            f'xmlns:xlink="http://www.w3.org/1999/xlink">'
        )
        return head + text[text.index(">") + 1 :]

    def _named_link(self, match: re.Match[str]) -> str:
        address = unescape(match["address"])
        return f"<a href={quoteattr(address)} aria-label={quoteattr(self.links[address])}>"

    def _repr_html_(self) -> str:
        """Return the picture in a frame that scrolls where the screen is too narrow for it.

        What a reader may download of it goes with it; the build takes that out of the page.
        """
        plt.close(self.figure)
        inline = self.inline_svg()
        wide, high = self.figure.get_size_inches()
        files = {
            "svg": standalone(inline, self.alt).encode(),
            "csv": as_csv(self.table).encode(),
        }
        return (
            f'<div class="lr-figure-frame" style="--lr-ratio: {high / wide:.2f}" '
            f'tabindex="0" role="group" '
            f'aria-label="Figure; scrolls sideways on a narrow screen">{inline}</div>'
            f"{packed(FigureFiles(self.name, self.alt, files, self.studies))}"
        )


def _lay_out(figure: Figure) -> None:
    """Place the axes of a figure, once and for all.

    Left to itself, matplotlib draws a figure with a layout twice: the first time for the layout
    alone. The text is measured as the SVG will have it, so that the picture is the same.
    """
    engine = figure.get_layout_engine()
    if engine is None:
        return
    canvas, dpi = figure.canvas, figure.dpi
    FigureCanvasSVG(figure)
    figure.dpi = POINTS_PER_INCH
    engine.execute(figure)
    figure.set_canvas(canvas)
    figure.dpi = dpi
    with mpl.rc_context({"figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)


def without_links(svg: str) -> str:
    """Return a picture whose parts lead nowhere, for a place that is not the book."""
    return re.sub(r"<a [^>]*>|</a>", "", svg)


def standalone(inline: str, alt: str) -> str:
    """Return the picture of a page as a file of its own: its words, light colours, on white.

    Links lead from the page that the picture stands on, and are left out.
    """
    text = re.sub(r"var\(--lr-(\w+)\)", lambda match: COLOURS[match[1]], without_links(inline))
    head, rest = text.split(">", 1)
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    title = f"<title>{escape(alt)}</title>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}>{title}{paper}{rest}'


def _own_identifiers(text: str, prefix: str) -> str:
    """Keep only identifiers that are referred to, each with a prefix of this figure's own.

    Two figures of one page would else share names such as ``axes_1``.
    """
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))

    def rename(match: re.Match[str]) -> str:
        return f' id="{prefix}-{match[1]}"' if match[1] in used else ""

    text = re.sub(r' id="([^"]+)"', rename, text)
    return re.sub(r'(href="#|url\(#)([^")]+)', rf"\g<1>{prefix}-\2", text)


@contextmanager
def canvas(width: float, height: float, **subplots):
    """Yield a figure and its axes in the book's style.

    Parameters
    ----------
    width, height : float
        Size in inches; 7.2 inches is the width of the text on a desk.
    **subplots
        Passed on to ``matplotlib.pyplot.subplots``.
    """
    with mpl.rc_context(), plt.style.context(STYLE):
        yield plt.subplots(figsize=(width, height), **subplots)
