"""Chapters of the groups of conditions, safety over all of them, and the registered trials."""

from __future__ import annotations

import ast
import math
import re
from datetime import date
from html import unescape

import pytest
from conftest import ROOT, with_rows
from made_up_trials import DAY, add_trial, append, measure

from livingreview import facts, tables
from livingreview.data import load
from livingreview.dose_marks import dose_marks
from livingreview.effects import effects
from livingreview.evidence import CHANCE, EVERYTHING, people_with, studies_that_are, studies_view
from livingreview.pooled import pools, without_in_a_thousand
from livingreview.registered import (
    EXPECTED,
    KNOWN,
    OVERDUE,
    STATES,
    UNTOLD,
    WITHDRAWN,
    day_of_review,
    last_day,
    record_flow,
    registered_trials,
)
from livingreview.tables import OWN_TABLES

KEYS = {
    "studies": "study_id",
    "measurements": "measurement_id",
    "certainty": "certainty_id",
}


def text_of(table):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", table._repr_html_()))


def groups_asked_for(table="studies_of"):
    """The groups that the chapters ask for by a function of `tables`."""
    found = []
    for page in sorted((ROOT / "chapters").glob("*.md")):
        for call in re.findall(rf"tables\.{table}\(.*\)", page.read_text(encoding="utf-8")):
            about = ast.parse(call).body[0].value.args[1]
            found.append(EVERYTHING if isinstance(about, ast.Name) else ast.literal_eval(about))
    return found


def test_every_group_of_conditions_has_its_chapter(review):
    groups = set(review.conditions["group"])
    assert set(OWN_TABLES) <= groups
    asked = groups_asked_for()
    assert len(asked) == len(set(asked))
    assert set(asked) == groups - set(OWN_TABLES)


@pytest.mark.parametrize(
    "call", [tables.studies_of, tables.percentages, tables.without_control, tables.how_sure]
)
def test_the_tables_of_a_group_show_or_leave_out_every_row(review, call):
    for group in review.conditions["group"].unique():
        table = call(review, group)
        key = KEYS[table.source]
        assert table.shown | set(table.left_out) == set(review.tables[table.source][key])
        assert not table.shown & set(table.left_out)


def test_every_question_stands_in_the_chapter_of_its_conditions(review):
    asked = groups_asked_for("how_sure")
    assert len(asked) == len(set(asked))
    shown = {group: tables.how_sure(review, group).shown for group in asked}
    assert set().union(*shown.values()) == set(review.certainty["certainty_id"])
    of = review.labels("conditions", "group")
    for row in review.certainty.itertuples(index=False):
        groups = {of[key] for key in row.conditions.split()} or {EVERYTHING}
        assert {group for group in asked if row.certainty_id in shown[group]} == groups


def test_a_question_needs_no_more_than_its_row(review):
    row = {"certainty_id": "gout", "question": "Does it ease gout?", "certainty": "low"}
    grown = with_rows(review, certainty=[{**row, "sentence": "It may.", "conditions": "crohn"}])
    assert "Does it ease gout?" in text_of(tables.how_sure(grown, "Bowel"))
    assert "Does it ease gout?" not in text_of(tables.how_sure(grown, "Pain"))
    assert "Does it ease gout?" in text_of(tables.summary_of_findings(grown))


def test_the_level_of_certainty_follows_from_its_steps(review):
    worth = {"not serious": 0, "serious": 1, "very serious": 2, "undetected": 0, "suspected": 1}
    steps = ["risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias"]
    levels = ["high", "moderate", "low", "very low"]
    for row in review.certainty.to_dict("records"):
        if row["certainty"] == "no evidence":
            assert not any(row[step] for step in (*steps, "studies", "outcome_id")), row
        else:
            down = sum(worth[row[step]] for step in steps)
            assert row["certainty"] == levels[min(down, 3)], row["certainty_id"]


