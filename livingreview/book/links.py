"""Try every address outside of the book that a chapter or a reference leads to.

Sphinx does it, with the settings `linkcheck_*` of ``_config.yml``. Links inside the book are tried
by its tests.
"""

from __future__ import annotations

from pathlib import Path

from livingreview.book.build import WORK, BuildError, build, run_sphinx

BROKEN = "[broken]"
# Many publishers answer a program so. The page is there, or the answer would be 404.
REFUSED = ": 403 Client Error"


def broken_links(root: Path) -> tuple[list[str], list[str]]:
    """Return a line for each broken link, and one for each address that refuses programs.

    A line holds page, line, address and what the other side said.

    Raises
    ------
    BuildError
        If the book cannot be built, or the links cannot be tried.
    """
    build(root)
    said = root / WORK / "_build/linkcheck/output.txt"
    said.unlink(missing_ok=True)
    failed = run_sphinx(root, "linkcheck")
    lines = said.read_text(encoding="utf-8").splitlines() if said.is_file() else []
    found = sorted(line for line in lines if BROKEN in line)
    if failed and not found:
        raise BuildError("the links could not be tried; see above for what failed")
    refused = [line for line in found if REFUSED in line]
    return [line for line in found if line not in refused], refused
