"""From dish to trial: each study at its rung, each dose on one scale, and no row lost."""

from __future__ import annotations

import math
import re
from html import unescape

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from built_site import add_study, append

from livingreview import facts, tables
from livingreview.data import load
from livingreview.doses import ANTAGONISTS, human_doses
from livingreview.evidence import ORDER, evidence_map
from livingreview.figures.ladder import dish_to_trial
from livingreview.ladder import (
    COMPARATOR,
    COUNTED,
    DIRECTIONS,
    LEAST,
    NO_AMOUNT,
    OTHER_DRUG,
    PRINTED,
    SCALED,
    doses_in_people,
    ladder,
    places,
    studies_on_the_ladder,
)
from livingreview.pharmacokinetics import least_dose, plasma_ceiling, read_parameters
from livingreview.synthesis import FOR, study_directions
from livingreview.tables.dose_words import dose_in_people

GROUP = "Bowel"
BY_HAND = {
    # two mouse studies of 0.5, 5 and 10 mg/kg: x 3 / 37 x 60
    ("cervical_cancer", "Animals"): {
        "studies": 2,
        "doses": 6,
        "inside": 2,
        "above": 4,
        "places": "inside, above",
        "low": 0.5 * 3 / 37 * 60,
        "high": 10 * 3 / 37 * 60,
        "favouring": 2,
    },
    # 0.5 to 5 mg/mL in 542.456 L of blood; the other study prints no concentration
    ("cervical_cancer", "Cells"): {
        "studies": 2,
        "doses": 5,
        "undosed": 1,
        "above": 5,
        "places": "above",
        "low": 271_228,
        "high": 2_712_280,
        "favouring": 1,
        "mixed": 1,
    },
    # 1 and 10 nM, 10 nM and 10 µM, 1 mg/mL; methylnaltrexone in a fourth study does not count,
    # nor does the standard dose that the first was set against
    ("colorectal_cancer", "Cells"): {
        "studies": 4,
        "combined": 2,
        "other_drug": 1,
        "doses": 5,
        "undosed": 0,
        "below": 1,
        "inside": 2,
        "above": 2,
        "low": 0.1852,
        "high": 542_456,
    },
    # one printed range from 0.001 to 200 µM reaches everywhere and lies wholly nowhere
    ("breast_cancer", "Cells"): {
        "doses": 1,
        "below": 0,
        "inside": 0,
        "above": 0,
        "places": "below, inside, above",
    },
    # dogs at 0.1 mg/kg x 20 / 37 x 60; the rats' dose is not printed
    ("breast_cancer", "Animals"): {
        "studies": 2,
        "doses": 1,
        "undosed": 1,
        "low": 0.1 * 20 / 37 * 60,
        "people": 0,
    },
    # 1.2 µg in a mouse of 20 g; a second study prints no dose
    ("colorectal_cancer", "Animals"): {"low": 0.06 * 3 / 37 * 60, "places": "below", "undosed": 1},
    # one of three doses has an amount and one stands only in a comparator
    ("ovarian_cancer", "Animals"): {"studies": 2, "doses": 2, "unprinted": 1, "undosed": 0},
    # one trial of a low dose in 110 people, one of a high dose in 21
    ("glioma", "Randomised trials"): {
        "people": 110 + 21,
        "low": 4.5,
        "high": 100,
        "places": "inside, above",
        "scale": PRINTED,
        "mixed": 2,
        "favouring": 0,
    },
    ("solid_tumours", "Pooled trials"): {"people": 229, "other_drug": 1, "doses": 0, "undosed": 0},
    ("solid_tumours", "Randomised trials"): {"people": 14, "uncounted": 0, "low": 100, "above": 1},
    ("melanoma", "Trials, not randomised or not described"): {
        "people": 19,
        "shared": 1,
        "unstated": 2,
    },
    ("melanoma", "Cells"): {"studies": 0, "doses": 0, "people": 0, "places": "", "scale": ""},
}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def at(rows, condition, rung):
    (row,) = rows[(rows["condition_id"] == condition) & (rows["rung"] == rung)].to_dict("records")
    return row


