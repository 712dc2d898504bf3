"""Every kind of bad input gets a clear fault: file, line, column, value, why and remedy."""

from __future__ import annotations

import csv
import json

import pytest
from conftest import ROOT, command

from livingreview.checks import check_project
from livingreview.data import load
from livingreview.faults import DataError, Fault, near_miss


def edit(folder, table, line, column, value):
    """Write one cell, by line of the file (1 is the header)."""
    path = folder / "data" / f"{table}.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    rows[line - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def change(folder, table, old, new):
    """Replace bytes in the file of a table."""
    path = folder / "data" / f"{table}.csv"
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def line_of(folder, table, column, value):
    """Return the line of the first row with this value."""
    lines = (folder / "data" / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    return next(i for i, row in enumerate(csv.DictReader(lines), 2) if row[column] == value)


def text_of(folder):
    return "\n".join(str(fault) for fault in check_project(folder))


def test_the_data_of_this_repository_are_in_order():
    assert check_project(ROOT) == []


CELLS = [
    # table, line, column, value, words that the fault must hold
    ("studies", 2, "design", "in vitr", ['"in vitr"', "designs.csv", 'did you mean "in vitro"']),
    ("studies", 3, "study_id", "", ["must not be", "Fill it"]),
    ("studies", 3, "study_id", "liu2020_cells", ["line 2 already", "key of its own"]),
    ("studies", 2, "species_id", "humen", ["species.csv", 'did you mean "human"']),
    ("studies", 2, "conditions", "cervical_cancer colon_cancer", ['"colon_cancer"', "conditions"]),
    ("studies", 2, "reference", "liu202", ["references.bib", "did you mean"]),
    ("studies", 2, "registration", "NCT123", ["not of the form"]),
    ("studies", 2, "overlaps", "nobody2020", ["studies.csv"]),
    ("studies", 2, "overlaps", "liu2020_cells", ["overlap with itself"]),
    ("registrations", 2, "studies", "younger2013", ["carries another number (NCT00568555)"]),
    ("registrations", 2, "studies", "nobody2020", ["studies.csv"]),
    ("studies", 2, "n", "twelve", ["not a number", "decimal point"]),
    ("studies", 2, "extracted", "21/11/2026", ["not a date", "year-month-day"]),
    ("studies", 2, "checked", "2020-01-01", ["before it was extracted"]),
    ("doses", 2, "amount", "0,5", ["decimal comma", '"0.5"']),
    ("doses", 2, "amount", "1e3", ["not a number"]),
    ("doses", 2, "unit", "mg/ml", ["units.csv", 'did you mean "mg/mL"']),
    ("doses", 2, "study_id", "liu2016_cells", ["belongs to another study"]),
    ("arms", 2, "doses", "liu2020_cells.ldn7", ["doses.csv", "did you mean"]),
    ("arms", 2, "doses", "", ["nothing was given"]),
    ("arms", 2, "study_id", "nobody2020", ["studies.csv"]),
    ("measurements", 2, "mean", "NaN", ["no value", "Leave the cell empty"]),
    ("measurements", 2, "mean", "−5", ["minus sign"]),
    ("measurements", 2, "mean", "", ["spread without its mean"]),
    ("measurements", 2, "value", "17", ["what this value is"]),
    ("measurements", 2, "mean", " 17.27", ["space at the start or end"]),
    ("measurements", 2, "unit", "", ["must not be"]),
    ("measurements", 2, "arm_id", "liu2020_cell.ldn", ["arms.csv", "did you mean"]),
    ("comparisons", 7, "effect", "", ["effect and measure"]),
    ("comparisons", 2, "comparator_id", "raffeq2025.control", ["arm of another study"]),
    ("comparisons", 2, "comparator_id", "liu2020_cells.ldn", ["compared with itself"]),
    ("comparisons", 2, "direction", "up", ["vocabulary", "increase, decrease"]),
    ("comparisons", 2, "p", "0,03", ["decimal comma", '"0.03"']),
    ("comparisons", 2, "ci_low", "1.1", ["interval without its effect"]),
    ("comparisons", 2, "se", "0.4", ["standard error without its effect"]),
    ("comparisons", 2, "se", "-0.4", ["below zero"]),
    ("mechanisms", 2, "target_node", "moor", ["mechanism_nodes.csv", 'did you mean "mor"']),
    ("pharmacology", 5, "high", "<", ["not a number"]),
    ("reference_lists", 2, "number", "1.0", ["whole number"]),
    ("discrepancies", 2, "row", "nobody", ["no row of measurements.csv"]),
    ("discrepancies", 2, "table", "studie", ["no such table"]),
    ("discrepancies", 2, "column", "size", ["no such column"]),
    ("discrepancies", 2, "corrected", "54", ["same stands in measurements.csv already"]),
    ("discrepancies", 2, "corrected", "many", ["content of events of", "not a number"]),
    ("sources", 2, "read", "2026-13-01", ["not a date"]),
    ("units", 2, "factor", "abc", ["form"]),
    ("units", 2, "factor", "0", ["form"]),
    ("sources", 2, "read", "2026-W47-6", ["not a date"]),
    ("doses", 2, "amount", "10^400", ["not a number"]),
    ("doses", 2, "amount", "0", ["dose of nothing"]),
    ("doses", 2, "amount", "-5", ["below zero"]),
    ("doses", 2, "unit", "mg/kg", ["in culture is a concentration"]),
    ("measurements", 2, "mean", "３2.5", ["not a number"]),
    ("measurements", 2, "plus_minus", "-5", ["below zero"]),
    ("measurements", 2, "percent", "480", ["more than a hundred"]),
    ("measurements", 2, "n", "17.5", ["not a number of people"]),
    ("measurements", 2, "n", "0", ["not a number of people"]),
    ("comparisons", 2, "p", "1.5", ["not a number"]),
    ("species", 2, "km", "0", ["cannot be zero"]),
    ("agents", 2, "formula", "C20Zz", ["form"]),
    ("agents", 2, "formula", "", ["needs a formula"]),
    ("studies", 2, "cited_as", "73rd", ["not a bracketed number"]),
    ("citations", 2, "number", "1000", ["no such number"]),
    ("citations", 3, "should_be", "8000", ["no such number"]),
    ("mechanisms", 2, "target_node", "opioid", ["to itself"]),
]


@pytest.mark.parametrize(("table", "line", "column", "value", "words"), CELLS)
def test_a_bad_cell_is_named_with_its_place(data_copy, table, line, column, value, words):
    edit(data_copy, table, line, column, value)
    faults = check_project(data_copy)
    text = "\n".join(map(str, faults))
    assert faults, "no fault was found"
    for word in words:
        assert word in text
    assert all(fault.file and fault.why and fault.remedy for fault in faults)
    if not words[0].startswith(("belongs", "what this", "spread")):
        assert any(fault.line for fault in faults)


def test_the_line_and_column_of_a_bad_cell_are_right(data_copy):
    edit(data_copy, "measurements", 17, "unit", "furlong")
    (fault,) = check_project(data_copy)
    assert (fault.file, fault.line, fault.column, fault.value) == (
        "data/measurements.csv",
        17,
        "unit",
        "furlong",
    )
    assert str(fault).startswith('data/measurements.csv:17: column unit: "furlong" ')


CORRECTED = [
    ("", "", "", "9.8", "a corrected content for no cell"),
    ("comparisons", "raffeq2025.c45", "direction", "up", "vocabulary"),
    ("comparisons", "raffeq2025.c45", "direction", "no difference", "the same stands in"),
    ("comparisons", "raffeq2025.c45", "outcome_id", "lhh", "outcomes.csv has no lhh"),
    ("comparisons", "raffeq2025.c45", "comparison_id", "c45", "nothing that a source prints"),
    ("measurements", "raffeq2025.m10", "extracted", "2026-01-01", "nothing that a source prints"),
    ("studies", "raffeq2025", "reference", "nobody2020", "references.bib has no nobody2020"),
    ("arms", "raffeq2025.ldn", "doses", "raffeq2025.ldn x", "doses.csv has no x"),
]


@pytest.mark.parametrize(("table", "row", "column", "corrected", "why"), CORRECTED)
def test_a_correction_that_cannot_stand_in_its_cell_is_named(
    data_copy, table, row, column, corrected, why
):
    line = line_of(data_copy, "discrepancies", "discrepancy_id", "raffeq2025-d04")
    cells = {"table": table, "row": row, "column": column, "corrected": corrected}
    for name, value in cells.items():
        edit(data_copy, "discrepancies", line, name, value)
    (fault,) = check_project(data_copy)
    assert fault.file == "data/discrepancies.csv"
    assert fault.column == "corrected"
    assert fault.value == corrected
    assert why in fault.why
    assert fault.remedy
    assert fault.line == line


def test_two_corrections_of_one_cell_are_a_fault_of_the_second(data_copy):
    first = line_of(data_copy, "discrepancies", "corrected", "4.0")
    second = line_of(data_copy, "discrepancies", "corrected", "33.1")
    for name, value in {"row": "raffeq2025.m10", "corrected": "4.2"}.items():
        edit(data_copy, "discrepancies", second, name, value)
    # the percentage that the second answered is now a fault of its own
    (fault, other) = check_project(data_copy)
    assert other.column == "percent"
    assert (fault.line, fault.column, fault.value) == (second, "corrected", "4.2")
    assert f"line {first} corrects this cell already" in fault.why


def test_a_correction_that_can_stand_in_its_cell_is_no_fault(data_copy):
    line = line_of(data_copy, "discrepancies", "discrepancy_id", "raffeq2025-d04")
    edit(data_copy, "discrepancies", line, "corrected", "very weak negative")
    assert check_project(data_copy) == []
    frame = load(data_copy).comparisons.set_index("comparison_id")
    assert frame.at["raffeq2025.c45", "strength"] == "very weak negative"


FILES = [
    ("missing", lambda path: path.unlink(), "the file is missing"),
    ("empty", lambda path: path.write_bytes(b""), "the file is empty"),
    ("blank", lambda path: path.write_bytes(b"\n \n"), "the file is empty"),
    (
        "header only",
        lambda path: path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n"),
        "holds no rows",
    ),
    (
        "byte-order mark",
        lambda path: path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes()),
        "byte-order mark",
    ),
    (
        "Latin-1",
        lambda path: path.write_bytes(path.read_bytes().replace(b"cells", b"c\xe9lls", 1)),
        "not UTF-8",
    ),
    (
        "UTF-16",
        lambda path: path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16")),
        "UTF-16",
    ),
    (
        "semicolons",
        lambda path: path.write_bytes(path.read_bytes().replace(b",", b";")),
        "separated by semicolons",
    ),
    (
        "tabs",
        lambda path: path.write_bytes(path.read_bytes().replace(b",", b"\t")),
        "separated by tabs",
    ),
    (
        "Windows line ends",
        lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")),
        "carriage return",
    ),
    (
        "NUL",
        lambda path: path.write_bytes(path.read_bytes().replace(b"cells", b"c\0lls", 1)),
        "NUL byte",
    ),
    (
        "cut off",
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        "the last line has no line end",
    ),
    (
        "ragged",
        lambda path: path.write_bytes(path.read_bytes() + b"one,two\n"),
        "2 cells where the header has 20",
    ),
    (
        "open quote",
        lambda path: path.write_bytes(path.read_bytes() + b'"never closed\n'),
        "the row cannot be read",
    ),
    (
        "cell over two lines",
        lambda path: path.write_bytes(
            path.read_bytes().replace(b"Human cervical cancer cells", b'"Human\ncells"', 1)
        ),
        "more than one line",
    ),
    (
        "blank line",
        lambda path: path.write_bytes(path.read_bytes() + b"\n"),
        "the line is empty",
    ),
    (
        "wrong column",
        lambda path: path.write_bytes(path.read_bytes().replace(b",model,", b",modell,", 1)),
        'did you mean "model"',
    ),
    (
        "missing column",
        lambda path: path.write_bytes(path.read_bytes().replace(b",model,", b",modell,", 1)),
        "column model: the column is missing",
    ),
    (
        "column twice",
        lambda path: path.write_bytes(path.read_bytes().replace(b",model,", b",design,", 1)),
        "stands 2 times",
    ),
]


