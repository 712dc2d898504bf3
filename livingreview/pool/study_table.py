"""Reading a CSV table of studies, and saying plainly what is wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from livingreview.meta_analysis.errors import TableError
from livingreview.pool.csv_file import Record, read_records, show_path
from livingreview.pool.study_columns import COLUMNS, Row, number_fault, row_faults

_LABELS = ("study", "slab")
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True)
class StudyTable:
    """A checked table of studies.

    Attributes
    ----------
    columns : dict of str to list of float, each of length k
        The columns that the measure needs, by metafor's names.
    labels : tuple of str, length k
        Study labels; line numbers where the table has no label column.
    """

    columns: dict[str, list[float]]
    labels: tuple[str, ...]


def read_studies(path: str | Path, measure: str) -> StudyTable:
    """Read a table of studies.

    Parameters
    ----------
    path : str or Path
        CSV file in UTF-8, separated by commas, with one header row and decimal points.
    measure : str
        One of the measures of `study_columns.COLUMNS`, which says which columns are needed.
        Other columns are left alone, but for `study` and `slab`, which label the studies.

    Returns
    -------
    StudyTable
        The columns and labels.

    Raises
    ------
    TableError
        If anything is wrong, with one line for each fault.
    """
    shown = show_path(path)
    records = read_records(path)
    header = [cell.strip() for cell in records[0].cells]
    faults = _header_faults(header, f"{shown}, line {records[0].line}", measure)
    if faults:
        raise TableError(faults)
    if len(records) == 1:
        raise TableError(
            [
                f"{shown}, line {records[0].line}: there are no rows below the header; add one "
                "row per study"
            ]
        )
    place = {name: header.index(name) for name in COLUMNS[measure]}
    label_places = {name: header.index(name) for name in _LABELS if name in header}
    columns: dict[str, list[float]] = {name: [] for name in place}
    seen: dict[str, dict[str, int]] = {name: {} for name in label_places}
    for record in records[1:]:
        where = f"{shown}, line {record.line}"
        ragged = _ragged_fault(record.cells, header)
        if ragged:
            faults.append(f"{where}, {ragged}")
            continue
        row, row_problems = _parse({name: record.cells[i] for name, i in place.items()}, measure)
        row_problems += _label_faults(record, label_places, seen)
        faults += [f"{where}, {problem}" for problem in row_problems]
        for name, value in row.items():
            columns[name].append(value)
    if faults:
        raise TableError(faults)
    chosen = label_places.get("slab", label_places.get("study"))
    labels = [
        f"line {record.line}" if chosen is None else record.cells[chosen].strip()
        for record in records[1:]
    ]
    return StudyTable(columns, tuple(labels))


def _show(value: str) -> str:
    short = value if len(value) <= 40 else value[:37] + "..."
    return repr(short)


def _expected(measure: str) -> str:
    return f"the measure {measure} needs the columns {','.join(COLUMNS[measure])}"


def _header_faults(header: list[str], where: str, measure: str) -> list[str]:
    missing = [name for name in COLUMNS[measure] if name not in header]
    if len(header) == 1 and missing:
        for separator, name in _SEPARATORS.items():
            if separator in header[0]:
                return [
                    f"{where}: the columns are separated by {name} in {_show(header[0])}; "
                    "separate them by commas, and write decimal points"
                ]
    by_lower_case = {name.lower(): name for name in header}
    faults = []
    for name in missing:
        close = by_lower_case.get(name.lower())
        remedy = f"rename {_show(close)}" if close else _expected(measure)
        faults.append(f"{where}, column {name}: the column is missing; {remedy}")
    faults += [
        f"{where}, column {name}: the name {_show(name)} occurs {count} times; rename or remove one"
        for name, count in Counter(header).items()
        if count > 1 and name
    ]
    return faults


def _ragged_fault(cells: list[str], header: list[str]) -> str | None:
    if len(cells) > len(header):
        return (
            f"column {len(header) + 1}: {_show(cells[len(header)])} is one of {len(cells)} cells "
            f"where the header has {len(header)}; remove it, and write decimal points, not commas"
        )
    if len(cells) < len(header):
        name = header[len(cells)] or str(len(cells) + 1)
        return (
            f"column {name}: there is no value, the row has {len(cells)} cells where the header "
            f"has {len(header)}; fill in the row or remove it"
        )
    return None


def _parse(cells: dict[str, str], measure: str) -> tuple[Row, list[str]]:
    row: Row = {}
    faults = []
    for name, cell in cells.items():
        text = cell.strip()
        fault = number_fault(text)
        if fault is None:
            row[name] = float(text)
        else:
            faults.append(f"column {name}: {_show(text) if text else 'the cell'} {fault}")
    faults += [f"column {name}: {problem}" for name, problem in row_faults(row, measure)]
    return row, faults


def _label_faults(
    record: Record, places: dict[str, int], seen: dict[str, dict[str, int]]
) -> list[str]:
    faults = []
    for name, place in places.items():
        # Labels that differ only in blanks are one study to every reader.
        label = re.sub(r"\s+", " ", record.cells[place].strip())
        if not label:
            faults.append(f"column {name}: the cell is empty; give every study a label")
        elif label in seen[name]:
            faults.append(
                f"column {name}: {_show(label)} is also the label of line {seen[name][label]}; "
                "keep one row per study, or combine its rows before pooling"
            )
        else:
            seen[name][label] = record.line
    return faults
