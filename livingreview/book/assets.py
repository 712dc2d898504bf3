"""Scripts, pictures and style sheets of the pages: the same on every build, none unused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from myst_nb.sphinx_ext import add_global_html_resources
from sphinx.application import Sphinx

from livingreview.book.style_sheet import STATIC

NAMED_BY_PAGE = re.compile(rf"{STATIC}/([^\"'?#\s]+)")
OPTIONS = f"{STATIC}/documentation_options.js"
# Asked for by no browser but one whose developer tools are open.
SOURCE_MAP = re.compile(r"sourceMappingURL=\S+")


def connect(app: Sphinx) -> None:
    """Put myst-nb's style sheet in place before pages are written, and take away the unused after.

    The sheets are joined when the first page is written. myst-nb copies its own at the end, so that
    only a second build would have it.
    """
    app.connect("builder-inited", copy_style_sheet)
    # last, since themes add scripts to the list that it replaces
    app.connect("html-page-context", defer_scripts, priority=900)
    # after all parts that still write pages or copy files
    app.connect("build-finished", remove_unused, priority=900)


def copy_style_sheet(app: Sphinx) -> None:
    """Copy the style sheet of notebook cells into the folder of the pages."""
    if app.builder.format == "html":
        (Path(app.outdir) / STATIC).mkdir(parents=True, exist_ok=True)
        add_global_html_resources(app, None)


def defer_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Let scripts wait until the page stands there; they keep their order.

    The options, which a page asks for at once, stand in the page. Scripts of the search page are
    called while it loads.
    """

    def changed(script: object) -> object:
        if script.filename == OPTIONS:
            text = (Path(app.outdir) / OPTIONS).read_text(encoding="utf-8")
            return type(script)("", priority=script.priority, body=text)
        if not script.filename or pagename == "search":
            return script
        waiting = script.attributes | {"defer": "defer"}
        return type(script)(script.filename, priority=script.priority, **waiting)

    context["script_files"] = [changed(script) for script in context["script_files"]]


def remove_unused(app: Sphinx, exception: Exception | None) -> None:
    """Remove the files that themes and extensions bring along and no page uses.

    Sphinx copies all of them anew on every build, and every page is looked at, also those that
    this build did not write, so that a later build gives the same files as the first.
    """
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / STATIC
    used = set(used_files(Path(app.outdir)))
    for path in sorted(static.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in used:
            path.unlink()


def used_files(site: Path) -> Iterator[Path]:
    """Yield the files of ``_static`` that a page names, or that one of these names in turn."""
    static = site / STATIC
    by_name: dict[str, list[Path]] = {}
    for path in static.rglob("*"):
        if path.is_file():
            by_name.setdefault(path.name, []).append(path)
    pages = (path for path in site.rglob("*.html") if static not in path.parents)
    named = {name for page in pages for name in NAMED_BY_PAGE.findall(page.read_text("utf-8"))}
    waiting = [path for name in sorted(named) if (path := static / name).is_file()]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        yield path
        if path.suffix not in (".css", ".js"):
            continue
        text = SOURCE_MAP.sub("", path.read_text("utf-8"))
        for name in by_name.keys() & set(re.findall(r"[\w.-]+", text)):
            waiting += [one for one in by_name[name] if one not in seen]
            seen.update(by_name[name])