@pytest.mark.parametrize(("kind", "spoil", "words"), FILES, ids=[item[0] for item in FILES])
def test_a_bad_file_is_one_clear_fault_and_no_traceback(data_copy, kind, spoil, words):
    spoil(data_copy / "data" / "studies.csv")
    done = command(data_copy, "check")
    assert done.returncode == 1
    assert words in done.stdout
    assert "data/studies.csv" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    with pytest.raises(DataError):
        load(data_copy)


def test_a_fault_in_one_table_does_not_bring_up_faults_in_others(data_copy):
    (data_copy / "data" / "units.csv").unlink()
    assert [fault.file for fault in check_project(data_copy)] == ["data/units.csv"]


def test_rows_are_never_dropped(data_copy):
    for name, frame in load(data_copy).tables.items():
        lines = (data_copy / "data" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert len(frame) == len(lines) - 1, name


def test_an_undescribed_file_is_named(data_copy):
    (data_copy / "data" / "extra.csv").write_text("a\n1\n", encoding="utf-8")
    assert "not described" in text_of(data_copy)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "missing"), ("{", "not valid JSON"), ("{}", "a part is missing")],
)
def test_a_broken_description_is_one_fault(data_copy, content, words):
    path = data_copy / "data" / "datapackage.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    (fault,) = check_project(data_copy)
    assert words in str(fault)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "missing"), (b"@article{x,", "cannot be read"), (b"\xff", "UTF-8")],
)
def test_a_broken_bibliography_is_one_fault(data_copy, content, words):
    path = data_copy / "references.bib"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    text = text_of(data_copy)
    assert "references.bib" in text
    assert words in text


