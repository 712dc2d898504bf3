"""Recipes of a Markdown text, and their steps done in a copy of the repository.

A step is a fenced block whose first line names what it is: ``csv FILE`` holds rows to add, or to
change where their key is there; ``bib FILE``, ``markdown FILE`` and ``python FILE`` go to the end
of a file, which is made if it is not there; ``python FILE after LINE`` goes under a line of it;
``sh`` holds commands.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

from livingreview.cli import main

BLOCK = re.compile(r"^(`{3,})(\w+)(?: (\S+))?(?: after ([^\n]+))?\n(.*?)^\1$", re.M | re.S)
KINDS = ("csv", "bib", "markdown", "python", "sh")
PROGRAM = ".venv/bin/livingreview "
TARGETS = {"make check": ["check"], "make book": ["build"]}


@dataclass(frozen=True)
class Step:
    """One block of a recipe; `line` is the line before it, which a person reads."""

    kind: str
    file: str
    after: str
    text: str
    line: str


def recipes(path: Path) -> dict[str, list[Step]]:
    """Return the steps of each recipe by its heading."""
    text = path.read_text(encoding="utf-8")
    inside = [match.span() for match in BLOCK.finditer(text)]
    heads = [
        match
        for match in re.finditer(r"^## (.+)\n", text, re.M)
        if not any(start < match.start() < end for start, end in inside)
    ]
    ends = [*(match.start() for match in heads[1:]), len(text)]
    return {
        head[1]: [_step(match, text) for match in BLOCK.finditer(text, head.end(), end)]
        for head, end in zip(heads, ends, strict=True)
    }


def _step(match: re.Match, text: str) -> Step:
    _, kind, file, after, content = match.groups()
    before = text[: match.start()].rstrip("\n").rpartition("\n")[2]
    return Step(kind, file or "", after or "", content, before)


def follow(folder: Path, steps: list[Step]) -> list[str]:
    """Do the steps of a recipe but for its builds, and return the commands that it asks for."""
    asked = []
    for step in steps:
        assert step.kind in KINDS, step
        if step.kind == "sh":
            for line in step.text.splitlines():
                asked.append(line)
                if line != "make book":
                    run(folder, line)
        elif step.kind == "csv":
            enter(folder / step.file, step.text)
        else:
            write(folder / step.file, step)
    return asked


def run(folder: Path, line: str) -> str:
    """Run a command of a recipe in the copy, and return what it says; it must succeed."""
    arguments = TARGETS.get(line) or line.removeprefix(PROGRAM).split(" ")
    assert line in TARGETS or line.startswith(PROGRAM), line
    told = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(told):
        status = main(arguments)
    assert status == 0, f"{line}\n{told.getvalue()}"
    return told.getvalue()


def write(path: Path, step: Step) -> None:
    """Add a block to the end of a file, or under one line of it."""
    if step.after:
        text = path.read_text(encoding="utf-8")
        assert text.count(f"{step.after}\n") == 1, step
        path.write_text(
            text.replace(f"{step.after}\n", f"{step.after}\n{step.text}"), encoding="utf-8"
        )
        return
    gap = "\n\n" if path.suffix == ".py" and path.exists() else ""
    with path.open("a", encoding="utf-8") as file:
        file.write(gap + step.text)


def enter(path: Path, block: str) -> None:
    """Add rows to a table, or change the cells of rows whose key is there."""
    described = json.loads((path.parent / "datapackage.json").read_text(encoding="utf-8"))
    (keys,) = (r["schema"]["primaryKey"] for r in described["resources"] if r["path"] == path.name)
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        rows, header = list(table), table.fieldnames
    for row in csv.DictReader(block.splitlines(), strict=True):
        assert set(row) <= set(header), f"{path.name} has no such column"
        assert None not in row.values() and None not in row, f"a cell too many or too few: {row}"
        assert set(keys) <= set(row), f"a row without its key: {row}"
        there = [one for one in rows if all(one[key] == row[key] for key in keys)]
        if there:
            assert any(one[name] != cell for one in there for name, cell in row.items()), row
            there[0].update(row)
        else:
            rows.append(dict.fromkeys(header, "") | row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def delete(folder: Path, table: str, study: str) -> int:
    """Delete the rows of a study in a table; return how many there were."""
    path = folder / f"data/{table}.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if study not in line]
    path.write_text("".join([head, *kept]), encoding="utf-8")
    return len(lines) - len(kept)
