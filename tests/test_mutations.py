"""Whatever is done to valid tables, the check ends in success or in faults that are named.

Never in a traceback, and never in a changed file. That faulty data publish no page is shown where
the book is built.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter

import pytest
import small_project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livingreview.checks import examine
from livingreview.claims import claim_faults
from livingreview.faults import ERROR, WARNING

TABLES = sorted(small_project.TABLES)
DESCRIPTION = "data/datapackage.json"
NASTY = [
    *("", " ", "  x", "x ", "NaN", "nan", "NA", "null", "inf", "-inf", "#REF!", "0", "-1", "1e3"),
    *("0,5", "1.234,5", "0,125", "1,000", "10000^99", "0^-5", "9" * 400, "10^-99", "3.2.1", "."),
    *("21/11/2026", "2026-13-01", "46347", "21-Nov-26", "0001-01-01", "9999-12-31", "1-Mar"),
    *("“x”", '"', '""', "a,b", "a\nb", "a\rb", "\x00", "\ufeff", "\u200b", "\x1b[31m", "٣", "½"),
    *("=1+1", "@x", "in_people", "1 == 1", "()", "not", "x" * 3000, "alpha2020", "alpha2020.ldn"),
    *("a  b", "alpha2020 alpha2020", "<", "~", "±", "<0.001", "1.5", "100.1", "pain", "naltrexone"),
    *("data", "../x", "index", "_", "-", "[1]", "[99]", "[1", "1 2", "yes", "no", "%", "mg"),
]
WORDS = st.one_of(st.sampled_from(NASTY), st.text(max_size=8))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small project; a test puts back what it changes."""
    return small_project.write(tmp_path_factory.mktemp("mutations") / "project")