@pytest.mark.parametrize("key", BY_HAND, ids=" ".join)
def test_rows_worked_out_by_hand(review, key):
    row = at(ladder(review), *key)
    for column, value in BY_HAND[key].items():
        expected = pytest.approx(value, rel=1e-4) if isinstance(value, float | int) else value
        assert row[column] == expected, column


def test_the_least_dose_is_the_one_whose_ceiling_is_the_concentration(review):
    parameters = read_parameters(review)
    # 94 L/h x 4 h / ln 2 = 542.456 L; x 1 nmol/L x 341.407 g/mol = 0.1852 mg
    assert least_dose(1e-9, parameters) == pytest.approx(0.18520, rel=1e-4)
    assert plasma_ceiling(least_dose(3e-7, parameters), parameters) == pytest.approx(3e-7)


@pytest.mark.parametrize(
    ("low", "high", "where"),
    [
        (0.5, 0.99, "below"),
        (1, 5, "inside"),
        (5.01, 9, "above"),
        (0.5, 1, "below, inside"),
        (5, 6, "inside, above"),
        (0.5, 6, "below, inside, above"),
    ],
)
def test_where_a_dose_lies_against_a_band(low, high, where):
    assert places(low, high, (1, 5)) == where


def test_every_study_stands_at_its_rung_once_for_each_condition(review):
    expected = evidence_map(review)
    studies = studies_on_the_ladder(review)
    keys = ["condition_id", "rung", "study_id"]
    assert len(studies) == len(expected)
    assert not studies.duplicated(["condition_id", "study_id"]).any()
    assert set(map(tuple, studies[keys].to_numpy())) == set(map(tuple, expected[keys].to_numpy()))
    rows = ladder(review)
    assert len(rows) == len(review.conditions) * len(ORDER)
    counts = expected.groupby(["condition_id", "rung"]).size()
    for row in rows.to_dict("records"):
        assert row["studies"] == counts.get((row["condition_id"], row["rung"]), 0)
        assert sum(row[name] for name in DIRECTIONS) == row["studies"]


def test_every_dose_of_an_antagonist_is_counted_or_left_out_for_a_reason(review):
    kind = review.agents.set_index("agent_id")["kind"]
    given = review.doses[review.doses["agent_id"].map(kind).isin(ANTAGONISTS)]
    doses = doses_in_people(review)
    assert sorted(doses["dose_id"]) == sorted(given["dose_id"])
    use = doses.groupby("use")
    assert set(use.groups) == {COUNTED, NO_AMOUNT, COMPARATOR, OTHER_DRUG}
    counted = use.get_group(COUNTED)
    assert (counted["agent_id"] == "naltrexone").all()
    assert counted["low"].notna().all()
    assert (counted["places"] != "").all()
    assert set(counted["scale"]) == {LEAST, SCALED, PRINTED}
    assert (use.get_group(OTHER_DRUG)["agent_id"] == "methylnaltrexone").all()
    rest = doses[doses["use"] != COUNTED]
    assert (rest["places"] == "").all()
    assert use.get_group(OTHER_DRUG)["low"].isna().all()
    printed = counted[counted["scale"] == PRINTED]
    by_weight = printed["unit"].str.contains("/kg", regex=False)
    assert printed.loc[~by_weight, "low"].tolist() == [
        float(amount) for amount in printed.loc[~by_weight, "amount"]
    ]


def with_rows(review, **tables_):
    return review.replacing(**tables_)


