"""The files of each figure: its picture and the numbers behind it, kept true by the build."""

from __future__ import annotations

import csv
import io
import struct
import time
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from built_site import SITE, Page
from sphinx.errors import ExtensionError
from test_figures import CASES

from livingreview.book import build as building
from livingreview.book.figures import all_files, remove_others, write_files
from livingreview.book.pictures import Painter, as_png
from livingreview.figures.evidence_map import map_of_evidence
from livingreview.figures.figure_files import FigureFiles, as_csv, packed, unpacked

HOSTILE = '</script><script>alert("1")</script> & ]]> \' "'


@pytest.fixture(scope="module")
def site(built):
    return built / SITE


def test_every_figure_of_the_book_has_its_files_under_it(built, site):
    drawn = set()
    for name in building.pages(built):
        page, text = Page(site / name), (site / name).read_text(encoding="utf-8")
        assert "lr-figure-files" not in text or "application/json" not in text, name
        figures = text.count('<svg class="lr-figure"')
        links = [one for one in page.links if "figures/" in one and "://" not in one]
        assert len(links) == 3 * figures, name
        for link in links:
            path = (site / name).parent.joinpath(link).resolve()
            assert path.is_file(), (name, link)
            drawn.add(path.name)
    assert len(drawn) >= 60
    assert drawn == {path.name for path in (site / "figures").iterdir()}


def test_the_files_of_a_figure_are_the_figure(site, review):
    drawing = map_of_evidence(review)
    drawing._repr_html_()
    folder = site / "figures"
    table = pd.read_csv(folder / "evidence-map.csv")
    pd.testing.assert_frame_equal(table, drawing.table, check_dtype=False)
    svg = (folder / "evidence-map.svg").read_text(encoding="utf-8")
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(--" not in svg and drawing.alt in svg
    assert (folder / "evidence-map.png").read_bytes() == as_png(svg)


def test_the_numbers_to_keep_are_those_behind_the_figures(site, review):
    kept = {path.stem: path.read_text(encoding="utf-8") for path in site.glob("figures/*.csv")}
    compared = set()
    for function, rest in CASES:
        drawing = function(review, *rest)
        plt.close(drawing.figure)
        # some are drawn for the tests alone
        if drawing.name in kept:
            compared.add(drawing.name)
            assert kept[drawing.name] == as_csv(drawing.table), drawing.name
            rows = list(csv.reader(io.StringIO(kept[drawing.name])))
            assert len(rows) == 1 + len(drawing.table), drawing.name
    assert len(compared) >= 20


def test_every_picture_to_keep_is_whole(site):
    for path in (site / "figures").glob("*.svg"):
        root = ET.parse(path).getroot()
        assert root.find("{http://www.w3.org/2000/svg}title").text, path
        assert "var(--" not in path.read_text(encoding="utf-8"), path
    for path in (site / "figures").glob("*.png"):
        width, height = struct.unpack(">II", path.read_bytes()[16:24])
        # where no effect has an interval, the figure is one line that says so
        words = "no effect with an interval can be had"
        told = words in path.with_suffix(".svg").read_text(encoding="utf-8")
        assert width >= 600 and height >= (40 if told else 200), path


def test_numbers_keep_every_digit_and_no_text_is_a_formula():
    table = pd.DataFrame(
        {
            "=head": ["=1+1", "+1", "-x", "@SUM(A1)", "\tx", "plain, with a comma"],
            "number": [-0.7145, 1 / 3, float("nan"), 1e-12, 0, 5],
            "day": pd.to_datetime(["2026-11-21", None, None, None, None, None]),
        }
    )
    rows = list(csv.DictReader(io.StringIO(as_csv(table))))
    assert [row["'=head"] for row in rows] == [
        *("'=1+1", "'+1", "'-x", "'@SUM(A1)", "'\tx", "plain, with a comma")
    ]
    assert float(rows[0]["number"]) == -0.7145
    assert float(rows[1]["number"]) == 1 / 3
    assert rows[2]["number"] == ""
    assert rows[0]["day"] == "2026-11-21"


def test_files_are_taken_out_of_an_output_whole():
    figure = FigureFiles("x", HOSTILE, {"svg": b"\x00\xff", "csv": HOSTILE.encode()})
    html = "<div>before</div>" + packed(figure)
    assert html.count("<") == 4
    assert unpacked(html) == ("<div>before</div>", figure)
    assert unpacked("<div>before</div>") is None


def test_two_figures_that_differ_cannot_share_a_name():
    one, other = FigureFiles("x", "", {"csv": b"1"}), FigureFiles("x", "", {"csv": b"2"})
    assert dict(all_files({"a": {"x": one}, "b": {"x": one}})) == {"x.csv": b"1"}
    with pytest.raises(ExtensionError, match="'x', in a and b"):
        dict(all_files({"a": {"x": one}, "b": {"x": other}}))


def test_files_of_a_figure_that_is_gone_go_and_the_others_stay(tmp_path):
    def build(keep=True, **figures):
        files = {f"{name}.svg": content.encode() for name, content in figures.items()}
        drawn = write_files(tmp_path / "figures", files, keep)
        for name in drawn:
            (tmp_path / f"figures/{name}.png").write_text(figures[name])
        remove_others(tmp_path / "figures", files)
        return drawn, {path.name for path in (tmp_path / "figures").iterdir()}

    both = {"one.svg", "two.svg", "one.png", "two.png"}
    assert build(one="1", two="2") == (["one", "two"], both)
    assert build(one="1", two="2") == ([], both), "what is the same is not drawn again"
    assert build(one="1", two="changed") == (["two"], both)
    assert build(one="1") == ([], {"one.svg", "one.png"})
    (tmp_path / "figures/one.png").unlink()
    assert build(one="1")[0] == ["one"], "a picture that is missing is drawn"
    assert build(keep=False, one="1")[0] == ["one"], "another program draws all again"
    assert write_files(tmp_path / "figures", {"one.svg": b"new"}, True) == ["one"]
    assert not (tmp_path / "figures/one.png").exists(), "a cut-off build would keep the old one"
    assert build(one="1")[0] == ["one"]
    (tmp_path / "figures/.one.png.next").touch()
    (tmp_path / "figures/.two.png.next").touch()
    assert build(one="1")[1] == {"one.svg", "one.png", ".one.png.next"}, "it is just being drawn"


def test_pictures_are_drawn_from_their_svg_in_processes_of_their_own(tmp_path):
    square = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="72" height="36"><path d="M0 0h9v9z"/></svg>'
    )
    for name in ("one", "two"):
        (tmp_path / f"{name}.svg").write_text(square)
    painter = Painter(tmp_path)
    painter.draw(["one"])
    wait_for(tmp_path / "one.png")
    drawn_first = (tmp_path / "one.png").stat().st_mtime_ns
    painter.draw(["one", "two"])
    assert painter.finish()
    painter.stop()
    assert (tmp_path / "one.png").stat().st_mtime_ns == drawn_first, "it is drawn once"
    assert {path.name for path in tmp_path.iterdir()} == {
        *("one.svg", "two.svg", "one.png", "two.png")
    }
    picture = (tmp_path / "two.png").read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (150, 75)
    assert picture == as_png(square)


