"""Keys that point into other tables, and the rows that rules may therefore use."""

from __future__ import annotations

from collections.abc import Iterator

from livingreview.checks.files import RawTable
from livingreview.faults import Fault, NearMisses
from livingreview.project import DATA_DIR, PACKAGE_FILE
from livingreview.schema import Package, Table

Row = dict[str, str]


class Rows(dict[str, list[tuple[int, Row]]]):
    """Rows by table: line and cells of those that carry no fault, so that rules can be run on them.

    What such a row points to is always found in `every`, and so on from there.

    Attributes
    ----------
    every : dict of list of (int, dict)
        All rows that can be read, for looking up what others point to.
    complete : set of str
        Tables all of whose rows can be read: only there can a row be said to be missing.
    """

    def __init__(self, package: Package, raws: dict[str, RawTable], faults: list[Fault]):
        """Leave out the rows with a fault, and those that point to a row that is not there."""
        self.complete = {name for name, raw in raws.items() if raw.sound}
        self.every = {
            name: raws[name].rows if set(table.by_name) <= set(raws[name].header) else []
            for name, table in package.tables.items()
        }
        self._by_key: dict[str, dict[str, list[Row]]] = {}
        super().__init__(self.every)
        if faults:
            self._leave_out_loose(package)
            bad = {(fault.file, fault.line) for fault in faults}
            for name, table in package.tables.items():
                file = f"{DATA_DIR}/{table.path}"
                self[name] = [item for item in self[name] if (file, item[0]) not in bad]

    def by_key(self, table: Table) -> dict[str, list[Row]]:
        """Return every row of a table by the first column of its key."""
        if table.name not in self._by_key:
            found = self._by_key.setdefault(table.name, {})
            for _, row in self.every[table.name]:
                found.setdefault(row[table.primary_key[0]], []).append(row)
        return self._by_key[table.name]

    def _leave_out_loose(self, package: Package) -> None:
        """Leave out what points nowhere, then what points to what was left out, and so on."""
        before = -1
        while before != (now := sum(map(len, self.values()))):
            before = now
            for name, column, (resource, target), is_list in _pointers(package):
                if resource in self and target in package.tables[resource].by_name:
                    known = {row[target] for _, row in self[resource]}
                    self[name] = [
                        item
                        for item in self[name]
                        if all(key in known for key in _keys(item[1][column], is_list))
                    ]


def check_references(package: Package, raws: dict[str, RawTable], told: list[Fault]) -> list[Fault]:
    """Return the faults of keys that point into other tables.

    One fault is told once: a cell whose form is faulty is not looked up, nor a key that may stand
    in a line of the other table that cannot be read.
    """
    faults: list[Fault] = []
    faulty = {(fault.file, fault.line, fault.column) for fault in told}
    for name, column, (resource, target), is_list in _pointers(package):
        table = package.tables[name]
        if resource not in raws or target not in package.tables[resource].by_name:
            why = f"column {column} of {table.path} points to {resource}, which is not described"
            file = f"{DATA_DIR}/{PACKAGE_FILE}"
            faults.append(Fault(file, 0, "", "", why, "Restore it from the repository"))
            continue
        unread = not raws[resource].rows or target not in raws[resource].header
        if unread or column not in raws[name].header:
            continue
        known = {row[target] for _, row in raws[resource].rows}
        why = f"no row of {DATA_DIR}/{package.tables[resource].path} has this {target}"
        lost = "\n".join(raws[resource].lost)
        near, file = NearMisses(known), f"{DATA_DIR}/{table.path}"
        for line, row in raws[name].rows:
            for key in _keys(row[column], is_list):
                if key in known or (file, line, column) in faulty:
                    continue
                if not key:
                    empty, once = "an empty key stands in the list", "Write one space between keys"
                    faults.append(Fault(file, line, column, row[column], empty, once))
                elif key not in lost:
                    remedy = f"Add that row first, or correct the key{near(key)}"
                    faults.append(Fault(file, line, column, key, why, remedy))
    return faults


def _pointers(package: Package) -> Iterator[tuple[str, str, tuple[str, str], bool]]:
    """Yield table, column, what it points to (table and column), and whether it lists keys."""
    for table in package.tables.values():
        for column, resource, target in table.foreign_keys:
            yield table.name, column, (resource, target), False
        for field in table.fields:
            if field.list_of:
                yield table.name, field.name, field.list_of, True


def _keys(cell: str, is_list: bool) -> list[str]:
    if cell == "":
        return []
    return cell.split(" ") if is_list else [cell]
