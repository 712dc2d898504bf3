"""``livingreview check``: every fault in one run, warnings that stop nothing, notes for GitHub."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import small_project
from conftest import ROOT
from test_bad_input import cell, cells, text, whole

from livingreview.checks import check_project, examine
from livingreview.checks.files import cell_start
from livingreview.cli import main
from livingreview.faults import WARNING, Fault, NearMisses


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small project, with the command run inside it."""
    folder = small_project.write(tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder


def test_one_run_names_faults_of_every_kind_and_none_hides_another(small, capsys):
    whole("species", lambda content: b"\xef\xbb\xbf" + content)(small)
    whole("conditions", lambda content: content.replace(b"\n", b"\r\n"))(small)
    whole("outcomes", lambda content: content + b"one,two\n")(small)
    cell("outcomes", 2, "better", "hihger")(small)
    cell("measurements", 2, "mean", "6,1")(small)
    cell("measurements", 3, "outcome_id", "pain_scor")(small)
    cells("measurements", 6, events="41", percent="")(small)
    cells("pharmacology", 4, low="40", high="5")(small)
    cell("comparisons", 2, "measure", "")(small)
    cell("measurements", 4, "sd", "0.31")(small)
    (small / "references.bib").unlink()
    assert main(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    starts = [
        "data/comparisons.csv:2: column effect:",
        "data/conditions.csv:1: the line ends with a carriage return",
        'data/measurements.csv:2: column mean: "6,1"',
        'data/measurements.csv:3: column outcome_id: "pain_scor"',
        "data/measurements.csv:4: warning: column sd:",
        'data/measurements.csv:6: column events: "41"',
        'data/outcomes.csv:2: column better: "hihger"',
        'data/outcomes.csv:5: "one,two" the row has 2 cells',
        "data/pharmacology.csv:4: column high:",
        "data/species.csv:1: the file starts with a byte-order mark",
        "references.bib: the file is missing",
        "10 fault(s) found. 1 warning(s) to look at.",
    ]
    assert len(lines) == len(starts), lines
    for line, start in zip(lines, starts, strict=True):
        assert line.startswith(start), line


def test_a_faulty_row_does_not_make_others_seem_to_lack_it(small):
    cell("arms", 5, "n", "forty")(small)  # the only arm of its study, and of its dose
    assert [(f.file, f.line) for f in check_project(small)] == [("data/arms.csv", 5)]
    cell("studies", 2, "extracted", "21/11/2026")(small)
    assert [(f.file, f.line) for f in check_project(small)] == [
        ("data/arms.csv", 5),
        ("data/studies.csv", 2),
    ]


def test_warnings_are_told_and_stop_nothing(small, capsys):
    cell("measurements", 2, "sd", "0.30")(small)
    assert check_project(small) == []
    assert main(["check"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith('data/measurements.csv:2: warning: column sd: "0.30"')
    assert last == "The data are in order. 1 warning(s) to look at."


def test_the_data_of_this_repository_raise_no_warning():
    assert examine(ROOT) == ([], [])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (cell("measurements", 2, "sd", "0.30"), 1),
        (cell("measurements", 2, "sd", "0.9"), 0),  # small, but not by the root of n
        (cells("measurements", 2, sd="0.66", n="8"), 0),  # too few to tell the two apart
        (cells("measurements", 2, sd="", se="0.30"), 0),
        (cells("measurements", 2, sd="", se="2.0"), 1),
        (cell("measurements", 2, "mean", "191"), 1),
        (cell("measurements", 2, "mean", "189"), 0),
        (cell("measurements", 2, "n", "41"), 1),
        (cell("measurements", 2, "n", "39"), 0),
        (cell("arms", 5, "n", "21"), 0),  # a discrepancy says that sizes of this study differ
        (cell("arms", 2, "n", "81"), 1),
    ],
)
def test_what_is_unlikely_and_what_is_not(small, change, expected):
    change(small)
    faults, warnings = examine(small)
    assert faults == []
    assert len(warnings) == expected, warnings
    assert all(fault.severity == WARNING for fault in warnings)


def test_a_percentage_that_a_discrepancy_answers_is_no_fault(small):
    cell("measurements", 6, "percent", "31")(small)
    assert [fault.column for fault in check_project(small)] == ["percent"]
    cells("discrepancies", 2, table="measurements", row="alpha2020.m5", column="percent")(small)
    assert check_project(small) == []


@pytest.mark.parametrize(
    ("percent", "events", "fits"),
    [
        ("22.5", "9", True),
        ("23", "9", True),  # a half is rounded up
        ("22", "9", True),  # or to the even digit
        ("21", "9", False),
        ("22.0", "9", False),  # a whole number with a decimal that it does not have
        ("~21", "9", True),  # nothing exact is claimed
    ],
)
def test_a_percentage_may_be_rounded_either_way(small, percent, events, fits):
    cells("measurements", 7, percent=percent, events=events)(small)
    assert (check_project(small) == []) is fits


def test_github_gets_the_file_line_and_column_of_each_fault(small, capsys):
    cell("doses", 2, "called", "LDN, daily")(small)  # a comma inside quotes is no separator
    cell("doses", 2, "amount", "4,5")(small)
    cell("measurements", 4, "sd", "0.31")(small)
    assert main(["check", "--format", "github"]) == 1
    error, warning, last = capsys.readouterr().out.splitlines()
    line = (small / "data/doses.csv").read_text(encoding="utf-8").splitlines()[1]
    start = line.index('"4,5"') + 1
    assert error.startswith(
        f"::error file=data/doses.csv,line=2,col={start},"
        'title=not a number as this review writes it::column amount: "4,5" not a number'
    )
    assert warning.startswith("::warning file=data/measurements.csv,line=4,col=")
    assert last == "1 fault(s) found. 1 warning(s) to look at."


def test_the_start_of_a_cell_is_found_up_to_the_end_of_a_line():
    assert [cell_start("a,b,", index) for index in range(4)] == [1, 3, 5, 0]
    assert cell_start('"a,""b",c', 1) == 9


def test_github_gets_claims_too(small, capsys):
    cell("claims", 2, "number", "0")(small)
    assert main(["check", "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error file=data/claims.csv,line=2,title=claim few")


def test_what_github_would_misread_is_escaped():
    fault = Fault(
        "data/a,b:c%.csv", 3, "c", "50%\r\n::error::", "so: 5%, or less", "Mend it", WARNING
    )
    assert fault.annotation() == (
        "::warning file=data/a%2Cb%3Ac%25.csv,line=3,title=so%3A 5%25%2C or less::"
        'column c: "50%25\\r\\n::error::" so: 5%25, or less. Mend it.'
    )


def test_two_claims_that_cannot_be_read_are_both_told(small, capsys):
    cell("claims", 2, "rows", "in_persons")(small)
    cell("claims", 3, "rows", "favour == 'intervention'")(small)
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert 'data/claims.csv:2: column rows: "in_persons"' in out
    assert '(did you mean "in_people"?)' in out
    assert "data/claims.csv:3: column rows:" in out
    assert '(did you mean "favours"?)' in out


def test_a_reader_that_leaves_early_sees_no_traceback(small):
    cells("measurements", 2, mean="6,1")(small)
    done = subprocess.run(
        f"{sys.executable} -m livingreview check | true",
        shell=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_many_unknown_words_are_not_searched_for_near_misses_for_ever():
    near = NearMisses([f"word{i}" for i in range(1000)])
    assert near("wrod7")
    found = [near(f"other{i}") for i in range(2000)]
    assert len(found) == 2000
    assert near("wrod7") and not near("wrod8")


def test_a_key_that_an_unreadable_line_may_hold_is_not_said_to_be_missing(small):
    text("outcomes", b"pain_score,Pain,", b"pain_score,")(small)
    assert [(f.file, f.line) for f in check_project(small)] == [("data/outcomes.csv", 2)]
    cell("measurements", 8, "outcome_id", "growht")(small)
    assert [(f.file, f.line) for f in check_project(small)] == [
        ("data/measurements.csv", 8),
        ("data/outcomes.csv", 2),
    ]
