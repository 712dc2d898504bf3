"""What joins the data to the Sphinx build, as one extension of the book.

Reading order: `refusal` (no page from faulty data), `inputs` (digests of what a chapter depends
on), `execution` (chapters run, several at once, and their outputs kept), `forked_kernels` with
`kernel_server` and `running_start` (a kernel without the wait), `stale` (Sphinx reads again what
has changed), `study_pages` with `search_index` (a page for each study), `assets` (the same pages
on the first and on a later build), `downloads` (the data beside the pages), `manifest` (what the
site holds), `build`, `serve`, `guard` and `links` (the commands).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict:
    """Connect the extension to a Sphinx build."""
    # Imported here and not above: a kernel imports this package too, and shall not wait for Sphinx.
    from livingreview.book import assets, downloads, refusal, stale, study_pages

    for part in (refusal, stale, study_pages, assets, downloads):
        part.connect(app)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
