"""Studies from public pages: marks of dose, precedence of printed intervals, their checks."""

from __future__ import annotations

import csv

import pytest
from conftest import with_rows
from made_up_trials import add_events, add_trial, measure, report

from livingreview.checks import check_project
from livingreview.data import load
from livingreview.dose_marks import OTHER_DRUG, UNTOLD, dose_marks, marked
from livingreview.doses import dose_band, low_dose_studies
from livingreview.effects import DIFFERENCE, FROM_ARMS, REPORTED, STANDARDISED, effects
from livingreview.figures.forest_lines import forest_sections
from livingreview.figures.forest_plot import forest_plot
from livingreview.pooled import pools
from livingreview.tables import absolute_effects
from livingreview.timepoints import period


def faults_of(folder):
    return [str(fault) for fault in check_project(folder)]


def set_cell(folder, table, key, column, value):
    path = folder / "data" / f"{table}.csv"
    with path.open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    for row in rows:
        if row[0] == key:
            row[header.index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def test_the_band_runs_from_the_lowest_to_the_highest_dose_that_a_source_names(review):
    rows = review.pharmacology.query("parameter == 'dose band' and target == 'low dose'")
    ends = [float(x) for column in ("low", "high", "value") for x in rows[column] if x]
    low, high = dose_band(review, "low dose")
    assert (low, high) == (min(ends), max(ends))
    alone = {**rows.iloc[0], "low": "", "high": "", "value": str(high + 1)}
    assert dose_band(with_rows(review, pharmacology=[alone]), "low dose") == (low, high + 1)


def test_every_end_of_a_dose_band_has_its_place(review):
    rows = review.pharmacology[review.pharmacology["parameter"] == "dose band"]
    kind = review.labels("sources", "kind")
    for row in rows.itertuples():
        assert row.locator, row.parameter_id
        # an amount that stands on a page was seen there as a dose that was given
        if "page" in kind[row.source_id]:
            amounts = review.doses.loc[review.doses["source_id"] == row.source_id, "amount"]
            assert {row.low, row.high, row.value} - {""} <= set(amounts), row.parameter_id


@pytest.mark.parametrize(
    ("amounts", "word"),
    [
        (("4.5",), ""),
        (("50",), "above low dose"),
        (("0.125",), "below low dose"),
        (("4.5", "50"), ""),
        (("0.125", "50"), "below low dose and above low dose"),
    ],
)
def test_a_dose_outside_the_band_is_marked_beside_the_name(data_copy, amounts, word):
    add_trial(data_copy, "alpha2020", amounts=amounts)
    review = load(data_copy)
    assert dose_marks(review).get("alpha2020", "") == word
    assert marked(review, "alpha2020", "Alpha 2020") == "Alpha 2020" + (
        f" ({word})" if word else ""
    )


def test_another_drug_and_an_untold_dose_are_marked(data_copy):
    add_trial(data_copy, "alpha2020")
    set_cell(data_copy, "doses", "alpha2020.ldn0", "agent_id", "methylnaltrexone")
    add_trial(data_copy, "beta2021", amounts=("",))
    set_cell(data_copy, "doses", "beta2021.ldn0", "agent_id", "naltrexone")
    append_untold(data_copy, "gamma2022", "low-dose naltrexone")
    marks = dose_marks(load(data_copy))
    assert marks["alpha2020"] == OTHER_DRUG
    assert "gamma2022" not in marks
    append_untold(data_copy, "delta2023", "naltrexone")
    assert dose_marks(load(data_copy))["delta2023"] == UNTOLD


def append_untold(folder, study, called):
    """Add a trial of naltrexone of which no amount is told."""
    add_trial(folder, study)
    for column, value in (("amount", ""), ("unit", ""), ("called", called)):
        set_cell(folder, "doses", f"{study}.ldn0", column, value)


def test_a_mark_stands_in_the_forest_plot(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"), amounts=("50",))
    add_events(data_copy, "beta2021", ("12", "20"))
    drawing = forest_plot(load(data_copy), "gout")
    words = " ".join(
        text.get_text().replace("\n", " ") for axes in drawing.figure.axes for text in axes.texts
    )
    labels = [tick.get_text() for axes in drawing.figure.axes for tick in axes.get_yticklabels()]
    assert "above low dose" in words + " ".join(labels).replace("\n", " ")


def test_steps_count_by_the_dose_they_reach(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"), amounts=("0.5",))
    set_cell(data_copy, "doses", "alpha2020.ldn0", "amount_high", "4.5")
    add_events(data_copy, "beta2021", ("12", "20"))
    review = load(data_copy)
    assert "alpha2020" in low_dose_studies(review)
    (pool,) = pools(review, effects(review, "gout"))
    assert pool.k == 2


def test_a_printed_difference_comes_before_means_known_by_their_interval_alone(data_copy):
    add_trial(data_copy, "alpha2020")
    for arm, mean, low, high in (("ldn0", "4.0", "3.4", "4.6"), ("placebo", "5.0", "4.3", "5.7")):
        cells = {"n": "40", "mean": mean, "ci_low": low, "ci_high": high, "unit": "points of 10"}
        measure(data_copy, f"alpha2020.{arm}", "pain_intensity", 1, **cells)
    (row,) = effects(load(data_copy), "gout").itertuples()
    assert (row.given, row.measure) == (FROM_ARMS, STANDARDISED)
    told = {"effect": "-0.8", "ci_low": "-1.6", "ci_high": "0.0", "unit": "points of 10"}
    report(data_copy, "alpha2020.ldn0", "pain_intensity", 1, measure=DIFFERENCE, **told)
    (row,) = effects(load(data_copy), "gout").itertuples()
    assert (row.given, row.measure, row.estimate) == (REPORTED, DIFFERENCE, -0.8)


def test_what_happens_during_treatment_pools_whatever_its_length(data_copy):
    assert period("during treatment, 12 weeks") == period("during treatment, 2 years")
    assert period("during treatment, 12 weeks") != period("12 weeks")
    times = {"timepoint": "during treatment, 12 weeks"}, {"timepoint": "during treatment, 2 years"}
    for study, time in zip(("alpha2020", "beta2021"), times, strict=True):
        add_trial(data_copy, study)
        for arm, events in (("ldn0", "8"), ("placebo", "6")):
            cells = {"n": "40", "events": events, **time}
            measure(data_copy, f"{study}.{arm}", "adverse_event", 1, **cells)
    review = load(data_copy)
    (pool,) = pools(review, effects(review, "gout"))
    assert pool.k == 2


def test_the_two_periods_of_a_crossover_trial_are_not_taken_for_two_groups(data_copy):
    add_events(data_copy, "alpha2020", ("8", "6"), outcome="adverse_event")
    add_events(data_copy, "beta2021", ("9", "6"), outcome="adverse_event")
    review = load(data_copy)
    assert [pool.k for pool in pools(review, effects(review, "gout"))] == [2]
    set_cell(data_copy, "studies", "beta2021", "design", "randomised crossover trial")
    review = load(data_copy)
    (pool,) = pools(review, effects(review, "gout"))
    assert pool.result is None
    assert "paired comparison is not printed" in pool.reason
    lines = [line.text for part in forest_sections(review, "gout") for line in part.lines]
    assert sum("as if two groups" in line.replace("\n", " ") for line in lines) == 1
    html = absolute_effects(review, "gout")._repr_html_()
    assert html.count("intervals are those of two groups") == 1


def test_a_page_without_its_address_is_a_fault(data_copy):
    add_trial(data_copy, "alpha2020")
    set_cell(data_copy, "sources", "alpha2020", "kind", "abstract page")
    (fault,) = faults_of(data_copy)
    assert "sources.csv" in fault and "column url" in fault and "without its address" in fault
    set_cell(data_copy, "sources", "alpha2020", "url", "https://example.org/alpha")
    assert faults_of(data_copy) == []


def test_an_interval_of_nothing_is_a_fault(data_copy):
    add_trial(data_copy, "alpha2020")
    cells = {"n": "40", "events": "3", "ci_low": "1", "ci_high": "2"}
    measure(data_copy, "alpha2020.ldn0", "pain_response", 1, **cells)
    (fault,) = faults_of(data_copy)
    assert "measurements.csv" in fault and "an interval without what it is of" in fault


def test_a_printed_citation_is_looked_up_where_it_is_printed(data_copy):
    studies = {row.study_id: row for row in load(data_copy).studies.itertuples()}
    told = next(row for row in studies.values() if row.cited_in)
    set_cell(data_copy, "studies", told.study_id, "cited_in", "")
    (fault,) = faults_of(data_copy)
    assert "no numbered list" in fault
    set_cell(data_copy, "studies", told.study_id, "cited_in", told.cited_in)
    assert faults_of(data_copy) == []
