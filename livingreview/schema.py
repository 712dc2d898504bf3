"""The data package's description of its tables, read from datapackage.json."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from livingreview.project import DATA_DIR, PACKAGE_FILE


class PackageError(Exception):
    """The description of the data package cannot be read; `file` and `line` (or 0) say where."""

    def __init__(self, why: str, line: int = 0):
        """Keep the reason and the line."""
        self.file, self.line, self.why = f"{DATA_DIR}/{PACKAGE_FILE}", line, why
        super().__init__(f"{self.file}: {why}")


@dataclass(frozen=True)
class Field:
    """One column: its name, type, meaning and what its cells may hold."""

    name: str
    type: str
    description: str
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    printed: bool = False
    list_of: tuple[str, str] | None = None

    @cached_property
    def regex(self) -> re.Pattern[str] | None:
        """Compiled pattern of the column, or None."""
        return re.compile(self.pattern) if self.pattern else None


@dataclass(frozen=True)
class Table:
    """One table: its file, columns and keys; `may_be_empty` says that no rows are no fault."""

    name: str
    path: str
    title: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[tuple[str, str, str], ...]
    may_be_empty: bool = False

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Columns by name, in the order of the file."""
        return {field.name: field for field in self.fields}


@dataclass(frozen=True)
class Package:
    """The whole data package; `interval` is how often it is to be brought up to date (ISO 8601)."""

    title: str
    version: str
    licence: str
    tables: dict[str, Table]
    interval: str = ""


def _typed(value: object, kind: type | tuple[type, ...], what: str):
    """Return a value of the description, or raise TypeError where it is of another kind."""
    if not isinstance(value, kind):
        raise TypeError(f"{what} is {value!r}")
    return value


def _texts(values: object, what: str) -> tuple[str, ...]:
    return tuple(_typed(value, str, what) for value in _typed(values, list, what))


def _field(raw: dict) -> Field:
    limits = _typed(raw.get("constraints", {}), dict, "constraints")
    target = raw.get("listOf")
    minimum = limits.get("minimum")
    pattern = _typed(limits.get("pattern", ""), str, "pattern")
    re.compile(pattern)
    return Field(
        name=_typed(raw["name"], str, "the name of a column"),
        type=_typed(raw.get("type", "string"), str, "type"),
        description=_typed(raw.get("description", ""), str, "description"),
        required=_typed(limits.get("required", False), bool, "required"),
        unique=_typed(limits.get("unique", False), bool, "unique"),
        enum=_texts(limits.get("enum", []), "enum"),
        pattern=pattern,
        minimum=None if minimum is None else _typed(minimum, (int, float), "minimum"),
        printed=_typed(raw.get("printed", False), bool, "printed"),
        list_of=_texts([target["resource"], target["field"]], "listOf") if target else None,
    )


def _table(raw: dict) -> Table:
    schema = raw["schema"]
    name, path = _typed(raw["name"], str, "the name of a table"), raw["path"]
    # code asks for a table by its name, people for its file
    if path != f"{name}.csv" or Path(path).name != path or "\0" in path:
        raise ValueError(f"table {name!r} is in {path!r}; name and file must be alike")
    table = Table(
        name=name,
        path=path,
        title=_typed(raw.get("title", raw["name"]), str, "title"),
        description=_typed(raw.get("description", ""), str, "description"),
        fields=tuple(_field(item) for item in schema["fields"]),
        primary_key=_texts(schema.get("primaryKey", []), "primaryKey"),
        foreign_keys=tuple(
            _texts(
                [key["fields"], key["reference"]["resource"], key["reference"]["fields"]],
                "a foreign key",
            )
            for key in schema.get("foreignKeys", ())
        ),
        may_be_empty=_typed(raw.get("mayBeEmpty", False), bool, "mayBeEmpty"),
    )
    if len(table.by_name) < len(table.fields):
        raise ValueError(f"a column of {table.name} stands twice")
    for column in (*table.primary_key, *(column for column, *_ in table.foreign_keys)):
        if column not in table.by_name:
            raise ValueError(f"a key of {table.name} is {column!r}, which is no column of it")
    if not table.primary_key:
        raise ValueError(f"table {table.name} has no primary key")
    return table


def _once(pairs: list[tuple[str, object]]) -> dict:
    """Return a JSON object as a dict; a name that stands twice would be lost without a word."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{name!r} stands twice in one object")
    return dict(pairs)


def read_package(root: Path) -> Package:
    """Read the description of the data package under `root`.

    Raises
    ------
    PackageError
        If the file is missing, is no JSON, or lacks a part; the error names the file.
    """
    file = root / DATA_DIR / PACKAGE_FILE
    try:
        raw = json.loads(file.read_bytes().decode("utf-8"), object_pairs_hook=_once)
        tables = [_table(item) for item in _typed(raw["resources"], list, "resources")]
        named = {table.name: table for table in tables}
        if len(named) < len(tables):
            raise ValueError("two tables have one name")
        licence = raw["licenses"][0]["title"]
        words = _texts([raw["title"], raw["version"], licence], "title, version or licence")
        interval = _typed(raw.get("accrualPeriodicity", ""), str, "accrualPeriodicity")
        return Package(*words, named, interval)
    except FileNotFoundError:
        raise PackageError("the file is missing") from None
    except OSError as error:
        raise PackageError(f"the file cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PackageError("the file is not UTF-8", line) from None
    except json.JSONDecodeError as error:
        raise PackageError(f"not valid JSON ({error.msg})", error.lineno) from None
    except re.error as error:
        raise PackageError(f"a pattern is no regular expression: {error}") from None
    except (KeyError, TypeError, IndexError, AttributeError, ValueError, RecursionError) as error:
        raise PackageError(f"a part is missing or misplaced: {error}") from None
