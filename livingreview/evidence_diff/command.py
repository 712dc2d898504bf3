"""The command ``livingreview diff``."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from livingreview.pool.command import leave_quietly
from livingreview.project import ProjectNotFoundError, find_root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    place = "a folder that holds a project, or a git revision"
    parser.add_argument("base", metavar="BASE", help=place)
    parser.add_argument(
        "head", metavar="HEAD", nargs="?", help=f"{place}; by default the working folder"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page too, with figures before and after"
    )


def run(options: argparse.Namespace) -> int:
    """Print the evidence diff as Markdown.

    Parameters
    ----------
    options : argparse.Namespace
        Options of a parser that `add_arguments` has prepared.

    Returns
    -------
    int
        0 whether or not a conclusion changes; 2 if a side cannot be used or the page not be
        written, then standard error says which and why.
    """
    # other commands must start without these imports
    import matplotlib

    matplotlib.use("agg")  # drawn without a screen
    from livingreview.evidence_diff.compare import evidence_diff
    from livingreview.evidence_diff.markdown import as_markdown
    from livingreview.evidence_diff.page import as_page
    from livingreview.evidence_diff.sides import SideError, found

    try:
        root = find_root()
    except ProjectNotFoundError as error:
        root = None
        if options.head is None:
            return _refused(str(error))
    try:
        with ExitStack() as stack:
            places = (options.base, options.head)
            both = [stack.enter_context(found(place, root)) for place in places]
            diff = evidence_diff(*both)
            page = as_page(diff) if options.html else ""
    except SideError as error:
        return _refused(str(error))
    if options.html:
        try:
            options.html.write_text(page, encoding="utf-8")
        except OSError as error:
            return _refused(f"{options.html}: cannot be written ({error.strerror})")
    encoding = sys.stdout.encoding or "utf-8"
    text = as_markdown(diff).encode(encoding, "backslashreplace").decode(encoding)
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:
        leave_quietly()
        return 1
    return 0


def _refused(why: str) -> int:
    print(f"livingreview: {why}", file=sys.stderr)
    return 2