def test_a_percentage_without_its_count_stands_in_words_and_one_with_it_does_not(data_copy):
    add_trial(data_copy, "alpha2020")
    measure(data_copy, "alpha2020.ldn0", "pain_response", 1, n="40", percent="45.5", unit="%")
    measure(data_copy, "alpha2020.placebo", "pain_response", 1, percent="27.5", unit="%")
    measure(data_copy, "alpha2020.ldn0", "symptoms", 2, n="40", events="13", percent="32.5")
    review = load(data_copy)
    table = tables.percentages(review, "Pain")
    keys = {f"alpha2020.{arm}.m1" for arm in ("ldn0", "placebo")}
    assert {key for key in table.shown if key.startswith("alpha2020")} == keys
    words = text_of(table)
    assert "45.5% of 40" in words
    assert "27.5%" in words
    assert "32.5" not in words


def test_values_without_a_control_group_stand_apart_and_no_others(review, data_copy):
    for group in review.conditions["group"].unique():
        study = review.labels("arms", "study_id")
        arm = review.labels("measurements", "arm_id")
        shown = {study[arm[key]] for key in tables.without_control(review, group).shown}
        assert not shown & studies_that_are(review, "comparative"), group
    add_trial(data_copy, "alpha2020", design="single-arm trial")
    for number, (time, mean) in enumerate((("baseline", "71.5"), ("12 weeks", "62.5"))):
        cells = {"n": "40", "mean": mean, "sd": "9.5", "unit": "points", "timepoint": time}
        measure(data_copy, "alpha2020.ldn0", "symptom_score", number, **cells)
    alone = load(data_copy)
    words = text_of(tables.without_control(alone, "Pain"))
    assert re.search(r"71\.5 ± 9\.5.*62\.5 ± 9\.5", words)
    assert not any(pool.result for pool in pools(alone, effects(alone, "gout")))


def test_the_numbers_of_a_group_follow_an_added_trial(review, data_copy):
    before = facts.of_group(review, "pain", "Pain")
    add_trial(data_copy, "alpha2020", n="40", amounts=("3",))
    add_trial(data_copy, "beta2021", amounts=("50",))
    after = facts.of_group(load(data_copy), "pain", "Pain")
    words = facts.WORDS
    assert words.index(after["pain_trials"]) == words.index(before["pain_trials"]) + 1
    assert words.index(after["pain_marked"]) == words.index(before["pain_marked"]) + 1
    assert after["pain_doses"].startswith("3–")


def test_an_order_that_is_not_told_is_counted_among_crossover_trials(review, data_copy):
    before = facts.of_group(review, "pain", "Pain")
    add_trial(data_copy, "alpha2020", design="crossover trial, order not described")
    add_trial(data_copy, "beta2021")
    told = {"item": "allocation", "statement": "The order is not told.", "reported": "no"}
    for study in ("alpha2020", "beta2021"):
        place = {"source_id": study, "locator": "Methods", "extracted": DAY}
        key = f"{study}.k1"
        append(data_copy, "characteristics", characteristic_id=key, study_id=study, **told, **place)
    after = facts.of_group(load(data_copy), "pain", "Pain")
    for name in ("pain_crossovers", "pain_order_untold"):
        assert facts.WORDS.index(after[name]) == facts.WORDS.index(before[name]) + 1


def test_every_crossover_trial_tells_of_its_order_or_that_it_is_not_told(review):
    crossovers = studies_that_are(review, "crossover") & people_with(review, EVERYTHING)
    told = review.characteristics.query("item == 'allocation'").set_index("study_id")["reported"]
    assert crossovers <= set(told.index)
    design = review.labels("studies", "design")
    for study in crossovers:
        assert ("not described" in design[study]) == ("no" in told[[study]].to_list())


def test_the_risk_without_naltrexone_is_that_of_the_groups_pooled(data_copy):
    for study, events in (("alpha2020", ("12", "10")), ("beta2021", ("9", "20"))):
        add_trial(data_copy, study)
        for arm, count in zip(("ldn0", "placebo"), events, strict=True):
            cells = {"n": "40", "events": count, "timepoint": "during treatment"}
            measure(data_copy, f"{study}.{arm}", "nausea", 1, **cells)
    review = load(data_copy)
    rows = effects(review, EVERYTHING, "safety")
    (pool,) = [found for found in pools(review, rows) if found.outcome == "Nausea"]
    assert without_in_a_thousand(rows, pool) == 1000 * (10 + 20) / 80


