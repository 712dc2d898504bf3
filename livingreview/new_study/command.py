"""Command: add a study, with blanks where a person must fill."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from livingreview.bibliography import Reference, read_bibliography
from livingreview.checks import check_project
from livingreview.checks.files import read_table
from livingreview.faults import ascii_controls
from livingreview.new_study import interview
from livingreview.new_study.all_or_nothing import ChangedMeanwhileError, replace_all
from livingreview.new_study.bibtex_entry import bibtex_entry
from livingreview.new_study.citation import Citation, NewStudyError, new_key
from livingreview.new_study.duplicates import Match, find
from livingreview.new_study.questions import yes
from livingreview.new_study.rows import Row, skeleton
from livingreview.project import BIBLIOGRAPHY, DATA_DIR
from livingreview.schema import Package, PackageError, read_package


class AlreadyThereError(NewStudyError):
    """The study is in the review."""


@dataclass(frozen=True)
class Tables:
    """What is there: description, rows by table, bibliography, and the files as they are."""

    package: Package
    rows: dict[str, list[Row]]
    references: dict[str, Reference]
    files: dict[str, bytes]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to a parser."""
    parser.add_argument(
        "source",
        nargs="?",
        help="DOI, PMID or NCT number; or a file that ends in .ris, .nbib, .bib or .json; or the "
        "key of an entry that references.bib has",
    )
    parser.add_argument("--condition", action="append", help="key of a condition; may be repeated")
    parser.add_argument("--new-condition", action="append", help="the same, with a row of its own")
    parser.add_argument("--design", help="design, as the table of studies calls it")
    parser.add_argument("--species", help="key of the species")
    parser.add_argument("--n", help="number of participants or animals, as printed")
    parser.add_argument(
        "--arm",
        action="append",
        help='"LDN 4.5 mg", "placebo" or "untreated control: Usual care"; may be repeated',
    )
    parser.add_argument(
        "--different", action="store_true", help="a work with nearly the same title is another one"
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing; leave the rest blank")


def run(root: Path, options: argparse.Namespace) -> int:
    """Add a study and say what is left to fill.

    Returns
    -------
    int
        Exit status: 0; 1 if the study is there; 2 if it cannot be added; 130 if interrupted.
    """
    changes: dict[str, tuple[bytes, bytes]] = {}
    try:
        tables = _read(root)
        _add(root, options, tables, changes)
    except NewStudyError as error:
        _say(f"livingreview new-study: {error}", sys.stderr)
        return 1 if isinstance(error, AlreadyThereError) else 2
    except ChangedMeanwhileError as error:
        _say(f"{error} was changed meanwhile; nothing was written. Run it again.", sys.stderr)
        return 2
    except OSError as error:
        _say(f"The files cannot be written ({error}); nothing was changed.", sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):
        stands = changes and all((root / n).read_bytes() == new for n, (_, new) in changes.items())
        what = "the study was written" if stands else "nothing was changed"
        _say(f"\nInterrupted: {what}.", sys.stderr)
        return 130
    return 0


def _add(
    root: Path,
    options: argparse.Namespace,
    tables: Tables,
    changes: dict[str, tuple[bytes, bytes]],
) -> None:
    asks = not options.yes and sys.stdin.isatty()
    answers = interview.from_options(options, tables.package, tables.rows)
    citation, key = interview.source(options.source, tables.references, asks)
    if not key:
        _say(f"{citation.title} ({citation.authors[0].family} {citation.year})")
        key = _same_entry(citation, tables, options, asks)
    _refuse_if_there(key, f"its entry is {key}", tables)
    if asks:
        answers = interview.complete(answers, citation, tables.package, tables.rows)
    entry = ""
    if not key:
        taken = {*tables.references, *(row["study_id"] for row in tables.rows["studies"])}
        key = new_key(citation, taken | {row["source_id"] for row in tables.rows["sources"]})
        entry = bibtex_entry(key, citation)
    rows = skeleton(key, citation, answers, tables.rows)
    if entry:
        old = tables.files[BIBLIOGRAPHY]
        changes[BIBLIOGRAPHY] = (old, old.rstrip(b"\n") + b"\n\n" + entry.encode())
    for name, new in rows.items():
        if new:
            file = f"{DATA_DIR}/{tables.package.tables[name].path}"
            old = tables.files[file]
            changes[file] = (old, old + _lines(list(tables.package.tables[name].by_name), new))
    if asks and not yes(f"Write study {key} into {', '.join(changes)}?"):
        raise NewStudyError("nothing was changed")
    replace_all(root, changes)
    _tell(root, key, changes)


def _read(root: Path) -> Tables:
    try:
        package = read_package(root)
    except PackageError as error:
        raise NewStudyError(str(error)) from error
    references, faults = read_bibliography(root)
    rows, files = {}, {}
    if not faults:
        files[BIBLIOGRAPHY] = (root / BIBLIOGRAPHY).read_bytes()
    for name, table in package.tables.items():
        raw, found = read_table(root, table)
        faults += found
        rows[name] = [row for _, row in raw.rows]
        if not found:
            files[f"{DATA_DIR}/{table.path}"] = (root / DATA_DIR / table.path).read_bytes()
    if faults:
        listed = "\n".join(str(fault) for fault in faults)
        raise NewStudyError(f"the tables must be readable first\n{listed}")
    return Tables(package, rows, references, files)


def _same_entry(citation: Citation, tables: Tables, options: argparse.Namespace, asks: bool) -> str:
    """Return the key of the entry that is this work, or an empty text."""
    match = find(citation, tables.references, tables.rows["studies"])
    if match is None or (not match.sure and options.different):
        return ""
    if not match.sure:
        return _same_title(match, tables, asks)
    _refuse_if_there(match.key, f"entry {match.key} has {match.why}", tables)
    _say(f"{BIBLIOGRAPHY} has it as {match.key}, with {match.why}; that entry is used.")
    return match.key


def _same_title(match: Match, tables: Tables, asks: bool) -> str:
    found = f"{BIBLIOGRAPHY} has {match.key}, with {match.why}"
    if asks:
        _say(found)
        return match.key if yes("Is it the same work?") else ""
    other = "if it is another work, add --different"
    _refuse_if_there(match.key, found, tables, f"; {other}")
    same = f"if it is the same work, run livingreview new-study {match.key}"
    raise AlreadyThereError(f"{found}; {same}; {other}")


def _refuse_if_there(key: str, why: str, tables: Tables, remedy: str = "") -> None:
    for row in tables.rows["studies"]:
        if key and row["reference"] == key:
            where = f"{DATA_DIR}/{tables.package.tables['studies'].path}"
            raise AlreadyThereError(
                f"the study is there as {row['study_id']} in {where}: {why}{remedy}"
            )


def _lines(header: list[str], rows: list[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writerows(rows)
    return text.getvalue().encode()


def _tell(root: Path, key: str, changes: dict[str, tuple[bytes, bytes]]) -> None:
    _say(f"Added {key} to {', '.join(changes)}.")
    above = {name: old.count(b"\n") for name, (old, _) in changes.items()}
    blanks = [f for f in check_project(root) if f.line > above.get(f.file, f.line)]
    if blanks:
        _say("Now fill these cells; `livingreview check` names those that are still to do:")
    for fault in blanks:
        _say(f"  {fault}")
    _say("Fill the other empty cells of these rows where the source gives them.")
    _say(f"Say in the last row of {DATA_DIR}/updates.csv what was added.")


def _say(text: str, stream: object = None) -> None:
    stream = stream or sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    shown = "\n".join(ascii_controls(line) for line in text.split("\n"))
    print(shown.encode(encoding, "backslashreplace").decode(encoding), file=stream)
