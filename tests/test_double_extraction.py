"""Second readings: the form holds no value, and the rate of agreement is that before resolving."""

from __future__ import annotations

import csv
import shutil

import pytest
import small_project

from livingreview import facts, tables
from livingreview.checks import check_project
from livingreview.cli import main
from livingreview.data import load
from livingreview.double_extraction import columns, counted, readings, same_number
from livingreview.evidence_diff.rows import Rows
from livingreview.study_pages import Site, StudyPages

FORM = "second-reading-alpha2020.csv"
HEAD = "table,row,column,first,second,reader,extracted,kept,reason,resolved\n"


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A project in which nothing was read twice; commands run in it."""
    folder = small_project.write(tmp_path / "project")
    (folder / "data/second_readings.csv").write_text(HEAD)
    monkeypatch.chdir(folder)
    return folder


def lines(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def filled(path, values):
    """Fill lines of a form by table, row and column."""
    rows = lines(path)
    for row in rows:
        row["value"] = values.get((row["table"], row["row"], row["column"]), row["value"])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_the_form_names_each_cell_and_holds_no_value(small, capsys):
    assert main(["second-reading", "alpha2020"]) == 0
    form = lines(small / FORM)
    assert "holds none" in capsys.readouterr().out
    asked = {(row["table"], row["column"]) for row in form}
    assert asked >= {("studies", "n"), ("measurements", "sd"), ("comparisons", "p")}
    assert ("measurements", "se") not in asked, "nothing of this study has one"
    events = [row for row in form if (row["row"], row["column"]) == ("alpha2020.m1", "events")]
    assert events, "asked of every row, so that it does not tell which rows have one"
    review = load(small)
    for row in form:
        assert row["value"] == "" and row["locator"] == "Table 1" and row["meaning"]
        frame = review.tables[row["table"]].set_index(
            review.package.tables[row["table"]].primary_key[0]
        )
        first = frame.loc[row["row"], row["column"]]
        if len(first) > 1:
            said = row["about"] + row["meaning"].partition("One of:")[0]
            assert first not in said, row


def test_a_form_is_never_overwritten_and_a_study_must_be_there(small, capsys):
    (small / FORM).write_text("mine")
    assert main(["second-reading", "alpha2020"]) == 2
    assert (small / FORM).read_text() == "mine"
    assert main(["second-reading", "alfa2020"]) == 2
    assert 'did you mean "alpha2020"?' in capsys.readouterr().err


def test_what_was_read_is_entered_beside_what_was_there(small, capsys):
    main(["second-reading", "alpha2020"])
    values = {
        ("measurements", "alpha2020.m1", "mean"): "6.1",
        ("measurements", "alpha2020.m1", "sd"): "1.90",
        ("measurements", "alpha2020.m1", "events"): "not printed",
        ("comparisons", "alpha2020.c1", "direction"): "increase",
    }
    filled(small / FORM, values)
    capsys.readouterr()
    assert main(["second-reading", "alpha2020", FORM, "--day", "2026-11-25"]) == 0
    told = capsys.readouterr().out
    assert "4 values were entered" in told and "2 agree" in told
    entered = lines(small / "data/second_readings.csv")
    found = {(row["table"], row["row"], row["column"]): row for row in entered}
    assert {cell: row["second"] for cell, row in found.items()} == values
    assert found["measurements", "alpha2020.m1", "events"]["first"] == "not printed"
    assert {row["extracted"] for row in entered} == {"2026-11-25"}
    faults = check_project(small)
    assert [(fault.column, fault.value) for fault in faults] == [
        ("second", "1.90"),
        ("second", "increase"),
    ]
    assert "the same number, printed otherwise" in faults[0].why
    # what was read is not asked for again
    (small / FORM).unlink()
    shutil.copy(small_project.ROOT / "data/datapackage.json", small / "data/datapackage.json")
    text = (small / "data/second_readings.csv").read_text()
    for second in ("1.90", "increase"):
        text = text.replace(
            f"{second},person,2026-11-25,,,", f"{second},person,2026-11-25,first,Seen,2026-11-26"
        )
    (small / "data/second_readings.csv").write_text(text)
    assert check_project(small) == []
    assert main(["second-reading", "alpha2020"]) == 0
    left = {(row["table"], row["row"], row["column"]) for row in lines(small / FORM)}
    assert not left & set(values)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({("measurements", "alpha2020.m1", "mean"): "6,1"}, "A decimal comma?"),
        ({("measurements", "alpha2020.m1", "mean"): "NaN"}, "this is no value"),
        ({}, "is empty in every line"),
    ],
)
def test_a_bad_form_is_refused_whole(small, capsys, spoil, words):
    main(["second-reading", "alpha2020"])
    good = {("measurements", "alpha2020.m1", "sd"): "1.9"} if spoil else {}
    filled(small / FORM, good | spoil)
    before = (small / "data/second_readings.csv").read_bytes()
    assert main(["second-reading", "alpha2020", FORM]) == 2
    told = capsys.readouterr().err
    assert words in told and FORM in told
    assert (small / "data/second_readings.csv").read_bytes() == before


def test_lines_that_the_form_did_not_have_are_refused(small, capsys):
    main(["second-reading", "alpha2020"])
    path = small / FORM
    text = path.read_text().replace("alpha2020.m1,mean", "beta2021_cells.m1,value", 1)
    path.write_text(text)
    filled(path, {("measurements", "beta2021_cells.m1", "value"): "61.5"})
    assert main(["second-reading", "alpha2020", FORM]) == 2
    assert "no cell that is still to be read twice" in capsys.readouterr().err
    path.write_bytes(b"\xff\xfe")
    assert main(["second-reading", "alpha2020", FORM]) == 2
    assert main(["second-reading", "alpha2020", "nowhere.csv"]) == 2
    assert main(["second-reading", "alpha2020", FORM, "--day", "yesterday"]) == 2


def test_a_form_saved_by_a_spreadsheet_is_repaired_and_it_says_so(small, capsys):
    main(["second-reading", "alpha2020"])
    path = small / FORM
    filled(path, {("measurements", "alpha2020.m1", "sd"): "1.9"})
    text = path.read_text().replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    capsys.readouterr()
    assert main(["second-reading", "alpha2020", FORM]) == 0
    told = capsys.readouterr().out
    assert "byte-order mark" in told and "1 values were entered" in told


def entered(small, *rows):
    text = HEAD + "".join(f"{row}\n" for row in rows)
    (small / "data/second_readings.csv").write_text(text)
    assert check_project(small) == []
    return load(small)


RESOLVED = (
    "measurements,alpha2020.m1,mean,6.1,6.1,person,2026-11-22,,,",
    "measurements,alpha2020.m1,sd,1.9,1.90,person,2026-11-22,first,The zero is a blot.,2026-11-23",
    "measurements,alpha2020.m2,mean,4.5,4.2,person,2026-11-22,second,A slip.,2026-11-23",
    "arms,alpha2020.ldn,n,40,40,program,2026-11-22,,,",
)


def test_a_resolved_disagreement_counts_as_one(small):
    review = entered(small, *RESOLVED)
    told = facts.double_extraction(review)
    assert told["n_read_twice"] == "three"
    assert told["n_studies_read_twice"] == "one"
    assert "1 of them (33%)" in told["agreement"]
    shown = tables.double_extraction(review)
    person, program = shown.groups
    assert [row[0] for row in person.rows] == ["Studies", "Arms", "Measurements", "Comparisons"]
    assert person.rows[2][2:] == ["3", "1 of 3 (33%)", "1", "1"]
    assert program.rows[1][2:] == ["1", "1 of 1 (100%)", "0", "0"]
    page = StudyPages(review, Site("", "", "", "")).page("alpha2020").text
    assert "Read twice: 4.5, then 4.2 (mean); the second kept on 2026-11-23: A slip." in page


def test_a_second_reading_belongs_to_its_study_in_the_diff_and_renews_its_page(small):
    plain = entered(small)
    review = entered(small, *RESOLVED)
    key = "measurements / alpha2020.m1 / mean"
    assert Rows(review).study("second_readings.csv", key) == "alpha2020"
    made = [StudyPages(one, Site("", "", "", "")).made_of("alpha2020") for one in (plain, review)]
    assert made[0] != made[1]


def test_where_nobody_has_read_anything_twice_the_book_says_so(review):
    review = review.replacing(second_readings=review.second_readings.iloc[:0])
    told = facts.double_extraction(review)
    assert told["n_read_twice"] == told["n_studies_read_twice"] == "none"
    assert told["agreement"] == "so how far two readers agree is not known"
    (group,) = tables.double_extraction(review).groups
    assert {row[3] for row in group.rows} == {"not known"}


def test_the_number_of_values_is_that_of_filled_cells(review):
    rows = {name: frame.to_dict("records") for name, frame in review.tables.items()}
    found = counted(review.package, rows)
    frame = review.measurements[list(columns(review.package.tables["measurements"]))]
    assert found["measurements"] == int((frame != "").sum().sum()) > 200
    assert list(readings(rows | {"second_readings": []})) == []


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        *(("0.5", "0.50", True), ("1,000", "1000", True), ("0.5", "0.05", False)),
        *(("<0.05", "0.05", False), ("<0.05", "<0.050", True), ("increase", "decrease", False)),
        *(("not printed", "5", False), ("10^-5", "10^-5", True)),
    ],
)
def test_one_number_in_two_forms_is_told_from_two_numbers(first, second, same):
    assert same_number(first, second) is same