def grid(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def written(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def place(data, items):
    return data.draw(st.integers(0, len(items) - 1))


def mutate_bytes(data, content):
    """Replace a slice by other bytes: cut, insert, repeat, overwrite."""
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from([0, 0, 1, 1, 2, 8, 60, len(content)]))
        some = st.sampled_from([b"\xef\xbb\xbf", b"\r", b"\n", b'"', b",", b";", b"\x00", b"\xe9"])
        new = data.draw(st.one_of(some, st.binary(max_size=6), st.just(content[:length])))
        content = content[:start] + new + content[start + length :]
    return content


def mutate_cells(data, content):
    """Write other values into cells, some of them from elsewhere in the table."""
    rows = grid(content)
    for _ in range(data.draw(st.integers(1, 3))):
        row, column = place(data, rows[1:]) + 1, place(data, rows[0])
        other = rows[place(data, rows)][place(data, rows[0])]
        rows[row][column] = data.draw(st.one_of(WORDS, st.just(other)))
    return written(rows)


def mutate_rows(data, content):
    """Take rows away, repeat, exchange, cut, lengthen or empty them."""
    rows = grid(content)
    first, second = place(data, rows), place(data, rows)
    match data.draw(st.integers(0, 6)):
        case 0:
            del rows[first]
        case 1:
            rows.insert(second, list(rows[first]))
        case 2:
            rows[first], rows[second] = rows[second], rows[first]
        case 3:
            rows[first] = rows[first][: data.draw(st.integers(0, len(rows[0])))]
        case 4:
            rows[first] = rows[first] + data.draw(st.lists(WORDS, min_size=1, max_size=3))
        case 5:
            rows[first] = [""] * len(rows[0])
        case 6:
            rows.append(data.draw(st.lists(WORDS, min_size=len(rows[0]), max_size=len(rows[0]))))
    return written(rows)


def mutate_columns(data, content):
    """Take columns away, repeat, rename, exchange, empty or fill them."""
    rows = grid(content)
    first, second = place(data, rows[0]), place(data, rows[0])
    match data.draw(st.integers(0, 5)):
        case 0:
            rows = [row[:first] + row[first + 1 :] for row in rows]
        case 1:
            rows = [[*row[:second], row[first], *row[second:]] for row in rows]
        case 2:
            rows[0][first] = data.draw(WORDS)
        case 3:
            rows[0][first], rows[0][second] = rows[0][second], rows[0][first]
        case 4:
            rows = [rows[0], *([*row[:first], "", *row[first + 1 :]] for row in rows[1:])]
        case 5:
            word = data.draw(WORDS)
            rows = [rows[0], *([*row[:first], word, *row[first + 1 :]] for row in rows[1:])]
    return written(rows)


def mutate_keys(data, content):
    """Change a key: of a row, or a pointer to one (all columns that hold no free text)."""
    rows = grid(content)
    keys = [
        i
        for i, name in enumerate(rows[0])
        if name.endswith("_id") or name in {"doses", "studies", "conditions", "reference", "unit"}
    ]
    column = keys[place(data, keys)] if keys else 0
    row = place(data, rows[1:]) + 1
    old = rows[row][column]
    near = st.sampled_from([old.upper(), old + "s", old[:-1], old[::-1], f"{old} {old}", f"{old} "])
    known = st.sampled_from([cells[column] for cells in rows])
    rows[row][column] = data.draw(st.one_of(near, known, WORDS))
    return written(rows)


def mutate_description(data, content):
    """Take a part of the description away, or make it something else."""
    raw = json.loads(content)
    where, trail = raw, []
    while True:
        inside = range(len(where)) if isinstance(where, list) else sorted(where)
        if not inside:
            return content
        key = data.draw(st.sampled_from(list(inside)))
        trail.append((where, key))
        if not isinstance(where[key], dict | list) or data.draw(st.integers(0, 3)) == 0:
            break
        where = where[key]
    where, key = trail[-1]
    new = data.draw(st.sampled_from([..., None, True, -1, 1.5, "", "x", "x.csv", [], ["x"], {}]))
    if new is ...:
        del where[key]
    else:
        where[key] = new
    return json.dumps(raw).encode("utf-8")


KINDS = {
    "bytes": mutate_bytes,
    "cells": mutate_cells,
    "rows": mutate_rows,
    "columns": mutate_columns,
    "keys": mutate_keys,
    "description": mutate_description,
}
EXAMPLES = 2400


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def faults_of(folder):
    """Check a project as the command does; hold every fault to what a fault must tell."""
    before = contents(folder)
    faults, warnings = examine(folder)
    faults = faults or claim_faults(folder)
    assert contents(folder) == before, "the check changed a file"
    for fault in faults + warnings:
        assert fault.file, fault
        assert fault.why, fault
        assert fault.remedy, fault
        for line in (str(fault), fault.annotation()):
            assert line.isprintable(), fault
    assert all(fault.severity == ERROR for fault in faults)
    assert all(fault.severity == WARNING for fault in warnings)
    return faults


def test_the_small_project_is_in_order(small):
    assert faults_of(small) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_described_by_another_name_is_told(small, table):
    path = small / DESCRIPTION
    original = path.read_bytes()
    raw = json.loads(original)
    (described,) = [part for part in raw["resources"] if part["name"] == table]
    described["name"] = "another"
    path.write_bytes(json.dumps(raw).encode("utf-8"))
    try:
        faults = faults_of(small)
    finally:
        path.write_bytes(original)
    assert any(table in str(fault) for fault in faults), faults


def test_mutated_tables_end_in_success_or_in_named_faults(small):
    tried, found = Counter(), Counter()

    # the same examples each time: a suite that fails by chance is soon not believed
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def mutate(data):
        kind = data.draw(st.sampled_from(sorted(KINDS)))
        names = [f"data/{table}.csv" for table in TABLES]
        if kind == "bytes":
            names += [DESCRIPTION, "references.bib"]
        name = DESCRIPTION if kind == "description" else data.draw(st.sampled_from(names))
        original = (small / name).read_bytes()
        mutated = KINDS[kind](data, original)
        if mutated == original:
            return
        (small / name).write_bytes(mutated)
        try:
            faults = faults_of(small)
        finally:
            (small / name).write_bytes(original)
        tried[kind] += 1
        found[kind] += bool(faults)

    mutate()
    assert tried.total() >= 2000, tried
    assert min(tried.values()) >= 100, tried
    # most of what is done at random to a table is wrong: a check that lets it pass checks nothing
    assert all(found[kind] > tried[kind] / 2 for kind in set(KINDS) - {"description"}), found
