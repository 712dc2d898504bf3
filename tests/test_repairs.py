"""``livingreview check --fix`` repairs what cannot be misread, lists it, and touches no value."""

from __future__ import annotations

import stat

import pytest
import small_project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_bad_input import KINDS, cell, cells, text, whole
from test_mutations import KINDS as MUTATIONS
from test_mutations import TABLES, contents

from livingreview.checks import examine
from livingreview.cli import main
from livingreview.repairs import repair_project, repair_table
from livingreview.schema import read_package


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small project, with the command run inside it."""
    folder = small_project.write(tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder


REPAIRED = {
    "byte-order mark": [
        "data/studies.csv:1: notice: the file started with a byte-order mark. Repaired: taken away."
    ],
    "Windows line ends": [
        "data/conditions.csv:1: notice: 3 lines ended with a carriage return. "
        "Repaired: now LF alone."
    ],
    "semicolons": [
        "data/conditions.csv:1: notice: the file was separated by semicolons. "
        "Repaired: commas, and each cell as it was."
    ],
    "tabs": [
        "data/conditions.csv:1: notice: the file was separated by tabs. "
        "Repaired: commas, and each cell as it was."
    ],
    "space at the end": [
        'data/measurements.csv:2: notice: column mean: "6.1 " there was a space at the start or '
        'end. Repaired: "6.1".'
    ],
    "space at the start": [
        'data/studies.csv:2: notice: column model: " Adults" there was a space at the start or '
        'end. Repaired: "Adults".'
    ],
    "no-break space at the end": [
        'data/studies.csv:2: notice: column model: "Adults\\xa0" there was a space at the start '
        'or end. Repaired: "Adults".'
    ],
    "blank line": ["data/conditions.csv:4: notice: the row was empty. Repaired: taken away."],
    "row of separators": [
        "data/conditions.csv:4: notice: the row was empty. Repaired: taken away."
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_repair_brings_back_the_file_that_was_or_changes_nothing(small, kind):
    good = contents(small)
    KINDS[kind](small)
    spoilt = contents(small)
    assert [str(notice) for notice in repair_project(small)] == REPAIRED.get(kind, [])
    assert contents(small) == (good if kind in REPAIRED else spoilt)
    assert repair_project(small) == []


def test_the_last_line_end_comes_back_only_where_the_row_is_sure_to_be_whole(small):
    whole("conditions", lambda content: content[:-1])(small)  # ends with a word, maybe a cut one
    cell("studies", 4, "checked", "2026-11-22")(small)
    whole("studies", lambda content: content[:-1])(small)
    whole("arms", lambda content: content[:-1])(small)  # ends with no date
    (notice, other) = repair_project(small)
    assert (notice.file, notice.line) == ("data/studies.csv", 4)
    assert other.file == "data/arms.csv"
    assert "the last line had no line end" in notice.why
    whole("studies", lambda content: content[:-2])(small)  # a date cut off
    whole("agents", lambda content: content[:-1])(small)  # a text that may be cut off as a whole
    assert repair_project(small) == []


def test_two_byte_order_marks_are_one_repair(small):
    before = contents(small)
    whole("studies", lambda content: 2 * b"\xef\xbb\xbf" + content)(small)
    assert len(repair_project(small)) == 1
    assert contents(small) == before


def test_a_file_of_semicolons_with_decimal_commas_is_left_to_a_person(small):
    def german(content):
        return content.replace(b",", b";").replace(b"4.5;", b"4,5;")

    whole("doses", german)(small)
    before = contents(small)
    assert repair_project(small) == []
    assert contents(small) == before
    found = [fault.value for fault in examine(small)[0]]
    assert "4,5" in found  # the separator does not hide it


def test_only_lines_that_are_repaired_are_written_anew(small):
    text("studies", b"Mice", b'"Mice"')(small)  # quotes that nobody needs
    text("studies", b",Adults,", b',"Adults, old ",')(small)
    repair_project(small)
    lines = (small / "data/studies.csv").read_bytes().split(b"\n")
    assert b',"Mice",' in lines[3]
    assert b',"Adults, old",' in lines[1]


def test_no_line_inside_a_cell_over_lines_is_taken_away(small):
    text("studies", b"Adults", b'"Adults\n\nold "')(small)
    before = contents(small)
    assert repair_project(small) == []
    assert contents(small) == before


def test_without_fix_nothing_is_written_and_with_it_every_repair_is_told(small, capsys):
    whole("studies", lambda content: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))(small)
    cells("measurements", 2, mean="6,1", unit=" grade")(small)
    before = contents(small)
    assert main(["check"]) == 1
    assert contents(small) == before
    assert "notice" not in capsys.readouterr().out
    assert main(["check", "--fix"]) == 1  # the decimal comma stays
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.split(":")[2] for line in lines] == [
        " notice",
        " notice",
        " notice",
        " column mean",
    ]
    assert last == "1 fault(s) found. 3 repair(s) made."
    cell("measurements", 2, "mean", "6.1")(small)
    assert main(["check", "--fix", "--format", "github"]) == 0
    assert capsys.readouterr().out == "The data are in order.\n"
    cell("measurements", 2, "mean", "6.1 ")(small)
    assert main(["check", "--fix", "--format", "github"]) == 0
    assert capsys.readouterr().out.startswith("::notice file=data/measurements.csv,line=2,title=")


def test_a_file_that_cannot_be_put_in_place_stays_whole(small, monkeypatch, capsys):
    whole("studies", lambda content: b"\xef\xbb\xbf" + content)(small)
    before = contents(small)

    def refuse(self, target):
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    assert main(["check", "--fix"]) == 2
    assert "cannot be repaired" in capsys.readouterr().err
    assert contents(small) == before


def test_a_repaired_file_keeps_its_mode_and_its_place_behind_a_link(small):
    path, real = small / "data/studies.csv", small / "elsewhere.csv"
    path.rename(real)
    path.symlink_to(real)
    real.chmod(0o640)
    real.write_bytes(b"\xef\xbb\xbf" + real.read_bytes())
    assert len(repair_project(small)) == 1
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert not real.read_bytes().startswith(b"\xef\xbb\xbf")
    assert examine(small) == ([], [])


def test_a_project_without_its_description_is_left_alone(small):
    (small / "data/datapackage.json").unlink()
    whole("studies", lambda content: b"\xef\xbb\xbf" + content)(small)
    assert repair_project(small) == []


@settings(
    max_examples=600,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_second_repair_finds_nothing_and_no_letter_is_lost(data):
    table = read_package(small_project.ROOT).tables[data.draw(st.sampled_from(TABLES))]
    content = small_project.content(table.name)
    for kind in data.draw(st.sampled_from([["cells"], ["rows"], ["columns"], ["cells", "bytes"]])):
        content = MUTATIONS[kind](data, content)
    content = data.draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + content
    ends = data.draw(st.sampled_from([b"\n", b"\r\n", b" \n", b"\n\n", b"\n,,\n", b"\r"]))
    content = content.replace(b"\n", ends)
    content = content.replace(b",", data.draw(st.sampled_from([b",", b";", b"\t", b" ,", b", "])))
    once, notices = repair_table(table, content)
    assert repair_table(table, once) == (once, [])
    assert bool(notices) is (once != content)
    # nothing but spaces, line ends, separators, quotes and the byte-order mark may come or go
    try:
        letters = [text.decode("utf-8").split() for text in (content, once)]
    except UnicodeDecodeError:
        assert once == content
        return
    form = str.maketrans("", "", ' ,;\t"\r\n\ufeff\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0')
    assert "".join(letters[0]).translate(form) == "".join(letters[1]).translate(form)
