"""Tables of effects: what was pooled, the audit beside the effects, and changes as bounds."""

from __future__ import annotations

import re

import pytest
from made_up_trials import add_events, add_trial, correct, measure, report

from livingreview import tables
from livingreview.data import load
from livingreview.effects import changes, effects
from livingreview.recompute import recompute
from livingreview.tables import by_effect


def plain(cell):
    """What stands in a cell, without tags and without what its marks open."""
    shown = re.sub(r"<details.*?</details>", " ", str(cell), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown)).strip()


def rows_of(table):
    return [[plain(cell) for cell in row] for group in table.groups for row in group.rows]


def test_outcomes_that_were_not_pooled_stand_under_their_reason(review):
    (row,) = rows_of(tables.pooling(review))
    topics = effects(review, "implantation_failure")["topic"]
    assert row[0].split("; ") == list(dict.fromkeys(topics))
    assert row[1:] == ["1", "Not pooled: one study."]


def test_a_pooled_outcome_has_its_numbers_and_what_to_beware_of(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_events(data_copy, "beta2021", ("15", "26"), n="60")
    add_events(data_copy, "gamma2022", ("12", "15"), outcome="relapse")
    pooled, single = rows_of(by_effect.pooling(load(data_copy), "gout"))
    assert pooled[:2] == ["Symptoms", "2"]
    assert re.match(r"Pooled: risk ratio 0\.54 \(0\.0\d to \d+\.\d\d\)\.", pooled[2])
    for part in ("τ² = 0.00", "I² = 0% (from τ²)", "There are two studies", "Prediction interval"):
        assert part in pooled[2]
    assert single == ["Progression and relapse", "1", "Not pooled: one study."]


def test_the_audit_stands_beside_each_effect(review):
    rows = {row[0].partition(" [")[0]: row for row in rows_of(tables.audited_effects(review))}
    found = effects(review, "implantation_failure")
    assert set(rows) == set(found["outcome"])
    audit = recompute(review).query("statistic == 'p' and locator.str.startswith('Table')")
    audit = audit.set_index("outcome")
    labels = review.labels("outcomes")
    for effect in found.itertuples():
        _, size, p, again, verdict = rows[effect.outcome]
        assert f"{effect.estimate:.2f} ({effect.low:.2f} to {effect.high:.2f})" in size
        if effect.topic != labels[effect.outcome_id]:
            assert (p, again, verdict) == ("not reported", "", "")
            continue
        told = audit.loc[effect.outcome]
        assert p.split(" ")[0] == told["reported"]
        assert again.startswith(told["recomputed"])
        assert verdict.startswith(told["verdict"])


def test_the_audit_of_a_printed_effect_is_found(data_copy):
    add_trial(data_copy, "alpha2020")
    printed = {"effect": "-1.2", "ci_low": "-2.0", "ci_high": "-0.4", "unit": "grade"}
    report(data_copy, "alpha2020.ldn0", "pain", 1, measure="mean difference", p="0.40", **printed)
    (row,) = rows_of(by_effect.audited_effects(load(data_copy), "gout"))
    assert row[1:3] == ["mean difference -1.20 (-2.00 to -0.40)", "0.40"]
    assert row[4].startswith("inconsistent and changes the decision")


def test_changes_stand_as_bounds_and_are_called_so(review):
    table = tables.change_bounds(review)
    assert "Bounds, not a guess" in table.caption
    frame = changes(review, "implantation_failure").set_index("outcome")
    for group in table.groups:
        told = frame.loc[re.split(r"[,(]", plain(group.heading))[0].strip()]
        for row, name in zip(group.rows, ("treated", "other", "difference"), strict=True):
            row = [plain(cell) for cell in row]
            assert float(row[1]) == pytest.approx(told[f"{name}_change"], abs=0.051)
            narrow, wide = (tuple(map(float, cell.split(" to "))) for cell in row[2:])
            assert wide[0] < narrow[0] < narrow[1] < wide[1]
            assert wide[0] == pytest.approx(told[f"{name}_low_0"], abs=0.0051)
    assert len(table.groups) == len(frame)


def test_absolute_effects_pass_over_what_was_not_counted(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_trial(data_copy, "beta2021")
    printed = {"effect": "0.50", "ci_low": "0.30", "ci_high": "0.83", "unit": "ratio"}
    report(data_copy, "beta2021.ldn0", "symptoms", 1, measure="risk ratio", **printed)
    review = load(data_copy)
    assert len(effects(review, "gout")) == 2
    (row,) = rows_of(by_effect.absolute_effects(review, "gout"))
    assert row[1] == "250 (10 of 40)"


def test_every_table_of_effects_says_on_what_corrected_cell_a_number_rests(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_events(data_copy, "beta2021", ("15", "26"), n="60")
    report(data_copy, "alpha2020.ldn0", "symptoms", 1, p="0.03")
    correct(data_copy, "measurements", "alpha2020.ldn0.m1", "events", "10", "11")
    correct(data_copy, "comparisons", "alpha2020.ldn0.c1", "p", "0.03", "0.04")
    review = load(data_copy)
    mark = 'data-discrepancy="alpha2020.ldn0.m1-events"'
    for function in (by_effect.absolute_effects, by_effect.pooling, by_effect.audited_effects):
        html = function(review, "gout")._repr_html_()
        assert "events corrected from 10 to 11" in html, function.__name__
        assert mark in html, function.__name__
    # the audit is of what is printed
    rows = rows_of(by_effect.audited_effects(review, "gout"))
    assert rows[0][2] == "0.03"
    assert 'data-discrepancy="alpha2020.ldn0.c1-p"' in html


def test_changes_say_on_what_corrected_cell_they_rest(data_copy):
    add_trial(data_copy, "alpha2020")
    for arm, means in (("ldn0", ("6.0", "4.0")), ("placebo", ("6.1", "5.9"))):
        for number, (mean, time) in enumerate(zip(means, ("baseline", "12 weeks"), strict=True)):
            cells = {"n": "40", "mean": mean, "sd": "2.0", "unit": "grade", "timepoint": time}
            measure(data_copy, f"alpha2020.{arm}", "pain", number, **cells)
    correct(data_copy, "measurements", "alpha2020.ldn0.m0", "mean", "6.0", "6.5")
    table = by_effect.change_bounds(load(data_copy), "gout")
    (group,) = table.groups
    assert "mean corrected from 6.0 to 6.5" in group.heading
    marked = ["data-discrepancy" in row[1] for row in group.rows]
    assert marked == [True, False, False]
    assert plain(group.rows[0][1]) == "-2.5"


@pytest.mark.parametrize(
    "name", ["absolute_effects", "audited_effects", "change_bounds", "pooling"]
)
def test_a_table_without_effects_says_so_in_words(review, name):
    table = getattr(tables, name)(review, "healthy_brain")
    assert table.row_count == 0
    assert "no study in people reports enough" in plain(table._repr_html_())
    assert "reports enough" not in getattr(tables, name)(review)._repr_html_()


def test_a_condition_that_the_data_do_not_know_is_refused(review):
    with pytest.raises(LookupError, match="no condition 'healthy_brian'"):
        tables.pooling(review, "healthy_brian")
