"""Command: an empty form for reading a study a second time, and its way back into the data.

The form names each cell and its place in the source, and holds no value. So it asks for every
column that some row of the study fills, whether or not this row does.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from livingreview.checks.cells import cell_fault
from livingreview.checks.days import is_day
from livingreview.checks.files import read_lines
from livingreview.data import Review, load
from livingreview.double_extraction import NOT_PRINTED, TABLE, TABLES, columns
from livingreview.faults import DataError, Fault, ascii_controls, near_miss
from livingreview.new_study.all_or_nothing import ChangedMeanwhileError, replace_all
from livingreview.project import DATA_DIR
from livingreview.repairs import repair_table
from livingreview.schema import Field, Table

HEADS = ("table", "row", "column", "about", "source", "locator", "meaning", "value")
FORM = Table(
    name="the form",
    path="form.csv",
    title="",
    description="",
    fields=tuple(Field(name, "string", "") for name in HEADS),
    primary_key=("table", "row", "column"),
    foreign_keys=(),
)
Cell = tuple[str, str, str]


class FormError(Exception):
    """The form cannot be made or taken in; the message says why, and nothing was written."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to a parser."""
    parser.add_argument("study", help="study_id of the study")
    parser.add_argument("form", nargs="?", type=Path, help="the form, filled in, to be entered")
    parser.add_argument("--reader", choices=("person", "program"), default="person")
    parser.add_argument(
        "--day", default=date.today().isoformat(), help="day it was read: 2026-11-21"
    )


