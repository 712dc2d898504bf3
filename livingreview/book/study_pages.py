"""A page for each study, written beside the chapters and outside of the contents.

They are made at Sphinx's event for additional pages, so that thousands of them cost neither a
place in the sidebar of every page nor a place in Sphinx's environment. The theme lays out one page,
from which all are cast. A page is written again only if something it shows has changed.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import yaml
from docutils import nodes
from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.util.parallel import ParallelTasks, SerialTasks, parallel_available

from livingreview.book import figures, search_index
from livingreview.book.inputs import PINS, Inputs, code_names, names_below
from livingreview.book.mould import Mould
from livingreview.data import load
from livingreview.project import CITATION, CONFIG, DATA_DIR, PACKAGE_FILE
from livingreview.study_pages import (
    FIGURE,
    Site,
    StudyPages,
    Use,
    question,
    uses_on_page,
)

FOLDER = "studies"
WRITTEN = "study-pages.json"
FEW = 20  # pages for which a second process is not worth its start
# What differs between two pages, as variables of the theme's template.
TEXTS = ("title", "body", "description", "last_updated", "cite")
# Tables of words and factors that a page of any study may show.
LOOKUPS = ("outcomes", "conditions", "agents", "species", "units")


def connect(app: Sphinx) -> None:
    """Note where studies are shown while pages are read, and write their pages at the end.

    What figures show is known once `figures` has taken their files out of the page.
    """
    app.connect("doctree-read", note_uses)
    app.connect("env-purge-doc", forget_uses)
    app.connect("html-collect-pages", study_pages)
    app.connect("build-finished", note_written)
    search_index.connect(app)


def note_uses(app: Sphinx, doctree: nodes.document) -> None:
    """Note which studies the tables and figures of a page show."""
    html = "\n".join(node.astext() for node in doctree.findall(nodes.raw))
    name = app.env.docname
    _uses(app.env)[name] = [*uses_on_page(name, html), *_uses_in_figures(app.env, doctree)]


def _uses_in_figures(env, doctree: nodes.document) -> Iterator[tuple[str, Use]]:
    """Yield each study that a figure of a page draws, with the figure."""
    drawn = figures.figures_of(env)[env.docname]
    for node in doctree.findall(lambda node: figures.DRAWN in getattr(node, "attributes", ())):
        caption = " ".join(part.astext() for part in node.findall(nodes.caption))
        address = f"../{env.docname}.html#{node['ids'][0]}"
        use = Use(question(caption), address, FIGURE)
        yield from ((study, use) for study in drawn[node[figures.DRAWN]].studies)


def forget_uses(app: Sphinx, env, docname: str) -> None:
    """Forget what a page showed before it is read again or is gone."""
    _uses(env).pop(docname, None)


def _uses(env) -> dict[str, list[tuple[str, Use]]]:
    if not hasattr(env, "livingreview_uses"):
        env.livingreview_uses = {}
    return env.livingreview_uses


def study_pages(app: Sphinx) -> Iterable[tuple[str, dict, str]]:
    """Write the pages whose content has changed; feed the words of all to the search.

    Returns
    -------
    iterable
        Pages that Sphinx shall write: none.
    """
    if app.builder.format != "html":
        return ()
    used: dict[str, list[Use]] = {}
    for name, found in sorted(_uses(app.env).items()):
        title = app.env.titles[name].astext()
        for study, use in found:
            used.setdefault(study, []).append(replace(use, page=title))
    review = load(app.srcdir)
    pages = StudyPages(review, site(Path(app.srcdir)), used)
    common = _common(app)
    digests = {study: _digest(common + pages.made_of(study)) for study in pages.study_ids}
    for study in pages.study_ids:
        app.env.livingreview_changed[f"{FOLDER}/{study}"] = pages.changed(study)
    folder = Path(app.outdir) / FOLDER
    before = _written(app)
    kept = {
        study: entry
        for study, entry in before.items()
        if entry["digest"] == digests.get(study) and (folder / f"{study}.html").is_file()
    }
    for path in folder.glob("*.html"):
        if path.stem not in kept:
            # taken away, not written over: the site in place may share the file
            path.unlink()
    changed = [study for study in pages.study_ids if study not in kept]
    unchanged = {f"{FOLDER}/{study}" for study in kept}
    for study, told in _write(app, pages, changed).items():
        kept[study] = {"digest": digests[study], **told}
    app.env.livingreview_written = {study: kept[study] for study in pages.study_ids}
    told = app.env.livingreview_written.items()
    words = ((f"{FOLDER}/{key}", page["title"], page["words"]) for key, page in told)
    search_index.add_pages(app, words, unchanged)
    return ()


def _write(app: Sphinx, pages: StudyPages, studies: list[str]) -> dict[str, dict[str, str]]:
    """Write the pages of some studies; return title and words of each for the search."""
    if not studies:
        return {}
    mould = Mould(app.builder, f"{FOLDER}/{{}}", TEXTS)
    (Path(app.outdir) / FOLDER).mkdir(exist_ok=True)
    processes = app.parallel if len(studies) >= FEW else 1
    tasks = ParallelTasks(processes) if parallel_available and processes > 1 else SerialTasks()
    told: dict[str, dict[str, str]] = {}
    gc.freeze()  # a look for garbage would write into what the processes share
    for first in range(processes):
        tasks.add_task(
            partial(_write_part, app, pages, mould),
            studies[first::processes],
            lambda *ended: told.update(ended[-1]),
        )
    tasks.join()
    gc.unfreeze()
    return told


def _write_part(
    app: Sphinx, pages: StudyPages, mould: Mould, studies: list[str]
) -> dict[str, dict[str, str]]:
    # Imported here: it knows which pages are those of studies.
    from livingreview.book.cite_button import of_page

    pages.prepare(studies)
    told = {}
    for study in studies:
        page = pages.page(study)
        texts = {
            "title": escape(page.title),
            "body": page.body,
            "description": escape(page.description),
            "last_updated": escape(pages.changed(study)),
            "cite": of_page(app.livingreview_work, f"{FOLDER}/{study}", page.title).html,
        }
        path = Path(app.outdir) / FOLDER / f"{study}.html"
        path.write_text(mould.cast(study, texts), encoding="utf-8")
        told[study] = {"title": page.title, "words": page.summary}
    return told


def site(root: Path) -> Site:
    """Return addresses and names of the site from the book's settings."""
    config = yaml.safe_load((root / CONFIG).read_text(encoding="utf-8"))
    address, repository = config["html"]["baseurl"], config["repository"]["url"]
    return Site(repository, address, config["title"], config["author"])


def note_written(app: Sphinx, exception: Exception | None) -> None:
    """Keep in mind which pages were written from what, once all is written."""
    written = app.env.__dict__.pop("livingreview_written", None) if app.env else None
    if exception is None and written is not None:
        _note(app).write_text(json.dumps(written), encoding="utf-8")


def _note(app: Sphinx) -> Path:
    return Path(app.doctreedir) / WRITTEN


def _written(app: Sphinx) -> dict[str, dict]:
    """Return what was written last; nothing while that is uncertain."""
    try:
        written = json.loads(_note(app).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    _note(app).unlink()
    return written


def _common(app: Sphinx) -> str:
    """Return a digest of what all pages share: code, settings, words, and the sidebar."""
    root = Path(app.srcdir)
    inputs = Inputs(root)
    names = [CONFIG, CITATION, PINS, "_toc.yml", f"{DATA_DIR}/{PACKAGE_FILE}"]
    names += [*names_below(root, "_static"), *names_below(root, "_templates")]
    names += [f"{DATA_DIR}/{name}.csv" for name in LOOKUPS]
    titles = {name: title.astext() for name, title in sorted(app.env.titles.items())}
    return inputs.digest([*names, *code_names()]) + repr(titles)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