def test_a_dose_in_people_by_weight_is_for_the_reference_adult(review):
    doses = review.doses.copy()
    one = doses.index[doses["dose_id"] == "younger2009.ldn"]
    doses.loc[one, ["amount", "unit"]] = ["0.05", "mg/kg"]
    found = human_doses(with_rows(review, doses=doses)).set_index("dose_id")
    assert found.loc["younger2009.ldn", "low"] == pytest.approx(0.05 * 60)
    doses.loc[one, "unit"] = "IU"
    with pytest.raises(ValueError, match="IU is not a dose"):
        human_doses(with_rows(review, doses=doses))


def test_an_outcome_without_a_better_side_has_no_say(review):
    # nine outcomes favour the drug; miscarriage does not differ, and one antibody goes both ways
    # (within the arm and between the arms); age, weight and three hormones, which have no better
    # side, are left out
    row = study_directions(review).set_index("study_id").loc["raffeq2025"]
    assert row[["favouring", "against", "neither"]].tolist() == [9, 0, 2]
    assert row["direction"] == FOR


@pytest.fixture
def grown(project):
    """The data with a trial, a condition without a study, and a study of an old condition."""
    add_study(project)
    cells = {"condition_id": "coeliac", "label": "Coeliac disease", "group": GROUP}
    append(project, "conditions", **cells)
    return load(project)


def test_an_added_study_and_an_added_condition_appear_by_themselves(review, grown):
    before, after = (at(ladder(data), "glioma", "Randomised trials") for data in (review, grown))
    assert (after["studies"], after["people"]) == (before["studies"] + 1, before["people"] + 4321)
    assert (after["low"], after["high"]) == (3.25, before["high"])
    assert after["inside"] == before["inside"] + 1
    assert after["favouring"] == before["favouring"] + 1
    assert ladder(grown).query("condition_id == 'coeliac'")["studies"].tolist() == [0] * len(ORDER)
    drawing = dish_to_trial(grown)
    axes = drawing.figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    words = dose_in_people(after["low"], after["high"], after["scale"])
    assert words in texts
    assert "Coeliac disease" in [t.get_text().replace("\n", " ") for t in axes.get_yticklabels()]
    html = re.sub(r"<[^>]+>", " ", tables.dish_to_trial(grown)._repr_html_())
    assert "Newcomer et al. 2026" in html
    assert words in html
    assert before["favouring"] == 0, "so the condition is a new one of those with a trial for it"
    told = [facts.dish_to_trial(data)["n_ladder_chance_for"] for data in (review, grown)]
    assert facts.WORDS.index(told[1]) == facts.WORDS.index(told[0]) + 1


def test_facts_of_the_ladder_are_those_of_its_rows(review):
    found = facts.dish_to_trial(review)
    doses = doses_in_people(review).query("use == @COUNTED")
    inside = set(doses.loc[doses["places"].str.contains("inside"), "study_id"])
    studies = studies_on_the_ladder(review)
    studies = studies[studies["in_people"] & studies["study_id"].isin(inside)]
    assert found["n_ladder_people_low"] == facts.words.word(studies["condition_id"].nunique())
    assert found["n_ladder_animals_low"] == "two"  # cervical (0.5 mg/kg) and breast (dogs)
    assert found["n_ladder_cells_above"] == "two"  # cervical, ovarian
    assert found["n_ladder_whole"] == "none"


def test_the_figure_has_marks_squares_and_words_for_each_filled_cell(review):
    rows, studies = ladder(review), studies_on_the_ladder(review)
    axes = dish_to_trial(review).figure.axes[0]
    drawn = [line for line in axes.lines if len(line.get_xdata()) == 1]
    marks = [line for line in drawn if line.get_marker() in ("^", "v", "D", "o")]
    kinds = studies.groupby(["condition_id", "rung", "direction", "other_drug"]).size()
    assert len(marks) == len(kinds)
    hollow = [line for line in marks if line.get_markerfacecolor() != line.get_color()]
    assert len(hollow) == sum(other for *_, other in kinds.index)
    squares = [line for line in drawn if line.get_marker() == "s"]
    assert len(squares) == 3 * (rows["doses"] > 0).sum()
    filled = [line for line in squares if line.get_markerfacecolor() == line.get_color()]
    assert len(filled) == sum(len(text.split(", ")) for text in rows["places"] if text)
    texts = [text.get_text() for text in axes.texts]
    numbers = [int(text) for text in texts if text.isdigit()]
    assert sum(numbers) == rows["studies"].sum()
    assert (
        texts.count("other drug")
        == ((rows["doses"] == 0) & (rows["undosed"] == 0)).sum() - (rows["studies"] == 0).sum()
    )


