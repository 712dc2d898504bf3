"""The data package's description of its tables, read from datapackage.json."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from livingreview.project import DATA_DIR, PACKAGE_FILE


class PackageError(Exception):
    """The description of the data package cannot be read."""


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
    """One table: its file, columns and keys."""

    name: str
    path: str
    title: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[tuple[str, str, str], ...]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Columns by name, in the order of the file."""
        return {field.name: field for field in self.fields}


@dataclass(frozen=True)
class Package:
    """The whole data package."""

    title: str
    version: str
    licence: str
    tables: dict[str, Table]


def _field(raw: dict) -> Field:
    limits = raw.get("constraints", {})
    target = raw.get("listOf")
    return Field(
        name=raw["name"],
        type=raw.get("type", "string"),
        description=raw.get("description", ""),
        required=limits.get("required", False),
        unique=limits.get("unique", False),
        enum=tuple(limits.get("enum", ())),
        pattern=limits.get("pattern", ""),
        minimum=limits.get("minimum"),
        printed=raw.get("printed", False),
        list_of=(target["resource"], target["field"]) if target else None,
    )


def _table(raw: dict) -> Table:
    schema = raw["schema"]
    return Table(
        name=raw["name"],
        path=raw["path"],
        title=raw.get("title", raw["name"]),
        description=raw.get("description", ""),
        fields=tuple(_field(item) for item in schema["fields"]),
        primary_key=tuple(schema.get("primaryKey", ())),
        foreign_keys=tuple(
            (key["fields"], key["reference"]["resource"], key["reference"]["fields"])
            for key in schema.get("foreignKeys", ())
        ),
    )


def read_package(root: Path) -> Package:
    """Read the description of the data package under `root`.

    Raises
    ------
    PackageError
        If the file is missing, is no JSON, or lacks a part; the message names the file.
    """
    file = root / DATA_DIR / PACKAGE_FILE
    name = f"{DATA_DIR}/{PACKAGE_FILE}"
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        tables = {item["name"]: _table(item) for item in raw["resources"]}
        return Package(raw["title"], raw["version"], raw["licenses"][0]["title"], tables)
    except FileNotFoundError:
        raise PackageError(f"{name}: the file is missing; restore it from the repository") from None
    except UnicodeDecodeError:
        raise PackageError(f"{name}: not UTF-8; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise PackageError(f"{name}:{error.lineno}: not valid JSON ({error.msg})") from None
    except (KeyError, TypeError, IndexError) as error:
        raise PackageError(f"{name}: a part is missing or misplaced: {error}") from None
    except re.error as error:
        raise PackageError(f"{name}: a pattern is no regular expression: {error}") from None
