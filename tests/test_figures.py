"""Figures: which elements are there, what the words say, and what the page gets."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import parse_qs

import matplotlib.pyplot as plt
import pytest
from conftest import with_rows
from matplotlib.colors import to_hex

from livingreview.doses import concentrations, human_equivalents
from livingreview.effects import RATIO, STANDARDISED
from livingreview.evidence import ORDER, evidence_map
from livingreview.figures.before_after import arm_means, before_after
from livingreview.figures.dose_response import dose_response
from livingreview.figures.drawing import COLOURS, PAPER, Drawing
from livingreview.figures.effect_direction import effect_direction
from livingreview.figures.evidence_map import map_of_evidence
from livingreview.figures.forest_plot import forest_plot
from livingreview.figures.harvest import LINE_HEIGHT, TALLEST, WIDTH, harvest
from livingreview.figures.how_low import (
    animal_doses_against_band,
    concentrations_against_plasma,
)
from livingreview.figures.implantation import (
    implantation_window,
    receptive_window,
    receptivity_signs,
)
from livingreview.figures.kinds_of_evidence import kinds_of_evidence
from livingreview.figures.ladder import dish_to_trial
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
from livingreview.register import register
from livingreview.synthesis import AGAINST, FOR, HIGH, LOWER, MIXED, PEOPLE, UNSURE

SIMPLE = [
    kinds_of_evidence,
    map_of_evidence,
    dish_to_trial,
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
CASES += [(forest_plot, ("implantation_failure", measure)) for measure in (RATIO, STANDARDISED, "")]
CASES += [(forest_plot, ("healthy_brain",))]
TOOLS = ["RoB 2", "ROBINS-I", "JBI case report checklist", "SYRCLE", "Cell study checklist"]
CASES += [(traffic_light, (tool,)) for tool in TOOLS]
CASES += [(effect_direction, ("Cancer",)), (harvest, ("Cancer",))]
CASES += [(harvest, ("Cancer", PEOPLE)), (harvest, ("Healthy tissue",))]
CASES += [(before_after, (family, family.split(" ")[0])) for family in FAMILIES]
NAMES = [f"{function.__name__} {' '.join(map(str, rest))}".strip() for function, rest in CASES]


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
    assert root.get("role") == ("group" if drawing.links else "img")
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
    words = '"><script>alert(1)</script> & onload="'
    hostile = replace(drawing, alt=words, links=dict.fromkeys(drawing.links, words))
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


@pytest.mark.parametrize("page", ["register.html", "chapters/register.html"])
def test_each_disc_of_the_evidence_map_is_a_named_link_to_its_studies(review, page):
    root = ET.fromstring(map_of_evidence(review, page).inline_svg())
    links = [a for a in root.iter() if a.tag.endswith("}a")]
    cells = evidence_map(review).groupby(["condition", "condition_id", "rung"])["study_id"]
    expected = {(key, rung): (label, set(found)) for (label, key, rung), found in cells}
    assert len(links) == len(expected)
    studies = register(review)
    for link in links:
        assert set(link.keys()) == {"href", "aria-label"}, "it opens here, and has a name"
        place, _, query = link.get("href").partition("?")
        (condition,), (rung,) = parse_qs(query)["condition"], parse_qs(query)["rung"]
        label, found = expected.pop((condition, rung))
        assert place == page
        told = f"{len(found)} {'study' if len(found) == 1 else 'studies'}"
        assert link.get("aria-label") == f"{label}, {rung.lower()}: {told}"
        chosen = studies["values"].map(
            lambda values, c=condition, r=rung: c in values["condition"] and r in values["rung"]
        )
        assert set(studies.loc[chosen, "study_id"]) == found
    assert not expected


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


@pytest.mark.parametrize("measure", [RATIO, ""])
def test_a_forest_plot_without_effects_says_so_in_words(review, measure):
    drawing = forest_plot(review, "healthy_brain", measure)
    (words,) = drawing.figure.texts
    assert words.get_text().replace("\n", " ") == drawing.alt
    what = measure or "effect with an interval"
    assert drawing.alt.startswith(f"Healthy brain: no {what} can be had from studies in people (0")
    counted = forest_plot(review, "implantation_failure", "odds ratio").alt
    assert "no odds ratio can be had from studies in people (1 in the data)." in counted


def test_a_measure_or_a_condition_that_is_not_known_is_refused(review):
    with pytest.raises(LookupError, match="no measure of effects is called 'risk ration'"):
        forest_plot(review, "implantation_failure", "risk ration")
    with pytest.raises(LookupError, match="no condition"):
        forest_plot(review, "implantation_failures", RATIO)


def test_the_effect_direction_plot_has_a_mark_for_each_study_and_family(review):
    drawing = effect_direction(review, "Cancer")
    axes = drawing.figure.axes[0]
    marks = [line for line in axes.lines if line.get_marker() in "^vD" and len(line.get_xdata())]
    assert len(marks) == len(drawing.table)
    assert len(axes.get_yticklabels()) == drawing.table["study_id"].nunique()
    with pytest.raises(LookupError, match="no study in cells"):
        effect_direction(review, "Reproduction")


def test_the_effect_direction_plot_is_shaded_by_risk_of_bias(review):
    judged = [{"study_id": "zagon1983b_mice", "domain": "overall", "judgement": "low"}]
    kept = review.risk_of_bias["study_id"] != "zagon1983b_mice"
    less = review.replacing(risk_of_bias=review.risk_of_bias[kept])
    drawing = effect_direction(with_rows(less, risk_of_bias=judged), "Cancer")
    axes = drawing.figure.axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    seen = {}
    for line in axes.lines:
        if line.get_marker() in "^vD" and len(line.get_xdata()):
            half, face = line.get_fillstyle() == "left", line.get_markerfacecolor()
            shade = HIGH if face == PAPER else UNSURE if half else LOWER
            seen.setdefault(labels[int(line.get_ydata()[0])].split(" ", 1)[1], set()).add(shade)
    assert seen["Zagon and McLaughlin 1983b, animals"] == {LOWER}
    assert seen["Liu et al. 2020, cells"] == {HIGH}
    assert seen["Liu et al. 2016, cells"] == {UNSURE}
    assert all(len(shades) == 1 for shades in seen.values())
    words = [text.get_text() for text in drawing.figure.legends[0].get_texts()]
    assert {f"risk of bias: {risk}" for risk in (LOWER, UNSURE, HIGH)} < set(words)
    assert "risk of bias: 1 low; 16 some concerns or unclear; 5 high" in drawing.alt


def test_a_number_of_animals_stands_beside_the_study_that_tells_it(review):
    axes = effect_direction(review, "Cancer").figure.axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert [label for label in labels if "n = " in label] == [
        next(label for label in labels if "Machado" in label)
    ]
    assert any(label.endswith("animals, n = 60") for label in labels)


def harvested(drawing):
    """Bars by row and direction: the numbers under them, left to right; and each bar's patch."""
    axes = drawing.figure.axes[0]
    numbers = {
        (round(t.get_position()[0], 3), round(t.get_position()[1], 3)): int(t.get_text())
        for t in axes.texts
        if t.get_text().isdigit()
    }
    heads = {
        t.get_text().replace("\n", " "): t.get_position()[0]
        for t in axes.texts
        if t.get_text().replace("\n", " ") in (AGAINST, MIXED, FOR)
    }
    named = {
        t.get_position()[1]: t.get_text().replace("\n", " ")
        for t in axes.texts
        if t.get_position()[0] == 0 and t.get_text().replace("\n", " ") in set(drawing.table["row"])
    }
    cells, patches = {}, {}
    for patch in axes.patches:
        middle = round(patch.get_x() + patch.get_width() / 2, 3)
        number = numbers.get((middle, round(patch.get_y() + patch.get_height() + 0.11, 3)))
        if number is None:  # a sign of the legend
            continue
        way = max((x, way) for way, x in heads.items() if x <= patch.get_x())[1]
        foot = patch.get_y() + patch.get_height()
        row = max((y, name) for y, name in named.items() if y <= foot + 1e-6)[1]
        cells.setdefault((row, way), []).append(number)
        patches.setdefault(number, []).append(patch)
    return cells, patches


