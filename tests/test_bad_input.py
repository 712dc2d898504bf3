"""Kinds of bad input: each gets the lines that `bad_input.txt` holds for it, and no others."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
import small_project

from livingreview.checks import examine
from livingreview.claims import claim_faults


def raw(name, content):
    """Write a file of the project, or take it away."""

    def spoil(folder):
        (folder / name).unlink(missing_ok=True)
        if content is not None:
            (folder / name).write_bytes(content)

    return spoil


def new(name, text):
    """Write a file of the project as text, or take it away."""
    return raw(name, None if text is None else text.encode("utf-8"))


def whole(table, change):
    """Change the bytes of a table, or take it away."""
    name = f"data/{table}.csv"

    def spoil(folder):
        content = (folder / name).read_bytes()
        raw(name, change(content) if change else None)(folder)
        assert change is None or (folder / name).read_bytes() != content

    return spoil


def text(table, old, new):
    """Replace bytes in a table, once."""
    return whole(table, lambda content: content.replace(old, new, 1))


def cells(table, line, /, **values):
    """Write cells of one line (1 is the header)."""

    def spoil(folder):
        path = folder / "data" / f"{table}.csv"
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        for column, value in values.items():
            assert rows[line - 1][rows[0].index(column)] != value
            rows[line - 1][rows[0].index(column)] = value
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    return spoil


def cell(table, line, column, value):
    """Write one cell."""
    return cells(table, line, **{column: value})


def folder(name):
    """Put a folder in the place of a file."""

    def spoil(project):
        (project / name).unlink()
        (project / name).mkdir()

    return spoil


def both(first, second):
    """Do one after the other."""

    def spoil(folder):
        first(folder)
        second(folder)

    return spoil


def again(table, line, column, value):
    """Repeat a line with another key."""

    def spoil(folder):
        path = folder / "data" / f"{table}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines.append(lines[line - 1])
        path.write_text("".join(lines), encoding="utf-8")
        cell(table, len(lines), column, value)(folder)

    return spoil


KINDS = {
    "missing file": whole("units", None),
    "empty file": whole("units", lambda b: b""),
    "blank file": whole("units", lambda b: b"\n \n"),
    "header without rows": whole("conditions", lambda b: b.split(b"\n")[0] + b"\n"),
    "byte-order mark": whole("studies", lambda b: b"\xef\xbb\xbf" + b),
    "UTF-16": whole("species", lambda b: b.decode().encode("utf-16")),
    "Latin-1": text("studies", b"Adults", b"Adult\xe9s"),
    "NUL": text("studies", b"Adults", b"Adu\0lts"),
    "semicolons": whole("conditions", lambda b: b.replace(b",", b";")),
    "tabs": whole("conditions", lambda b: b.replace(b",", b"\t")),
    "Windows line ends": whole("conditions", lambda b: b.replace(b"\n", b"\r\n")),
    "old Mac line ends": whole("conditions", lambda b: b.replace(b"\n", b"\r")),
    "no last line end": whole("conditions", lambda b: b[:-1]),
    "cell over two lines": text("studies", b"Adults", b'"Adu\nlts"'),
    "quote not closed": text("studies", b"Adults", b'"Adults'),
    "text after a closed quote": text("studies", b"Adults", b'"Adu"lts'),
    "too few cells": text("conditions", b"pain,Pain,", b"pain,"),
    "unquoted comma": text("agents", b"Cisplatin", b"Cisplatin, trans"),
    "smart quotes instead of quotes": text("agents", b"Cisplatin", "“Cisplatin, trans”".encode()),
    "blank line": whole("conditions", lambda b: b + b"\n"),
    "row of separators": whole("conditions", lambda b: b + b",,\n"),
    "unknown column": text("studies", b",model,", b",modell,"),
    "missing column": whole("updates", lambda b: b"date,kind\n2026-11-21,studies added\n"),
    "column twice": text("studies", b",model,", b",design,"),
    "column without a name": whole("conditions", lambda b: b.replace(b"\n", b",\n")),
    "undescribed file": new("data/study.csv", "a\n"),
    "description missing": new("data/datapackage.json", None),
    "description no JSON": new("data/datapackage.json", "{\n"),
    "description without a part": new("data/datapackage.json", "{}"),
    "bibliography missing": new("references.bib", None),
    "bibliography broken": new("references.bib", "@article{x,\n"),
    "bibliography not UTF-8": raw("references.bib", b"@article{x,\n title={\xff}}"),
    "space at the end": cell("measurements", 2, "mean", "6.1 "),
    "space at the start": cell("studies", 2, "model", " Adults"),
    "no-break space at the end": cell("studies", 2, "model", "Adults\u00a0"),
    "zero-width space": cell("arms", 2, "arm_id", "alpha2020\u200b.ldn"),
    "NaN": cell("measurements", 2, "mean", "NaN"),
    "spreadsheet error": cell("measurements", 2, "mean", "#REF!"),
    "quotes around a cell": cell("studies", 2, "species_id", "“human”"),
    "required cell empty": cell("studies", 2, "model", ""),
    "missing locator": cell("measurements", 2, "locator", ""),
    "word outside the vocabulary": cell("arms", 2, "role", "interventio"),
    "design that is not known": cell("studies", 4, "design", "in vivoo"),
    "decimal comma": cell("doses", 2, "amount", "4,5"),
    "decimal comma after zero": cell("doses", 4, "amount", "0,125"),
    "exponent": cell("doses", 2, "amount", "1e3"),
    "small exponent": cell("doses", 2, "amount", "4.5E-02"),
    "typographic minus": cell("comparisons", 2, "ci_high", "−0.2"),
    "full-width digits": cell("measurements", 2, "mean", "６.1"),
    "range in one cell": cell("doses", 3, "amount", "10-100"),
    "plus-minus in one cell": cell("measurements", 2, "mean", "6.1 ± 1.9"),
    "per cent sign in a number": cell("measurements", 6, "percent", "30%"),
    "words for a number": cell("studies", 2, "n", "eighty"),
    "negative spread": cell("measurements", 2, "sd", "-1.9"),
    "probability above one": cell("comparisons", 3, "p", "1.9"),
    "number too large": cell("doses", 2, "amount", "10000^99"),
    "not a whole number": cell("reference_lists", 2, "number", "1.0"),
    "whole number too small": cell("reference_lists", 2, "number", "0"),
    "day with slashes": cell("studies", 2, "extracted", "21/11/2026"),
    "day and month exchangeable": cell("studies", 2, "extracted", "3/4/2026"),
    "day with a month's name": cell("studies", 2, "extracted", "21-Nov-26"),
    "day as a number": cell("studies", 2, "extracted", "46347"),
    "day with a time": cell("studies", 2, "extracted", "2026-11-21 00:00:00"),
    "impossible day": cell("studies", 2, "extracted", "2026-02-30"),
    "range turned into a date": cell("measurements", 8, "timepoint", "2-Jan"),
    "registration of another form": cell("studies", 2, "registration", "NCT123"),
    "key that stands twice": cell("arms", 3, "arm_id", "alpha2020.ldn"),
    "unknown key": cell("measurements", 2, "arm_id", "alpha202.ldn"),
    "unknown key in a list": cell("studies", 4, "conditions", "colon_cancer pains"),
    "two spaces in a list": cell("studies", 4, "conditions", "colon_cancer  pain"),
    "key twice in a list": cell("studies", 4, "conditions", "pain pain"),
    "unknown reference": cell("studies", 2, "reference", "alpha202"),
    "row that repeats another": again("measurements", 2, "measurement_id", "alpha2020.m1b"),
    "swapped limits": cells("pharmacology", 4, low="40", high="5"),
    "swapped interval": cells("comparisons", 2, ci_low="-0.2", ci_high="-2.2"),
    "upper limit alone": cell("comparisons", 2, "ci_low", ""),
    "lower limit alone": cell("comparisons", 2, "ci_high", ""),
    "interval without its effect": cells("comparisons", 2, effect="", measure=""),
    "effect outside its interval": cell("comparisons", 2, "effect", "0.4"),
    "effect without its measure": cell("comparisons", 2, "measure", ""),
    "compared with itself": cell("comparisons", 2, "comparator_id", "alpha2020.ldn"),
    "compared across studies": cell("comparisons", 2, "comparator_id", "gamma2022_mice.ldn"),
    "no value in a row": cells("measurements", 8, value="", statistic=""),
    "spread without its mean": cell("measurements", 2, "mean", ""),
    "value without its name": cell("measurements", 8, "statistic", ""),
    "events above n": cells("measurements", 6, events="41", percent=""),
    "half a person": cell("arms", 2, "n", "39.5"),
    "nobody": cell("measurements", 2, "n", "0"),
    "percentage that is not its count": cell("measurements", 6, "percent", "31"),
    "percentage above a hundred": cells("measurements", 6, events="", percent="300"),
    "dose of another study": cell("arms", 2, "doses", "gamma2022_mice.ldn"),
    "arm that was given nothing": cell("arms", 2, "doses", ""),
    "dose of nothing": cell("doses", 2, "amount", "0"),
    "culture dose in milligrams": cell("doses", 3, "unit", "mg"),
    "animal dose in milligrams": cell("doses", 4, "unit", "mg"),
    "amount without its unit": cell("doses", 2, "unit", ""),
    "scaling factor of zero": cell("species", 2, "km", "0"),
    "source without a place": cell("agents", 2, "locator", ""),
    "place without a source": cell("agents", 2, "source_id", ""),
    "checked before extracted": cell("studies", 2, "checked", "2026-11-20"),
    "citation in no brackets": cell("studies", 4, "cited_as", "2"),
    "citation of no entry": cell("citations", 2, "number", "7"),
    "statement from a node to itself": cell("mechanisms", 2, "target_node", "ldn"),
    "discrepancy in no table": cell("discrepancies", 2, "table", "studys"),
    "discrepancy in no column": cell("discrepancies", 2, "column", "m"),
    "discrepancy in no row": cell("discrepancies", 2, "row", "gamma2022_mouse"),
    "claim that fell": cell("claims", 2, "number", "0"),
    "claim that cannot be read": cell("claims", 2, "rows", "in_persons"),
    "claim without a number": cell("claims", 2, "number", "few"),
    "SE where an SD should stand": cell("measurements", 2, "sd", "0.30"),
    "SD where an SE should stand": cells("measurements", 2, sd="", se="1.9"),
    "spread of next to nothing": cell("measurements", 2, "mean", "610"),
    "folder in place of a table": folder("data/units.csv"),
    "key of two columns that stands twice": cell("reference_lists", 3, "number", "1"),
    "more measured than in the arm": cell("measurements", 2, "n", "41"),
    "more in an arm than in the study": cell("arms", 2, "n", "81"),
    "thousands comma where a decimal comma may be": cell("measurements", 2, "mean", "6,100"),
    "thousands comma in the wrong place": cell("studies", 2, "n", "1,2345"),
    "retraction of no report": cell("retractions", 2, "reference", "gama2022"),
    "retraction of what the review does not hold": both(
        new("references.bib", f"{small_project.BIBLIOGRAPHY}\n@misc{{delta2023, title={{A}}}}\n"),
        cell("retractions", 2, "reference", "delta2023"),
    ),
    "retraction without its notice": cell("retractions", 2, "notice", ""),
    "retraction whose notice is no address": cell("retractions", 2, "notice", "see journal"),
    "retraction without its day": cell("retractions", 2, "retracted", ""),
    "certainty that rests on a retracted study": cell("retractions", 2, "reference", "alpha2020"),
    "second reading of no table": cell("second_readings", 2, "table", "measurement"),
    "second reading of a table that is not read twice": cell(
        "second_readings", 2, "table", "doses"
    ),
    "second reading of no column": cell("second_readings", 2, "column", "means"),
    "second reading of no row": cell("second_readings", 2, "row", "alpha2020.m44"),
    "second reading with a decimal comma": cell("second_readings", 2, "second", "5,4"),
    "disagreement left open": cell("second_readings", 2, "second", "5.5"),
    "disagreement in the last zero": cell("second_readings", 2, "second", "5.40"),
    "disagreement on whether there is a value": cell("second_readings", 2, "second", "not printed"),
    "disagreement resolved without a reason": cell("second_readings", 3, "reason", ""),
    "disagreement resolved before it was found": cell(
        "second_readings", 3, "resolved", "2026-11-21"
    ),
    "kept value that is not in its cell": cell("second_readings", 3, "kept", "first"),
    "neither kept and one in the cell": cell("second_readings", 3, "kept", "neither"),
    "value changed that both readings found": cell("measurements", 5, "mean", "5.3"),
}


def catalogue():
    """Return the lines that each kind must get."""
    text = Path(__file__).with_name("bad_input.txt").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    return {name: lines for name, *lines in (part.strip().split("\n") for part in parts)}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_project.write(tmp_path_factory.mktemp("kinds") / "project")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_bad_input_gets_its_lines(small, tmp_path, kind):
    project = shutil.copytree(small, tmp_path / "project")
    KINDS[kind](project)
    faults, warnings = examine(project)
    faults = faults or claim_faults(project)
    found, expected = sorted(faults + warnings), catalogue()[kind]
    assert len(found) == len(expected), "\n".join(map(str, found))
    for fault, words in zip(found, expected, strict=True):
        pattern = ".+".join(re.escape(part) for part in words.split("…"))
        assert re.fullmatch(pattern, str(fault)), str(fault)


def test_there_are_at_least_sixty_kinds_each_with_lines_of_its_own():
    expected = catalogue()
    assert set(expected) == set(KINDS)
    assert len({tuple(lines) for lines in expected.values()}) >= 60
