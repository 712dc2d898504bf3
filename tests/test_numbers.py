"""Printed numbers, doses, levels in plasma, curves and intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingreview import doses, facts
from livingreview.dose_response import dose_responses, hill
from livingreview.intervals import mean_interval
from livingreview.pharmacokinetics import plasma_ceiling, plasma_level, read_parameters
from livingreview.printed import bound, decimals, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("48.0", 48.0),
        ("<0.001", 0.001),
        ("~4", 4.0),
        ("10,000", 10000.0),
        ("10^-5", 1e-5),
        ("-0.05", -0.05),
        ("+0.85", 0.85),
        (".03", 0.03),
        ("≥3", 3.0),
    ],
)
def test_printed_numbers_are_read(text, value):
    assert number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["1e3", "0,5", "1,00", "abc", "1.2.3", "10–5", " 1", "NaN", "-", "<"]
)
def test_what_is_no_printed_number_is_refused(text):
    with pytest.raises(ValueError, match="not a printed number"):
        number(text)


def test_an_empty_cell_is_not_a_number():
    assert math.isnan(number(""))


def test_sign_and_precision_survive():
    assert bound("<0.001") == "<"
    assert bound("0.03") == ""
    assert decimals("48.0") == 1
    assert decimals("0.001") == 3
    assert decimals("12") == 0


@given(st.decimals(-10000, 10000, places=3, allow_nan=False))
def test_any_decimal_comes_back_as_itself(value):
    assert number(f"{value:f}") == pytest.approx(float(value))


def test_molar_masses_are_those_of_the_public_entries():
    # Inxight Drugs prints 341.4009 and 356.4354 g/mol
    assert doses.molar_mass("C20H23NO4") == pytest.approx(341.4009, rel=3e-5)
    assert doses.molar_mass("C21H26NO4") == pytest.approx(356.4354, rel=3e-5)


@pytest.mark.parametrize(
    ("formula", "words"), [("X2", "no atomic weight"), ("2H", "not a"), ("", "not a")]
)
def test_a_wrong_formula_is_refused(formula, words):
    with pytest.raises(ValueError, match=words):
        doses.molar_mass(formula)


def unit(review, name):
    return review.units.set_index("unit", drop=False).loc[name]


def test_a_mass_concentration_becomes_molar(review):
    value = doses.molar_concentration(1.0, unit(review, "mg/mL"), "C20H23NO4")
    assert value == pytest.approx(1 / 341.407, rel=1e-4)
    assert doses.molar_concentration(10, unit(review, "nM"), "") == pytest.approx(1e-8)
    with pytest.raises(ValueError, match="not a unit of concentration"):
        doses.molar_concentration(1, unit(review, "mg"), "C20H23NO4")


def test_human_equivalents_follow_the_guidance(review):
    species = review.species.set_index("species_id", drop=False)
    mouse, human, dog = species.loc["mouse"], species.loc["human"], species.loc["dog"]
    mg = unit(review, "mg/kg")
    # the guidance divides a mouse dose by 12.3, a dog dose by 1.8 (rounded factors)
    assert doses.human_equivalent_dose(1, mg, mouse, human) == pytest.approx(60 / 12.33, rel=1e-3)
    assert doses.human_equivalent_dose(1, mg, dog, human) == pytest.approx(60 / 1.85, rel=1e-3)
    per_mouse = doses.human_equivalent_dose(2, unit(review, "µg/mouse"), mouse, human)
    assert per_mouse == pytest.approx(doses.human_equivalent_dose(0.1, mg, mouse, human))
    with pytest.raises(ValueError, match="not a dose per body weight"):
        doses.human_equivalent_dose(1, unit(review, "mg"), mouse, human)
    with pytest.raises(ValueError, match="has no body_weight"):
        doses.human_equivalent_dose(1, unit(review, "µg/mouse"), dog, human)


def test_every_printed_concentration_and_animal_dose_is_converted(review):
    for frame in (doses.concentrations(review), doses.human_equivalents(review)):
        printed = frame[(frame["amount"] != "") & (frame["unit"] != "")]
        assert printed["low"].notna().all()
        assert (printed["high"] >= printed["low"]).all()
        blank = frame[(frame["amount"] == "") | (frame["unit"] == "")]
        assert blank["low"].isna().all()


def test_plasma_levels_halve_with_the_half_life_and_stay_below_the_ceiling(review):
    parameters = read_parameters(review)
    hours = np.array([0.0, parameters.half_life, 2 * parameters.half_life])
    level = plasma_level(hours, 4.5, 0.4, parameters)
    assert level[1:] / level[:-1] == pytest.approx([0.5, 0.5])
    assert level.max() < plasma_ceiling(4.5, parameters)
    # 94 L/h and 4 h give 542 L; 4.5 mg in it is 8.3 µg/L, or 24 nmol/L
    assert parameters.volume == pytest.approx(542, abs=0.6)
    assert plasma_ceiling(4.5, parameters) == pytest.approx(24.3e-9, rel=2e-3)


def test_the_half_lives_of_another_drug_are_not_used(review):
    table = review.pharmacology
    lives = table[(table["agent_id"] == "naltrexone") & (table["parameter"] == "half-life")]
    assert len(lives) == 3
    assert lives[lives["usable"] == "yes"]["value"].tolist() == ["~4"]
    assert lives[lives["usable"] == "no"]["note"].str.contains("naloxone").all()


def test_two_usable_rows_of_one_parameter_are_refused(review):
    table = review.pharmacology.copy()
    table.loc[table["parameter"] == "half-life", "usable"] = "yes"
    spoilt = review.replacing(pharmacology=table)
    with pytest.raises(LookupError, match="needs exactly one"):
        read_parameters(spoilt)


def test_the_curve_finds_the_concentration_it_was_drawn_from():
    assert hill(np.array([2.0]), 2.0, 1.7)[0] == pytest.approx(50)


def test_the_fitted_curve_of_the_tabulated_series(review):
    (series,) = dose_responses(review)
    assert len(series.points) == 5
    assert series.reported == 1.26
    assert series.fitted == pytest.approx(1.394, abs=0.001)
    residual = series.points["inhibition"] - series.curve(series.points["concentration"])
    assert np.abs(residual).max() < 7

    # a better sum of squares is not to be had nearby
    def loss(half, slope):
        return (
            (
                series.points["inhibition"]
                - hill(series.points["concentration"].to_numpy(), half, slope)
            )
            ** 2
        ).sum()

    best = loss(series.fitted, series.slope)
    for half, slope in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)):
        assert loss(series.fitted * half, series.slope * slope) > best


def test_the_interval_of_a_mean_is_students():
    # t(0.975, 174) = 1.97369 (tables of the t distribution)
    low, high = mean_interval(9.8, 1.2, 175)
    half = 1.973691 * 1.2 / math.sqrt(175)
    assert (low, high) == (pytest.approx(9.8 - half, abs=1e-6), pytest.approx(9.8 + half, abs=1e-6))
    with pytest.raises(ValueError, match="at least 2"):
        mean_interval(1, 1, 1)


def test_facts_are_texts(review):
    for function in (
        facts.whole,
        facts.dose,
        facts.mechanism,
        facts.cancer,
        facts.implantation,
        facts.evidence,
        facts.dish_to_trial,
        facts.audit,
        facts.judgements,
    ):
        for key, value in function(review).items():
            assert isinstance(value, str), key
            assert value, key
            assert "nan" not in value.split(), key


def test_facts_of_the_trial_in_implantation(review):
    found = facts.implantation(review)
    assert found["pregnancy_ldn"] == "84 of 175"
    assert found["pregnancy_control_thousand"] == "331"
    assert found["n_thickness_inside"] == "four"


def test_facts_of_dose(review):
    found = facts.dose(review)
    assert found["usual_dose"] == "4.5 mg"
    assert (
        found["low_band"] == "–".join(f"{x:g}" for x in doses.dose_band(review, "low dose")) + " mg"
    )
    total = found["n_animal_inside"], found["n_animal_below"], found["n_animal_above"]
    count = {word: i for i, word in enumerate(facts.WORDS)}
    assert sum(count[x] for x in total) == int(found["n_animal_doses"])