def test_the_harvest_as_counted_by_hand(review):
    drawing = harvest(review, "Cancer")
    cells, patches = harvested(drawing)
    # numbers: cells one to ten, animals from eleven, in the order of the data
    assert cells["Cells", FOR] == list(range(1, 10))
    assert cells["Cells", MIXED] == [10]
    assert cells["Animals", FOR] == list(range(11, 23))
    assert cells["signalling", MIXED] == [10, 13]
    assert cells["signalling", FOR] == [6]
    assert cells["tumour growth", FOR] == [11, 12, 13, 16, 18, 19, 21, 22]
    assert cells["tumour growth", MIXED] == [15]
    assert cells["survival", FOR] == [17, 20]
    assert not any(way == AGAINST for _, way in cells)
    assert sum(map(len, cells.values())) == len(drawing.table)
    heights = {n: {round(p.get_height(), 4) for p in found} for n, found in patches.items()}
    low, high = heights[1], heights[22]
    assert all(heights[n] == (low if n <= 10 else high) for n in heights)
    assert (low.pop(), high.pop()) == pytest.approx((TALLEST / 2, TALLEST), abs=1e-4)
    assert (
        "Cells: favours the antagonist 9, mixed or no difference 1, favours the comparator 0; "
        "Animals: favours the antagonist 12, mixed or no difference 0, favours the comparator 0"
    ) in drawing.alt


def test_the_harvest_names_its_studies_and_marks_the_other_drug(review):
    drawing = harvest(review, "Cancer")
    texts = [text.get_text() for text in drawing.figure.axes[0].texts]
    rows = [
        label.get_text()
        for label in effect_direction(review, "Cancer").figure.axes[0].get_yticklabels()
    ]
    # the numbers of the figure before it
    # the numbers and names are those of the figure before it
    assert {row.rsplit(", animals")[0].rsplit(", cells")[0] for row in rows} <= set(texts)
    assert "3 Mathew et al. 2011 (other drug)" in texts
    assert texts.count("M") == drawing.table["other"].sum() == 14