def test_swapped_limits_are_named(data_copy):
    line = line_of(data_copy, "pharmacology", "parameter", "bioavailability")
    edit(data_copy, "pharmacology", line, "low", "40")
    edit(data_copy, "pharmacology", line, "high", "5")
    assert "Swap the two limits" in text_of(data_copy)


def test_more_events_than_people_are_named(data_copy):
    line = line_of(data_copy, "measurements", "outcome_id", "pregnancy")
    edit(data_copy, "measurements", line, "events", "176")
    assert "more events than the 175 measured" in text_of(data_copy)


def test_an_effect_outside_its_interval_is_named(data_copy):
    line = line_of(data_copy, "comparisons", "effect", "39")
    edit(data_copy, "comparisons", line, "ci_low", "40")
    edit(data_copy, "comparisons", line, "ci_high", "50")
    assert "outside its interval" in text_of(data_copy)


def test_a_study_or_dose_that_no_table_would_show_is_named(data_copy):
    path = data_copy / "data" / "arms.csv"
    kept = [x for x in path.read_text(encoding="utf-8").splitlines() if "zagon1983b" not in x]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    text = text_of(data_copy)
    assert "arms.csv has this arm_id" in text
    path = data_copy / "data" / "comparisons.csv"
    kept = [x for x in path.read_text(encoding="utf-8").splitlines() if "zagon1983b" not in x]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    text = text_of(data_copy)
    assert "the study has no arm" in text
    assert "no arm was given this dose" in text