def test_pooled_results_are_told_in_people_and_in_points(review):
    told = facts.of_group(review, "pain", "Pain")["pain_plainly"]
    found = [pool for pool in pools(review, effects(review, "Pain")) if pool.result]
    assert len(told.split("; ")) >= len(found) > 0
    for pool in found:
        assert pool.outcome.lower() in told
    assert "out of a thousand people" in told
    assert not re.search(r"risk ratio|mean difference|-\d", told)
    assert facts.of_group(review, "x", "Healthy tissue")["x_plainly"] == "nothing"


def test_trials_of_another_dose_are_not_counted_as_trials_of_a_low_dose(review, data_copy):
    marked = set(dose_marks(review))
    frame = studies_view(review)
    chance = set(frame.loc[frame["rung"] == CHANCE, "study_id"])
    assert facts.whole(review)["n_low_randomised"] == facts.words.word(len(chance - marked))
    add_trial(data_copy, "alpha2020")
    add_trial(data_copy, "beta2021", amounts=("50",))
    after = facts.whole(load(data_copy))
    assert after["n_low_randomised"] == facts.words.word(len(chance - marked) + 1)
    assert after["n_randomised"] == facts.words.word(len(chance) + 2)


def test_how_sure_the_answers_are_is_told_by_level(review):
    words = facts.of_group(review, "pain", "Pain")["pain_sure"]
    shown = tables.how_sure(review, "Pain").shown
    grades = review.certainty.set_index("certainty_id").loc[sorted(shown), "certainty"]
    assert words.startswith(facts.words.word(len(grades)))
    assert f"{facts.words.word(int((grades == 'very low').sum()))} very uncertain" in words


def test_safety_says_in_words_what_is_pooled_and_why_the_rest_is_not(review):
    told = facts.safety(review)
    found = {pool.outcome: pool for pool in pools(review, effects(review, EVERYTHING, "safety"))}
    labels = review.labels("outcomes")
    for key in ("adverse_event", "serious_adverse_event", "stopped_for_harm", "stopped"):
        words, pool = told[f"pooled_{key}"], found.get(labels[key])
        if pool is None:
            assert words == "no study prints events and people for both groups"
        elif pool.result is None:
            assert words.startswith(f"not pooled ({pool.reason})")
            rows = effects(review, EVERYTHING, "safety").query("topic == @pool.outcome")
            if len(rows) == 1:
                assert f"{rows.iloc[0]['treated']} with naltrexone" in words
        else:
            assert f"{pool.printed.estimate:.2f}" in words
            assert "out of a thousand people" in words
            assert told[f"plainly_{key}"] == words.split("; ")[0]
    assert set(effects(review, EVERYTHING, "safety")["study_id"]) <= people_with(review, EVERYTHING)


def test_the_harms_table_shows_every_measurement_of_a_harm_in_people(review):
    family = review.measurements["outcome_id"].map(review.labels("outcomes", "family"))
    study = review.measurements["arm_id"].map(review.labels("arms", "study_id"))
    wanted = (family == "safety") & study.isin(people_with(review, EVERYTHING))
    assert tables.harms(review).shown == set(review.measurements.loc[wanted, "measurement_id"])


def test_a_date_as_printed_ends_on_the_last_day_that_it_can_mean():
    assert last_day("2024-02") == date(2024, 2, 29)
    assert last_day("2023") == date(2023, 12, 31)
    assert last_day("2023-09-04") == date(2023, 9, 4)


def registration(key, **cells):
    common = {"registration_id": key, "number": key.upper(), "title": key, "conditions": "crohn"}
    told = {"status": "recruiting", "results": "none seen", "url": "https://example.org/"}
    return {**common, **told, **cells}


