"""The forest plot: squares, diamonds, words for both sides, and risk of bias beside them."""

from __future__ import annotations

import math
import shutil

import pytest
from conftest import ROOT
from made_up_trials import add_events, add_trial, correct, report

from livingreview.data import load
from livingreview.effects import DIFFERENCE, RATIO, STANDARDISED, effects
from livingreview.figures.forest_plot import forest_plot
from livingreview.figures.traffic_light import LIGHTS
from livingreview.pooled import pools


def marks(axes, marker):
    return [line for line in axes.lines if line.get_marker() == marker]


def pieces(line):
    """Return the two ends of each piece of a line with gaps, as points."""
    points = list(zip(line.get_xdata(), line.get_ydata(), strict=True))
    assert all(math.isnan(x) and math.isnan(y) for x, y in points[2::3]), "pieces run together"
    return list(zip(points[::3], points[1::3], strict=True))


def null_line(axes, null):
    """Yield the height of each line of words and marks that the line of no effect goes along."""
    (line,) = [line for line in axes.lines if set(line.get_xdata()[:2]) == {null}]
    heights = [text.get_position()[1] for text in axes.texts if "←" not in text.get_text()]
    for (_, top), (_, bottom) in pieces(line):
        assert top < bottom
        yield from (y for y in heights if top < y < bottom)


def intervals(axes):
    """Return the ends of each interval with its height, from the top."""
    (line,) = [line for line in axes.lines if line.get_linewidth() == 1.2]
    assert all(left[1] == right[1] for left, right in pieces(line))
    return [(left[0], right[0]) for left, right in pieces(line)]


def rows_as_drawn(table):
    return list(zip(table["low"], table["high"], strict=True))


def words_of(axes):
    return [text.get_text().replace("\n", " ") for text in axes.texts]


@pytest.mark.parametrize("measure", [RATIO, STANDARDISED])
def test_a_forest_plot_has_a_square_for_each_effect_and_a_null_line(review, measure):
    drawing = forest_plot(review, "implantation_failure", measure)
    rows = effects(review, "implantation_failure").query("measure == @measure")
    axes, side, strip = drawing.figure.axes
    assert sorted(drawing.table["outcome"]) == sorted(rows["outcome"])
    squares = [line.get_xdata()[0] for line in marks(axes, "s")]
    assert squares == pytest.approx(drawing.table["estimate"].tolist())
    labels = [words for words in words_of(axes) if words in set(rows["outcome"])]
    assert labels == list(drawing.table["outcome"])
    null = 1.0 if measure == RATIO else 0.0
    assert set(null_line(axes, null)) == {mark.get_ydata()[0] for mark in marks(axes, "s")}
    assert intervals(axes) == rows_as_drawn(drawing.table)
    written = " ".join(words_of(side))
    for row in rows.itertuples():
        assert f"{row.estimate:.2f} ({row.low:.2f} to {row.high:.2f})" in written
        assert row.treated in written
    assert "nothing pooled" in drawing.alt
    assert not axes.patches, "a diamond for one study"
    (below,) = drawing.figure.texts
    assert "Nothing is pooled: there is one study." in below.get_text().replace("\n", " ")
    # one study: its judgements stand once, in the first row
    judged = review.risk_of_bias.query("study_id == @rows.study_id.iloc[0]")
    signs = [LIGHTS[judgement][0] for judgement in judged["judgement"]]
    assert words_of(strip)[1 : len(signs) + 1] == signs
    assert len(strip.collections) == len(signs)


def test_each_side_of_a_forest_plot_is_said_under_the_rows_it_is_true_of(review):
    drawing = forest_plot(review, "implantation_failure", STANDARDISED)
    axes = drawing.figure.axes[0]
    said = {
        "higher": ("← favours control", "favours naltrexone →"),
        "lower": ("← favours naltrexone", "favours control →"),
        "neither": ("← less", "more →"),
    }
    better = dict(zip(drawing.table["outcome"], drawing.table["better"], strict=True))
    above = []
    for words in words_of(axes):
        if words in better:
            above.append(better[words])
        elif words.startswith("←"):
            (kind,) = set(above)
            assert words == said[kind][0]
        else:
            assert words == said[kind][1]
            above = []
    assert not above