def run(root: Path, options: argparse.Namespace) -> int:
    """Write an empty form, or enter one that is filled in.

    Returns
    -------
    int
        Exit status: 0, or 2 if nothing could be done.
    """
    try:
        review = load(root).whole.printed
        cells = _cells(review, options.study)
        if options.form is None:
            lines = _hand_out(root, options.study, list(cells.values()))
        else:
            lines = _take_in(review, options, cells)
    except (DataError, FormError) as error:
        print(ascii_controls_of(str(error)), file=sys.stderr)
        return 2
    except ChangedMeanwhileError as error:
        print(f"{error} was changed meanwhile; nothing was written. Run it again.", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"livingreview second-reading: {error}; nothing was written.", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0


def ascii_controls_of(text: str) -> str:
    """Return a text of several lines with all other control characters written as escapes."""
    return "\n".join(ascii_controls(line) for line in text.split("\n"))


def _cells(review: Review, study: str) -> dict[Cell, dict[str, str]]:
    """Return the lines of the empty form of a study by table, row and column."""
    known = review.studies["study_id"].tolist()
    if study not in known:
        raise FormError(f'studies.csv has no study "{study}"{near_miss(study, known)}')
    done = set(zip(*(review.second_readings[name] for name in HEADS[:3]), strict=True))
    found = {}
    for line in _lines(review.of_studies([study])):
        cell = (line["table"], line["row"], line["column"])
        if cell not in done:
            found[cell] = line
    if not found:
        raise FormError(f"every cell of {study} that can be read twice was read twice already")
    return found


def _lines(review: Review) -> Iterator[dict[str, str]]:
    labels = {name: review.labels(name) for name in ("arms", "outcomes")}
    for name in TABLES:
        table, frame = review.package.tables[name], review.tables[name]
        asked = [column for column in columns(table) if (frame[column] != "").any()]
        for row in frame.to_dict("records"):
            for column in asked:
                yield {
                    "table": name,
                    "row": row[table.primary_key[0]],
                    "column": column,
                    "about": _about(row, labels),
                    "source": row["source_id"],
                    "locator": row["locator"],
                    "meaning": _meaning(table.by_name[column]),
                    "value": "",
                }


def _about(row: dict[str, str], labels: dict[str, dict[str, str]]) -> str:
    """Say what a row is about, in words that hold none of the values asked for."""
    arms = [row.get("arm_id", ""), row.get("comparator_id", "")]
    words = [
        labels["outcomes"].get(row.get("outcome_id", ""), ""),
        *(row.get(name, "") for name in ("part", "timepoint")),
        row.get("label", "") or row.get("model", ""),
        " against ".join(labels["arms"][arm] for arm in arms if arm),
    ]
    return "; ".join(word for word in words if word)


def _meaning(field: Field) -> str:
    return (
        f"{field.description} One of: {', '.join(field.enum)}." if field.enum else field.description
    )


def _hand_out(root: Path, study: str, lines: list[dict[str, str]]) -> list[str]:
    path = root / f"second-reading-{study}.csv"
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
    except FileExistsError:
        raise FormError(f"{path.name} is there already; enter it, or take it away first") from None
    return [
        f"{path.name} asks for {len(lines)} values and holds none.",
        "Give it to somebody who has not seen the data, with the source.",
        f"They fill column value as printed, `{NOT_PRINTED}` where the source prints nothing, "
        "and leave empty what they did not read.",
        f"Then run: livingreview second-reading {study} {path.name}",
    ]


def _take_in(
    review: Review, options: argparse.Namespace, cells: dict[Cell, dict[str, str]]
) -> list[str]:
    if not is_day(options.day):
        raise FormError(f'--day "{options.day}" is not a day such as 2026-11-21')
    told, filled = _read_form(review, options.form, cells)
    if not filled:
        raise FormError(f"{options.form}: column value is empty in every line; fill the form first")
    keys = {name: review.package.tables[name].primary_key[0] for name in TABLES}
    now = {name: review.tables[name].set_index(key) for name, key in keys.items()}
    rows = []
    for (table, row, column), second in filled.items():
        first = now[table].loc[row, column] or NOT_PRINTED
        rows.append([table, row, column, first, second, options.reader, options.day, "", "", ""])
    name = f"{DATA_DIR}/{review.package.tables[TABLE].path}"
    old = (review.root / name).read_bytes()
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    replace_all(review.root, {name: (old, old + text.getvalue().encode())})
    apart = [row for row in rows if row[3] != row[4]]
    left = len(cells) - len(rows)
    lines = [*told, f"{len(rows)} values were entered in {name}; {left} were left empty."]
    lines.append(f"{len(rows) - len(apart)} agree as printed with the first reading.")
    if apart:
        lines.append("These do not; `livingreview check` names each until it is resolved:")
        lines += [f'  {t}, {r}, {c}: first "{a}", second "{b}"' for t, r, c, a, b, *_ in apart]
    return lines


def _read_form(
    review: Review, path: Path, cells: dict[Cell, dict[str, str]]
) -> tuple[list[str], dict[Cell, str]]:
    """Return what was repaired of a form, and the values that it holds by cell."""
    content, notices = repair_table(FORM, path.read_bytes())
    try:
        raw, faults = read_lines(FORM, content.decode("utf-8"))
    except UnicodeDecodeError:
        raise FormError(f"{path}: the file is not UTF-8; save it as CSV UTF-8") from None
    filled: dict[Cell, str] = {}
    for line, row in raw.rows:
        cell = (row.get("table", ""), row.get("row", ""), row.get("column", ""))
        value = row.get("value", "")
        if value and (why := _refused(review, cell, value, cells, filled)):
            faults.append(Fault("", line, "value", value, *why))
        elif value:
            filled[cell] = value
    placed = [replace(fault, file=str(path)) for fault in faults]
    if placed:
        raise FormError("\n".join([*map(str, sorted(placed)), "Nothing was written."]))
    return [str(replace(notice, file=str(path))) for notice in notices], filled


def _refused(review, cell: Cell, value: str, cells, filled) -> tuple[str, str] | None:
    """Return why a line of the form cannot be entered, and what to do; None if it can."""
    if cell in filled:
        return "the cell stands twice in the form", "Keep one of the two lines"
    if cell not in cells:
        why = f"{', '.join(cell)} is no cell that is still to be read twice in this study"
        return why, "Leave table, row and column as the form was handed out"
    field = review.package.tables[cell[0]].by_name[cell[2]]
    return None if value == NOT_PRINTED else cell_fault(field, value)
