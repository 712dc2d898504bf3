"""What joins the data to the Sphinx build, as one extension of the book.

Reading order: `refusal` (no page from faulty data), `inputs` (digests of what a chapter depends on:
files, and parts of them), `execution` (chapters run, several at once, and their outputs kept),
`forked_kernels` with `kernel_server`, `shared_views` and `running_start` (a kernel without the
wait), `stale` (Sphinx reads again what has changed), `study_pages` with `mould` and `search_index`
(a page for each study), `assets` (the same files on the first and on a later build, and none
unused) with `style_sheet` (one for all pages) and `used_rules` (of it, what pages use), `writing`
(by two processes), `memory` (no more is held than has to be), `bibliography_style` (a reference is
formatted once), `reference_list` (with what was retracted), `history` (on which day a page
changed), `figures` with `pictures`, and `downloads` with `reference_files` (figures and data beside
the pages), `citation`,
`structured_data` and `page_head` (what a page tells programs), `cite_button` (and readers), `feed`,
`sitemap` and `not_found` (files that a site is expected to have), `manifest` (what the site holds),
`pdf` (the whole book as one PDF), `build`, `serve`, `guard` and `links` (the commands).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict:
    """Connect the extension to a Sphinx build."""
    # Imported here and not above: a kernel imports this package too, and shall not wait for Sphinx.
    from livingreview.book import (
        assets,
        bibliography_style,
        citation,
        cite_button,
        downloads,
        feed,
        figures,
        memory,
        not_found,
        page_head,
        reference_list,
        refusal,
        sitemap,
        stale,
        study_pages,
        style_sheet,
        used_rules,
        writing,
    )

    parts = (refusal, stale, figures, study_pages, assets, style_sheet, bibliography_style)
    parts += (downloads, writing, reference_list, citation, page_head, cite_button)
    parts += (feed, sitemap, not_found, used_rules, memory)
    for part in parts:
        part.connect(app)
    safe = {"parallel_read_safe": True, "parallel_write_safe": True}
    return {"version": "3", "env_version": 1, **safe}
