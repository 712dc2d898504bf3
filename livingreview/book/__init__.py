"""What joins the data to the Sphinx build, as one extension of the book.

Reading order: `inputs` (the digest of everything a chapter depends on), `stale` (a changed digest
makes chapters run again), `assets` (the same pages on the first and on a later build), `downloads`
(the data beside the pages), `build` and `serve` (the commands).
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from livingreview.book import assets, downloads, stale
from livingreview.checks import check_project
from livingreview.claims import fallen_claims


def setup(app: Sphinx) -> dict:
    """Connect the extension to a Sphinx build."""
    app.connect("builder-inited", refuse_faulty_data)
    stale.connect(app)
    assets.connect(app)
    downloads.connect(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def refuse_faulty_data(app: Sphinx) -> None:
    """Stop the build, with every fault named, when data are faulty or a claim has fallen.

    Raises
    ------
    ExtensionError
        With one line a fault.
    """
    root = Path(app.srcdir)
    faults = [str(fault) for fault in check_project(root)] or fallen_claims(root)
    if faults:
        listed = "\n".join(faults)
        raise ExtensionError(f"the data have {len(faults)} fault(s):\n{listed}")