def test_the_harvest_is_shaded_by_risk_of_bias(review):
    drawing = harvest(review, "Cancer")
    _, patches = harvested(drawing)
    risk = dict(zip(drawing.table["number"], drawing.table["risk"], strict=True))
    for number, found in patches.items():
        for patch in found:
            assert bool(patch.get_hatch()) == (risk[number] == UNSURE)
            assert (to_hex(patch.get_facecolor()).upper() == PAPER) == (risk[number] != LOWER)
    assert {n for n in risk if risk[n] == HIGH} == {1, 4, 5, 6, 9}


def test_an_added_study_stands_in_its_place_in_the_harvest(review):
    new = {"study_id": "new", "reference": "peters2015", "species_id": "mouse"}
    grown = with_rows(
        review,
        studies=[new | {"conditions": "lung_cancer", "design": "in vivo"}],
        arms=[{"arm_id": "new.ldn", "study_id": "new", "role": "intervention"}],
        comparisons=[
            {"arm_id": "new.ldn", "outcome_id": "survival", "direction": "decrease"},
            {"arm_id": "new.ldn", "outcome_id": "tumour_volume", "direction": "no difference"},
        ],
        risk_of_bias=[{"study_id": "new", "domain": "overall", "judgement": "low"}],
    )
    drawing = harvest(grown, "Cancer")
    cells, patches = harvested(drawing)
    assert cells["survival", AGAINST] == [23]
    assert cells["survival", FOR] == [17, 20]
    assert cells["tumour growth", MIXED] == [15, 23]
    assert cells["Animals", MIXED] == [23]
    assert not any(patch.get_hatch() for patch in patches[23])
    assert drawing.alt.startswith("Harvest plot: 23 studies")


def test_a_harvest_of_many_studies_stays_on_the_page(review):
    number, copies = 60, {"studies": [], "arms": [], "comparisons": []}
    for i in range(number):
        copies["studies"].append(
            {
                "study_id": f"new{i}",
                "reference": "peters2015",
                "conditions": "lung_cancer",
                "design": "in vitro",
                "species_id": "human",
            }
        )
        copies["arms"].append({"arm_id": f"a{i}", "study_id": f"new{i}", "role": "intervention"})
        copies["comparisons"].append(
            {
                "arm_id": f"a{i}",
                "outcome_id": "apoptosis",
                "direction": ("increase", "decrease", "no difference", "increase")[i % 4],
            }
        )
    drawing = harvest(with_rows(review, **copies), "Cancer")
    cells, patches = harvested(drawing)
    assert sum(len(cells["apoptosis", way]) for way in (FOR, MIXED, AGAINST)) == number + 6
    boxes = [patch for found in patches.values() for patch in found]
    corners = {(round(b.get_x(), 3), round(b.get_y() + b.get_height(), 3)) for b in boxes}
    assert len(corners) == len(boxes) == len(drawing.table), "no bar stands on another"
    assert max(b.get_x() + b.get_width() for b in boxes) <= WIDTH
    feet = sorted({y for _, y in corners})
    assert min(b - a for a, b in pairwise(feet)) >= LINE_HEIGHT - 1e-6
    texts = list(drawing.figure.axes[0].texts)
    assert max(text.get_position()[1] for text in texts) < drawing.figure.get_size_inches()[1]


def test_a_harvest_of_nothing_is_refused(review):
    with pytest.raises(LookupError, match="no study of these designs"):
        harvest(review, "Reproduction")
    assert len(harvest(review, "Reproduction", PEOPLE).table) > 0


@pytest.mark.parametrize("tool", TOOLS)
def test_a_traffic_light_has_a_disc_and_a_sign_for_each_judgement(review, tool):
    drawing = traffic_light(review, tool)
    axes = drawing.figure.axes[0]
    rows = review.risk_of_bias[review.risk_of_bias["tool"] == tool]
    assert sum(len(discs.get_offsets()) for discs in axes.collections) == len(rows)
    assert sorted(t.get_text() for t in axes.texts) == sorted(
        LIGHTS[j][0] for j in rows["judgement"]
    )
    # a sign on amber, which is light in both themes, is dark in both
    on_doubt = {t.get_color() for t in axes.texts if t.get_text() in ("–",)}
    assert on_doubt <= {COLOURS["sign"]}


def test_every_judgement_has_a_light_and_no_study_two_overall(review):
    words = review.package.tables["risk_of_bias"].by_name["judgement"].enum
    assert set(LIGHTS) == set(words)
    overall = review.risk_of_bias[review.risk_of_bias["domain"] == "overall"]
    assert overall["study_id"].is_unique
    with pytest.raises(LookupError, match="no study was judged"):
        traffic_light(review, "tossing a coin")
