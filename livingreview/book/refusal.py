"""No page is made from faulty data, whichever command builds the book."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from livingreview.book.inputs import whole_book
from livingreview.checks import check_project
from livingreview.claims import claim_faults
from livingreview.currency import currency_faults

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_sound: set[str] = set()  # digests of all that was found sound, so that one build looks once


def connect(app: Sphinx) -> None:
    """Look at the data before anything else is done."""
    app.connect("builder-inited", refuse_faulty_data)


def refuse_faulty_data(app: Sphinx) -> None:
    """Stop the build, with every fault named, when data are faulty or a claim has fallen.

    Raises
    ------
    ExtensionError
        With one line a fault.
    """
    from sphinx.errors import ExtensionError

    faults = faults_of(Path(app.srcdir))
    if faults:
        listed = "\n".join(faults)
        raise ExtensionError(f"the data have {len(faults)} fault(s):\n{listed}")


def faults_of(root: Path) -> list[str]:
    """Return every fault of the data, or if there is none what the pages could not say of them."""
    state = whole_book(root)
    if state in _sound:
        return []
    faults = check_project(root) or [*claim_faults(root), *currency_faults(root)]
    if not faults:
        _sound.add(state)
    return [str(fault) for fault in faults]