def test_all_faults_are_told_in_one_run(data_copy):
    edit(data_copy, "studies", 2, "design", "x")
    edit(data_copy, "outcomes", 3, "better", "x")
    (data_copy / "data" / "updates.csv").unlink()
    done = command(data_copy, "check")
    assert done.returncode == 1
    for name in ("studies", "outcomes", "updates"):
        assert f"data/{name}.csv" in done.stdout
    assert "3 fault(s) found." in done.stdout


def test_outside_a_project_the_command_says_so(tmp_path):
    done = command(tmp_path, "check")
    assert done.returncode == 2
    assert "run the command in the root" in done.stderr


def test_a_fault_stays_on_one_line_whatever_the_value():
    fault = Fault("data/x.csv", 3, "c", "a\nb\x1b[31m" + "y" * 200, "odd", "Mend it")
    assert "\n" not in str(fault)
    assert "\x1b" not in str(fault)
    assert len(str(fault)) < 200


def test_near_miss_knows_when_nothing_is_near():
    assert near_miss("zzzz", ["human", "mouse"]) == ""
    assert near_miss("Human", ["human", "mouse"]) == ' (did you mean "human"?)'


def test_the_description_is_a_valid_frictionless_package_and_frictionless_agrees(data_copy):
    from frictionless import Package

    # frictionless warns of the extra properties `printed` and `listOf` nowhere; errors would stand
    report = Package(str(data_copy / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])[:5]
    edit(data_copy, "studies", 2, "design", "in vitr")
    report = Package(str(data_copy / "data" / "datapackage.json")).validate()
    assert not report.valid


def test_every_table_has_its_dialect_and_every_column_a_description():
    raw = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for table in raw["resources"]:
        assert table["dialect"]["delimiter"] == ","
        assert table["encoding"] == "utf-8"
        for field in table["schema"]["fields"]:
            assert len(field.get("description", "")) > 5, (table["name"], field["name"])


@pytest.mark.parametrize("rows", ["@pd.io.common.os.system('true') == 0", "key.str.len() > 3"])
def test_a_claim_cannot_run_code(data_copy, rows):
    edit(data_copy, "claims", 2, "rows", rows)
    done = command(data_copy, "check")
    assert done.returncode == 1
    assert "cannot be read" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("parameter", ["half-life", "bioavailability", "dose band"])
def test_a_missing_parameter_is_told_and_not_a_traceback(data_copy, parameter):
    path = data_copy / "data" / "pharmacology.csv"
    kept = [x for x in path.read_text(encoding="utf-8").splitlines() if f",{parameter}," not in x]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    done = command(data_copy, "check")
    assert done.returncode == 1
    assert "cannot be computed" in done.stdout or "no row of" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_description_without_a_table_is_told(data_copy):
    path = data_copy / "data" / "datapackage.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["resources"] = [table for table in raw["resources"] if table["name"] != "sources"]
    path.write_text(json.dumps(raw), encoding="utf-8")
    done = command(data_copy, "check")
    assert done.returncode == 1
    assert "points to sources, which is not described" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