@pytest.fixture(scope="module")
def several_trials(tmp_path_factory):
    """Three trials alike, one of them not randomised, and a crossover trial with a difference."""
    folder = tmp_path_factory.mktemp("trials")
    shutil.copytree(ROOT / "data", folder / "data")
    for name in ("references.bib", "_config.yml"):
        shutil.copy(ROOT / name, folder / name)
    add_events(folder, "alpha2020", ("10", "20"))
    add_events(folder, "beta2021", ("15", "26"), n="60")
    add_events(folder, "gamma2022", ("12", "15"), design="non-randomised trial")
    add_trial(folder, "cross2022", design="randomised crossover trial", n="30")
    printed = {"effect": "-1.2", "ci_low": "-2.0", "ci_high": "-0.4", "unit": "grade"}
    report(folder, "cross2022.ldn0", "pain", 1, measure=DIFFERENCE, **printed)
    return load(folder)


def test_a_pool_is_a_diamond_with_prediction_bar_weights_and_heterogeneity(several_trials):
    rows = effects(several_trials, "gout")
    (pool,) = [found for found in pools(several_trials, rows) if found.result]
    drawing = forest_plot(several_trials, "gout", RATIO)
    axes, side, _ = drawing.figure.axes
    (diamond,) = axes.patches
    corners = diamond.get_xy()[:, 0]
    shown = [mark.get_ydata()[0] for mark in marks(axes, "s")] + [diamond.get_xy()[0, 1]]
    assert set(null_line(axes, 1.0)) == set(shown), "it crosses the words of a head or a note"
    ends = [math.exp(x) for x in (pool.result.ci_low, pool.result.ci_high)]
    assert [corners.min(), corners.max()] == pytest.approx(ends)
    assert corners[1] == pytest.approx(math.exp(pool.result.estimate))
    (bar,) = [line for line in axes.lines if line.get_linewidth() == 4]
    # with two studies the bar leaves the axis on both sides, and arrows say so
    assert list(bar.get_xdata()) == pytest.approx(list(axes.get_xlim()))
    assert len(marks(axes, "<")) == len(marks(axes, ">")) == 1
    written = words_of(side)
    for weight in pool.result.weights:
        assert f"{weight:.0f}%" in written
    assert "100%" in written
    said = " ".join(words_of(axes))
    result = pool.result
    assert f"I² = {result.i2:.0f}% (from τ²); Q = {result.q:.2f}, df = 1" in said
    assert f"Prediction interval {math.exp(result.pi_low):.2f} to" in said
    assert "Pooled (2 studies)" in said
    assert "Left apart: designs differ: 2 randomised, 1 not randomised" in said
    assert "2 studies pooled" in drawing.alt


def test_a_reported_difference_of_a_crossover_trial_stands_in_the_plot(several_trials):
    drawing = forest_plot(several_trials, "gout", DIFFERENCE)
    axes, side, strip = drawing.figure.axes
    (square,) = marks(axes, "s")
    assert square.get_xdata()[0] == -1.2
    assert "Pain (Cross 2022), as reported, grade" in words_of(axes)
    assert "-1.20 (-2.00 to -0.40)" in words_of(side)
    assert not axes.patches
    assert words_of(strip)[1] == "not judged"


def test_every_measure_of_a_condition_has_its_own_axis(several_trials):
    drawing = forest_plot(several_trials, "gout")
    panels = drawing.figure.axes
    assert [axes.get_xlabel().split(" with")[0] for axes in panels[::3]] == [
        "Risk ratio",
        "Mean difference",
    ]
    assert [axes.get_xscale() for axes in panels[::3]] == ["log", "linear"]
    alone = [forest_plot(several_trials, "gout", m) for m in (RATIO, DIFFERENCE)]
    for place, single in enumerate(alone):
        for panel, same in zip(panels[3 * place :], single.figure.axes, strict=False):
            assert words_of(panel) == words_of(same)
    assert drawing.alt == " ".join(single.alt for single in alone)
    assert list(drawing.table["outcome"]) == [o for one in alone for o in one.table["outcome"]]
    # one under another: the heads of the second stand below the label of the first axis
    drawing.figure.canvas.draw()
    above = panels[0].xaxis.get_tightbbox()
    heads = [text.get_window_extent() for text in (*panels[4].texts, *panels[5].texts)]
    assert max(box.y1 for box in heads) < above.y0


def test_a_forest_plot_says_what_an_effect_rests_on(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    correct(data_copy, "measurements", "alpha2020.ldn0.m1", "events", "10", "11")
    drawing = forest_plot(load(data_copy), "gout", RATIO)
    assert "events corrected from 10 to 11" in drawing.alt
    assert list(drawing.table["corrected"]) == ["events corrected from 10 to 11"]
    assert not [name for name in drawing.table if name.endswith("_cells")]