def test_a_picture_too_long_for_browsers_is_drawn_smaller():
    def size(width, height):
        picture = as_png(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"/>'
        )
        return struct.unpack(">II", picture[16:24])

    assert size(144, 7200) == (300, 15_000)
    assert size(144, 72_000) == (33, 1 << 14)


def wait_for(path):
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} was not drawn"
        time.sleep(0.01)


def test_who_draws_ends_when_all_is_drawn_and_no_more_will_come(tmp_path):
    names = ["one", "two", "three"]
    for name in names:
        (tmp_path / f"{name}.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    painter = Painter(tmp_path)
    painter.draw(names)
    painter.no_more()
    assert [process.wait(timeout=60) for process in painter._processes] == [0, 0]
    assert all((tmp_path / f"{name}.png").is_file() for name in names)
    assert painter.finish()
    painter.stop()


def test_nobody_is_started_where_nothing_is_to_draw(tmp_path):
    painter = Painter(tmp_path)
    painter.draw([])
    assert not painter._processes
    assert painter.finish()
    painter.stop()


def test_a_picture_that_cannot_be_drawn_is_told_and_nothing_is_left_half_drawn(tmp_path, capfd):
    (tmp_path / "broken.svg").write_text("<svg")
    (tmp_path / "whole.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    for order in (["broken", "whole"], ["whole", "broken"]):  # whichever process it falls to
        painter = Painter(tmp_path)
        painter.draw(order)
        assert not painter.finish()
        painter.stop()
        assert "ValueError" in capfd.readouterr().err
        assert {path.name for path in tmp_path.iterdir()} >= {"broken.svg", "whole.svg"}
        assert not (tmp_path / "broken.png").exists()
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_no_process_goes_on_drawing_when_its_build_is_gone(tmp_path):
    big = '<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="3000"/>'
    names = [f"p{number}" for number in range(200)]
    for name in names:
        (tmp_path / f"{name}.svg").write_text(big)
    painter = Painter(tmp_path)
    painter.draw(names)
    painter.stop()
    assert not painter.finish()
    assert len(list(tmp_path.glob("*.png"))) < len(names)
