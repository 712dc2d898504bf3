"""Figures: which elements are there, what the words say, and what the page gets."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import pytest

from livingreview.doses import concentrations, human_equivalents
from livingreview.effects import RATIO, STANDARDISED
from livingreview.evidence import ORDER, evidence_map
from livingreview.figures.before_after import arm_means, before_after
from livingreview.figures.dose_response import dose_response
from livingreview.figures.drawing import COLOURS, Drawing
from livingreview.figures.effect_direction import effect_direction
from livingreview.figures.evidence_map import map_of_evidence
from livingreview.figures.forest_plot import forest_plot
from livingreview.figures.how_low import (
    animal_doses_against_band,
    concentrations_against_plasma,
)
from livingreview.figures.implantation import (
    implantation_window,
    receptive_window,
    receptivity_signs,
)
from livingreview.figures.mechanism_figures import (
    healthy_cells,
    immune_cells,
    low_and_standard,
    opioid_signalling,
    receptor_blockade,
    tlr4_pathway,
    treated_cells,
)
from livingreview.figures.plasma_day import plasma_day
from livingreview.figures.traffic_light import LIGHTS, traffic_light
from livingreview.pharmacokinetics import plasma_ceiling, read_parameters

SIMPLE = [
    map_of_evidence,
    concentrations_against_plasma,
    animal_doses_against_band,
    dose_response,
    plasma_day,
    receptive_window,
    receptivity_signs,
    implantation_window,
    opioid_signalling,
    receptor_blockade,
    immune_cells,
    tlr4_pathway,
    treated_cells,
    healthy_cells,
    low_and_standard,
]
FAMILIES = ["endometrium and ovary", "immune response", "hormones"]
CASES = [(function, ()) for function in SIMPLE]
CASES += [(forest_plot, ("implantation_failure", measure)) for measure in (RATIO, STANDARDISED)]
TOOLS = ["RoB 2", "ROBINS-I", "JBI case report checklist", "SYRCLE", "Cell study checklist"]
CASES += [(traffic_light, (tool,)) for tool in TOOLS]
CASES += [(effect_direction, ("Cancer",))]
CASES += [(before_after, (family, family.split(" ")[0])) for family in FAMILIES]
NAMES = [f"{function.__name__} {' '.join(rest)}".strip() for function, rest in CASES]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize(("function", "rest"), CASES, ids=NAMES)
def test_every_figure_says_what_it_shows_and_keeps_its_numbers(review, function, rest):
    drawing = function(review, *rest)
    assert isinstance(drawing, Drawing)
    assert len(drawing.alt) > 40
    assert re.search(r"\d", drawing.alt)
    assert "nan" not in drawing.alt.lower().split()
    assert len(drawing.table) > 0


@pytest.mark.parametrize(("function", "rest"), CASES, ids=NAMES)
def test_a_figure_is_the_same_bytes_for_the_same_data(review, function, rest):
    assert function(review, *rest).inline_svg() == function(review, *rest).inline_svg()


@pytest.mark.parametrize(("function", "rest"), CASES, ids=NAMES)
def test_what_the_page_gets(review, function, rest):
    drawing = function(review, *rest)
    html = drawing._repr_html_()
    svg = html[html.index("<svg") : html.rindex("</svg>") + 6]
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == drawing.alt
    assert "<text" in svg, "text must stay text"
    identifiers = re.findall(r' id="([^"]+)"', svg)
    assert len(identifiers) == len(set(identifiers))
    assert all(name.startswith(f"{drawing.name}-") for name in identifiers)
    for target in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg):
        assert "".join(target) in identifiers
    for colour in COLOURS.values():
        assert colour.lower() not in svg.lower(), "a colour of the palette must follow the theme"
    assert "2026" not in re.sub(r"<text.*?</text>", "", svg, flags=re.DOTALL), "no date of making"


@pytest.mark.parametrize(("function", "rest"), CASES, ids=NAMES)
def test_no_text_leaves_the_picture(review, function, rest):
    drawing = function(review, *rest)
    figure = drawing.figure
    figure.canvas.draw()
    width, height = figure.bbox.width, figure.bbox.height
    for text in figure.findobj(plt.Text):
        if text.get_visible() and text.get_text().strip() and text.axes is not None:
            box = text.get_window_extent()
            on_axis = text in text.axes.texts
            if on_axis:
                assert box.x0 >= -2, text.get_text()
                assert box.x1 <= width + 2, text.get_text()
                assert box.y0 >= -2, text.get_text()
                assert box.y1 <= height + 2, text.get_text()


class Names(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names = set()

    def handle_starttag(self, tag, attrs):
        self.names.update(name for name, _ in attrs)


def test_the_alternative_text_cannot_break_out_of_its_place(review):
    drawing = map_of_evidence(review)
    hostile = Drawing("x", drawing.figure, '"><script>alert(1)</script> & onload="', drawing.table)
    parser = Names()
    parser.feed(hostile.inline_svg())
    assert "onload" not in parser.names
    assert "<script>" not in hostile.inline_svg()


def test_the_evidence_map_has_a_disc_for_each_filled_cell(review):
    drawing = map_of_evidence(review)
    axes = drawing.figure.axes[0]
    filled = evidence_map(review).groupby(["condition_id", "rung"]).size()
    assert len(axes.collections) == len(filled)
    assert sorted(text.get_text() for text in axes.texts) == sorted(map(str, filled))
    assert [label.get_text().replace("\n", " ") for label in axes.get_xticklabels()] == list(ORDER)
    sizes = {
        int(t.get_text()): c.get_sizes()[0]
        for t, c in zip(axes.texts, axes.collections, strict=True)
    }
    assert [sizes[k] for k in sorted(sizes)] == sorted(sizes.values())


def dots(axes):
    return [
        line.get_xdata()[0]
        for line in axes.lines
        if line.get_marker() in ("o", "D") and len(line.get_xdata()) == 1
    ]


def test_each_concentration_and_each_animal_dose_is_a_dot(review):
    for function, frame in (
        (concentrations_against_plasma, concentrations(review)),
        (animal_doses_against_band, human_equivalents(review)),
    ):
        frame = frame.dropna(subset=["low"])
        expected = sorted(x for row in frame.itertuples() for x in {row.low, row.high})
        axes = function(review).figure.axes[0]
        assert sorted(dots(axes)) == pytest.approx(expected)
        low, high = axes.get_xlim()
        assert low < min(expected)
        assert high > max(expected)


def test_the_ceiling_stands_where_the_model_puts_it(review):
    axes = concentrations_against_plasma(review).figure.axes[0]
    upright = {
        float(x) for line in axes.lines for x in line.get_xdata() if len(set(line.get_xdata())) == 1
    }
    assert plasma_ceiling(4.5, read_parameters(review)) in upright


def test_the_dose_response_shows_all_points_and_both_values(review):
    axes = dose_response(review).figure.axes[0]
    texts = " ".join(text.get_text() for text in axes.texts)
    assert "fitted 1.39" in texts
    assert "reported 1.26" in texts
    points = next(c for c in axes.containers)
    assert len(points.lines[0].get_xdata()) == 5


def test_the_day_in_plasma_starts_highest_and_halves(review):
    table = plasma_day(review).table
    at = table.set_index("hours")
    for column in at.columns:
        assert at[column].is_monotonic_decreasing
        assert at.loc[4.0, column] == pytest.approx(at.loc[0.0, column] / 2)


def test_the_window_is_that_of_the_tables(review):
    table = receptive_window(review).table.set_index("window")
    assert table.loc["receptive days"].tolist() == [19, 21]
    assert table.loc["thickness needed (mm)"].tolist() == [7, 10]
    assert table.loc["often prevents (mm)", "high"] == 6


def test_the_signs_are_listed_with_what_was_measured(review):
    table = receptivity_signs(review).table
    assert len(table) == (review.reference_values["meaning"] == "sign of receptivity").sum()
    assert not table.set_index("topic").loc["synchrony", "topic was measured"]


def test_the_groups_stand_on_the_scale_of_thickness(review):
    drawing = implantation_window(review)
    assert drawing.table["mean (mm)"].tolist() == [7.2, 9.8, 7.4, 7.6]
    axes = drawing.figure.axes[0]
    assert sorted(dots(axes)) == [7.2, 7.4, 7.6, 9.8]


@pytest.mark.parametrize("family", FAMILIES)
def test_before_and_after_draws_each_mean_with_its_interval(review, family):
    means = arm_means(review, family)
    drawing = before_after(review, family, "x")
    panels = [axes for axes in drawing.figure.axes if axes.lines]
    assert len(panels) == means["outcome"].nunique()
    drawn = sorted(
        round(float(y), 6)
        for axes in panels
        for bar in axes.containers
        for y in bar.lines[0].get_ydata()
    )
    assert drawn == pytest.approx(sorted(means["mean"]))
    assert ((means["low"] < means["mean"]) & (means["mean"] < means["high"])).all()


def test_a_family_without_means_is_refused(review):
    with pytest.raises(LookupError, match="no means before and after"):
        before_after(review, "survival", "x")


def test_signalling_figures_show_their_statements(review):
    assert set(healthy_cells(review).table["Cell"]) == {"healthy cell"}
    edges = review.mechanisms
    for function, number in ((opioid_signalling, "1"), (receptor_blockade, "2")):
        behind = edges["figures"].str.split(" ").map(lambda numbers, n=number: n in numbers)
        assert len(function(review).table) == behind.sum()
    both = len(immune_cells(review).table) + len(tlr4_pathway(review).table)
    behind = edges["figures"].str.split(" ").map(lambda numbers: "3" in numbers).sum()
    assert both >= behind
    titles = {text.get_text() for text in treated_cells(review).figure.findobj(plt.Text)}
    assert {"Low dose", "Standard dose"} <= titles
    titles = {text.get_text() for text in low_and_standard(review).figure.findobj(plt.Text)}
    assert {"Low dose", "Standard dose"} <= titles


def test_a_group_without_effects_is_refused(review):
    with pytest.raises(LookupError, match="no risk ratio"):
        forest_plot(review, "healthy_brain", RATIO)


def test_the_effect_direction_plot_has_a_mark_for_each_study_and_family(review):
    drawing = effect_direction(review, "Cancer")
    axes = drawing.figure.axes[0]
    marks = [line for line in axes.lines if line.get_marker() in "^vD" and len(line.get_xdata())]
    assert len(marks) == len(drawing.table)
    assert len(axes.get_yticklabels()) == drawing.table["study_id"].nunique()
    with pytest.raises(LookupError, match="no study in cells"):
        effect_direction(review, "Reproduction")


@pytest.mark.parametrize("tool", TOOLS)
def test_a_traffic_light_has_a_disc_and_a_sign_for_each_judgement(review, tool):
    drawing = traffic_light(review, tool)
    axes = drawing.figure.axes[0]
    rows = review.risk_of_bias[review.risk_of_bias["tool"] == tool]
    assert len(axes.collections) == len(rows)
    assert sorted(t.get_text() for t in axes.texts) == sorted(
        LIGHTS[j][0] for j in rows["judgement"]
    )


def test_every_judgement_has_a_light_and_no_study_two_overall(review):
    words = review.package.tables["risk_of_bias"].by_name["judgement"].enum
    assert set(LIGHTS) == set(words)
    overall = review.risk_of_bias[review.risk_of_bias["domain"] == "overall"]
    assert overall["study_id"].is_unique
    with pytest.raises(LookupError, match="no study was judged"):
        traffic_light(review, "tossing a coin")
