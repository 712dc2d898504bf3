"""A picture of a page looks as matplotlib drew it, and is half of it."""

from __future__ import annotations

import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.image import imread
from test_figures import CASES

from livingreview.book.pictures import as_png
from livingreview.figures.drawing import standalone
from livingreview.figures.lean_svg import lean

GROUP = '<g clip-path="url(#a)">'


@pytest.mark.parametrize(
    ("svg", "expected"),
    [
        ("<svg>\n <!-- a <b> -->\n <g>\n  <g/>\n  <a/>\n </g>\n</svg>\n", "<svg><a/></svg>"),
        # neighbours alike become one, whatever is in them and around them
        (f"{GROUP}<a/></g><g>{GROUP}<b/></g></g>", f"{GROUP}<a/><b/></g>"),
        (f"{GROUP}<a/></g><b/>{GROUP}<c/></g>", f"{GROUP}<a/></g><b/>{GROUP}<c/></g>"),
        (f'{GROUP}<g x="1"><a/></g></g><g x="1"/>', f'{GROUP}<g x="1"><a/></g></g><g x="1"/>'),
        (f"<g x='1'>{GROUP}<a/></g></g>{GROUP}</g>", f"<g x='1'>{GROUP}<a/></g></g>{GROUP}</g>"),
        # words keep their spaces, and numbers in them
        ("<text>a  <tspan>b</tspan> <tspan>1.23456</tspan>\n</text>\n", None),
        ("<text x='1'>9.87654</text>", None),
        # a ground that nobody sees goes, a line and a shape to cut with do not
        ('<path d="M 0 0" style="fill: none"/>', ""),
        ('<path d="M 0 0" style="fill: none; stroke: red"/>', None),
        ('<a href="p"><path d="M 0 0" style="fill: none"/></a>', None),
        ('<a href="p"/><path d="M 0 0" style="fill: none"/>', '<a href="p"/>'),
        ('<clipPath><path d="M 0 0"/></clipPath>', None),
        ('<path d="M 1.23456 -0.001 \nL 10 20.5 \n"/>', '<path d="M 1.23 -0 L 10 20.5"/>'),
        ('<text x="1.999999" transform="rotate(-90 1.0049 2)">', '<text x="2" '
         'transform="rotate(-90 1 2)">'),
        ('<use transform="scale(0.015625)"/>', None),
        ('<a href="p?x=1.23456" aria-label="1.23456" data-x="1.23456"/>', None),
    ],
)  # fmt: skip
def test_what_nobody_sees_goes_and_the_rest_stays(svg, expected):
    text = lean(svg)
    assert text.strip() == (svg if expected is None else expected).strip()


def test_every_figure_looks_the_same_and_has_half_of_the_parts(review, monkeypatch):
    before = after = 0
    for function, rest in CASES:
        drawing = function(review, *rest)
        plt.close(drawing.figure)
        new = drawing.inline_svg()
        with monkeypatch.context() as patched:
            patched.setattr("livingreview.figures.drawing.lean", str)
            old = drawing.inline_svg()
        # an edge may move by a hundredth of a point, and a letter to the next dot
        assert shifted(dots(old), dots(new)) < 0.3, drawing.name
        assert words(old) == words(new), drawing.name
        before, after = before + parts(old), after + parts(new)
    assert after < 0.6 * before


def dots(svg):
    return imread(io.BytesIO(as_png(standalone(svg, ""))))[..., :3]


def shifted(old, new):
    """The most by which two pictures differ in a square of four dots by four."""
    height, width = (side // 4 * 4 for side in old.shape[:2])
    squares = (old - new)[:height, :width].reshape(height // 4, 4, width // 4, 4, 3)
    return np.abs(squares.mean(axis=(1, 3))).max()


def parts(svg):
    return len(re.findall(r"<\w", svg))


def words(svg):
    return re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL)