def test_whether_a_result_is_overdue_follows_from_dates(review):
    today = day_of_review(review)
    day_before = date.fromordinal(today.toordinal() - 1).isoformat()
    number = "NCT99999999"
    study = review.measurements["arm_id"].map(review.labels("arms", "study_id")).iloc[0]
    made = {
        "past": (OVERDUE, {"ended": day_before}),
        "today": (EXPECTED, {"ended": today.isoformat()}),
        "month": (EXPECTED, {"ended": f"{today:%Y-%m}"}),
        "no_end": (UNTOLD, {}),
        "stopped": (WITHDRAWN, {"ended": day_before, "status": "withdrawn"}),
        "posted": (KNOWN, {"ended": day_before, "results": "published"}),
        "reported": (KNOWN, {"ended": day_before, "number": number}),
        "named": (KNOWN, {"ended": day_before, "studies": study}),
    }
    rows = [registration(key, **cells) for key, (_, cells) in made.items()]
    new = review.studies.copy()
    new.loc[new["study_id"] == study, "registration"] = number
    grown = with_rows(review.replacing(studies=new), registrations=rows)
    trials = registered_trials(grown).set_index("registration_id")
    assert {key: trials.loc[key, "state"] for key in made} == {k: s for k, (s, _) in made.items()}
    assert trials.loc["past", "years"] == pytest.approx(1 / 365.25)
    assert math.isnan(trials.loc["posted", "years"])
    board = text_of(tables.trials_board(grown))
    assert all(board.count(state) == 1 for state in STATES)
    assert trials.index[trials["here"]].isin(["reported", "named"]).sum() == 2
    told = facts.registered(grown)["n_registered_here"]
    assert told == facts.words.word(int(trials["here"].sum()))


def test_the_board_says_that_results_stand_in_the_review(review):
    trials = registered_trials(review)
    board = tables.trials_board(review)
    rows = [row for group in board.groups for row in group.rows]
    results = {unescape(re.sub("<.*?>", " ", row[0])): row[-1] for row in rows}
    for row in trials.itertuples(index=False):
        (cell,) = [cell for name, cell in results.items() if name.startswith(row.title)]
        assert ("in this review" in cell) == row.here
        if row.here:
            assert row.state == KNOWN and "none seen" not in cell


def test_a_study_and_the_entry_of_its_trial_name_one_another(review):
    number = review.labels("studies", "registration")
    entries = {row.number: row.studies.split() for row in review.registrations.itertuples()}
    for study, told in number.items():
        if told and told in entries:
            assert study in entries[told]


def test_the_board_counts_every_registered_trial_once(review):
    board = tables.trials_board(review)
    assert board.row_count == len(review.registrations) == len(board.shown)
    told = facts.registered(review)
    assert told["n_registered"] == facts.words.word(len(review.registrations))


def test_the_records_add_up(review):
    flows = record_flow(review)
    assert {flow.record for flow in flows} == {"report", "register entry"}
    for flow in flows:
        assert flow.found > 0
        assert flow.lost == 0, flow
    excluded = sum(sum(flow.excluded.values()) for flow in flows)
    assert excluded == len(review.exclusions)
    fewer = review.replacing(exclusions=review.exclusions.iloc[1:])
    assert sum(flow.lost for flow in record_flow(fewer)) == 1


def test_a_record_left_out_is_no_study_of_the_data(review):
    registered = set(review.registrations["registration_id"])
    assert not registered & set(review.exclusions["exclusion_id"])
    assert tables.exclusions(review).row_count == len(review.exclusions)


def test_a_condition_that_nobody_has_entered_is_refused(review):
    with pytest.raises(LookupError, match="no condition 'nowhere'"):
        people_with(review, "nowhere")


def test_a_group_without_an_effect_says_so(data_copy):
    append(data_copy, "conditions", condition_id="coeliac", label="Coeliac disease", group="Bowel")
    review = load(data_copy)
    table = tables.pooling(review, "coeliac")
    assert "Nothing can be computed" in text_of(table)
    assert "No such result" in text_of(tables.percentages(review, "Healthy tissue"))