def test_the_words_of_a_cell_stay_in_their_column(review):
    figure = dish_to_trial(review).figure
    figure.canvas.draw()
    axes = figure.axes[0]
    width = axes.bbox.width / len(ORDER)
    for text in axes.texts:
        if text.get_text()[-1:] in "g?" and text.get_horizontalalignment() == "center":
            assert text.get_window_extent().width <= width, text.get_text()


def test_the_table_says_gaps_and_what_is_not_known(review):
    table = tables.dish_to_trial(review)
    assert table.row_count == (ladder(review)["studies"] > 0).sum()
    heads = [unescape(re.sub(r"<[^>]+>", "", str(group.heading))) for group in table.groups]
    groups = dict(zip((head.split(" No study")[0] for head in heads), table.groups, strict=True))
    assert set(groups) == set(review.conditions["label"])
    plain = {
        (name, str(row[0]).split("<br>")[0]): [re.sub(r"<[^>]+>", "", str(cell)) for cell in row]
        for name, group in groups.items()
        for row in group.rows
    }
    assert "register studies" in str(groups["Glioma"].heading)
    assert "randomised trials" not in str(groups["Glioma"].heading).replace("not randomised", "")
    rows = ladder(review)
    silent = rows[(rows["studies"] > 0) & (rows["uncounted"] == rows["studies"])]
    silent = silent[(silent["doses"] == 0) & (silent["undosed"] > 0)]
    for row in silent.itertuples(index=False):
        cells = plain[row.condition, row.rung]
        assert "number not printed" in cells[0]
        assert cells[1].startswith("not printed")
        assert cells[3].startswith("dose of naltrexonenumber of people")
    register = plain["Multiple sclerosis", "Register studies"]
    assert register[0].endswith("341 people")
    assert (register[1], register[3]) == ("not printed", "dose of naltrexone")
    assert plain["Solid tumours, several kinds", "Pooled trials"][1] == "none; methylnaltrexone"
    cells = plain["Colorectal cancer", "Cells"]
    assert cells[1].startswith("≥0.19 mg–540 g the least dose by mouth")
    assert "1 below, 2 inside, 2 above." in cells[1]
    assert cells[2] == "favours the antagonist: 4 1 of methylnaltrexone"
    assert "across an edge" in plain["Breast cancer", "Cells"][1]
    shared = plain["Prostate cancer", "Case reports and series"][0]
    assert shared.endswith("with another agent4 people, counted in other conditions too")


@pytest.mark.parametrize(
    ("low", "high", "scale", "words"),
    [
        (4.5, 4.5, PRINTED, "4.5 mg"),
        (3.125, 12.5, PRINTED, "3.125–12.5 mg"),
        (0.48649, 0.48649, SCALED, "0.49 mg"),
        (2.432, 48.65, SCALED, "2.4–49 mg"),
        (0.1852, 542_456, LEAST, "≥0.19 mg–540 g"),
        (271_228, 271_228, LEAST, "≥270 g"),
        (999.6, 2_712_280, SCALED, "1 g–2.7 kg"),
    ],
)
def test_a_dose_in_words(low, high, scale, words):
    assert dose_in_people(low, high, scale) == words


def test_a_rung_without_a_dose_has_none_rather_than_nought(review):
    row = at(ladder(review), "healthy_brain", "Animals")
    assert math.isnan(row["low"])
    assert pd.isna(row["high"])
