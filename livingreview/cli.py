"""The command ``livingreview``."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from livingreview.faults import DataError, Fault
from livingreview.new_study.all_or_nothing import restore
from livingreview.project import ProjectNotFoundError, find_root


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 1 for faults, 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        prog="livingreview", description="Check, build and show the living review; pool studies."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="name every fault in the data")
    check.add_argument(
        "--format", choices=FORMATS, default="text", help="github: notes beside the changed lines"
    )
    check.add_argument(
        "--fix", action="store_true", help="first repair what cannot be misread, and list it"
    )
    commands.add_parser("build", help="check the data and build the book into _build/html")
    commands.add_parser("pdf", help="build the book and print it as one PDF beside its pages")
    serve = commands.add_parser("serve", help="show the book and rebuild it on a change")
    serve.add_argument("--port", type=int, default=8000, help="port on this machine")
    commands.add_parser("links", help="try every address that the book leads to")
    guard = commands.add_parser("guard", help="refuse a site that is empty, partial or shrunken")
    guard.add_argument("site", nargs="?", type=Path, help="folder of the site, if not _build/html")
    guard.add_argument("--last", type=Path, help="manifest.json of the site as last published")
    guard.add_argument("--tag", help="tag of the release, which names the version of the data")
    given = sys.argv[1:] if arguments is None else arguments
    for name, (module, words) in MODULES.items():
        command = commands.add_parser(name, help=words)
        if name in given:
            import_module(module).add_arguments(command)
    options = parser.parse_args(arguments)
    if options.command in ANYWHERE:
        return _run_module(options.command)(options)
    try:
        root = find_root()
    except ProjectNotFoundError as error:
        print(f"livingreview: {error}", file=sys.stderr)
        return 2
    for line in restore(root):
        print(f"livingreview: {line}", file=sys.stderr)
    command = COMMANDS.get(options.command) or _run_module(options.command)
    return command(root, options)


def _run_module(name: str):
    """Return the function that runs a command with a module of its own."""
    return import_module(MODULES[name][0]).run


def _check(root, options) -> int:
    from livingreview.checks import examine
    from livingreview.claims import claim_faults
    from livingreview.currency import currency_faults
    from livingreview.repairs import repair_project

    shown = FORMATS[options.format]
    try:
        repaired = repair_project(root) if options.fix else []
    except OSError as error:
        print(f"livingreview: a file cannot be repaired: {error}", file=sys.stderr)
        return 2
    faults, warnings = examine(root)
    faults = faults or [*claim_faults(root), *currency_faults(root)]
    lines = [shown(fault) for fault in repaired + sorted(faults + warnings)]
    found = f"{len(faults)} fault(s) found." if faults else "The data are in order."
    more = ((repaired, "repair(s) made"), (warnings, "warning(s) to look at"))
    lines.append(" ".join([found, *(f"{len(items)} {what}." for items, what in more if items)]))
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:
        from livingreview.pool.command import leave_quietly

        leave_quietly()
    return 1 if faults else 0


def _build(root, options) -> int:
    from livingreview.book.build import BuildError, build

    try:
        site = build(root)
    except BuildError as error:
        print(f"livingreview: {error}", file=sys.stderr)
        return 1
    print(f"The book is in {site.relative_to(root)}/index.html")
    return 0


def _pdf(root, options) -> int:
    from livingreview.book.build import BuildError
    from livingreview.book.pdf.make import make_pdf

    try:
        path = make_pdf(root)
    except BuildError as error:
        print(f"livingreview: {error}", file=sys.stderr)
        return 1
    print(f"The PDF is {path.relative_to(root)}")
    return 0


def _guard(root, options) -> int:
    from livingreview.book.build import SITE
    from livingreview.book.guard import faults_of_site, wrong_tag

    try:
        faults = faults_of_site(root, options.site or root / SITE, options.last)
    except DataError as error:
        faults = error.faults
    if options.tag is not None:
        faults += wrong_tag(root, options.tag)
    print(*faults, f"{len(faults)} fault(s)." if faults else "The site is whole.", sep="\n")
    return 1 if faults else 0


def _links(root, options) -> int:
    from livingreview.book.build import BuildError
    from livingreview.book.links import broken_links

    try:
        broken, refused = broken_links(root)
    except BuildError as error:
        print(f"livingreview: {error}", file=sys.stderr)
        return 1
    print(*broken, *refused, sep="\n")
    print(f"{len(broken)} broken link(s); {len(refused)} that refuse a program.")
    return 1 if broken else 0


def _serve(root, options) -> int:
    from livingreview.book.serve import serve

    serve(root, options.port)
    return 0


# Commands with a module of their own, imported when asked for, as the others import theirs: some
# need what takes long to import, and a build shall first start what runs beside it.
MODULES = {
    "new-study": (
        "livingreview.new_study.command",
        "add a study, with blanks for a person to fill",
    ),
    "second-reading": (
        "livingreview.second_reading",
        "hand out an empty form for a second reading, or enter one",
    ),
    "pool": ("livingreview.pool.command", "pool the studies of a CSV file of your own"),
    "diff": (
        "livingreview.evidence_diff.command",
        "show what differs in data, results and book between two versions",
    ),
}
# These need no project around them.
ANYWHERE = ("diff", "pool")
FORMATS = {"text": str, "github": Fault.annotation}
COMMANDS = {
    "check": _check,
    "build": _build,
    "guard": _guard,
    "links": _links,
    "pdf": _pdf,
    "serve": _serve,
}
