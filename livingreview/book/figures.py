"""The files of each figure at ``figures/``: taken out of the stored outputs, linked under it.

An SVG and the numbers come with the output; the PNG is drawn from the SVG while pages are written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.osutil import relative_uri

from livingreview.book.pictures import NEXT, Painter, drawn_by
from livingreview.figures.figure_files import FigureFiles, unpacked

FOLDER = "figures"
DRAWN = "livingreview-drawn"  # attribute of a figure of the page: the name of what is drawn in it
LINKS = Markup(
    '<p class="lr-figure-files">Download: '
    '<a href="{0}.svg" download>SVG</a> · <a href="{0}.png" download>PNG</a> · '
    '<a href="{0}.csv" download>the numbers (CSV)</a></p>'
)
Figures = dict[str, FigureFiles]


def connect(app: Sphinx) -> None:
    """Take files out of a page when it is read, and write those of all pages at the end."""
    app.connect("builder-inited", begin)
    app.connect("doctree-read", take_out)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", write)
    app.connect("build-finished", finish)


def begin(app: Sphinx) -> None:
    """Have somebody who draws, and take away what a build that was cut off was drawing."""
    if app.builder.format == "html":
        folder = Path(app.outdir) / FOLDER
        for path in folder.glob(f".*{NEXT}"):
            path.unlink()
        app.livingreview_painter = Painter(folder)


def take_out(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the files of a page's figures, and put links to them under each figure.

    Drawing begins at once: pages are read by one process, so that another core is free.
    """
    page = app.env.docname
    kept = figures_of(app.env)[page] = {}
    for node in list(doctree.findall(nodes.raw)):
        found = unpacked(node.astext())
        if found is None:
            continue
        html, drawn = found
        kept[drawn.name] = drawn
        links = LINKS.format(relative_uri(f"{page}.html", f"{FOLDER}/{drawn.name}"))
        figure = _figure_around(node)
        node.children.clear()
        if figure is None:
            node += nodes.Text(html + links)
        else:
            node += nodes.Text(html)
            figure += nodes.raw("", links, format="html")
            figure[DRAWN] = drawn.name
    if app.builder.format == "html":
        _draw(app, dict(all_files({page: kept})))


def _figure_around(node: nodes.Node) -> nodes.figure | None:
    while node is not None and not isinstance(node, nodes.figure):
        node = node.parent
    return node


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget the figures of a page before it is read again or is gone."""
    figures_of(env).pop(docname, None)


def figures_of(env: BuildEnvironment) -> dict[str, Figures]:
    """Return all figures by page and name."""
    if not hasattr(env, "livingreview_figures"):
        env.livingreview_figures = {}
    return env.livingreview_figures


def write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the files of all figures, remove those of figures that are gone, start drawing."""
    if app.builder.format == "html":
        files = dict(all_files(figures_of(env)))
        _draw(app, files)
        app.livingreview_painter.no_more()
        env.livingreview_drawn_by = drawn_by()
        remove_others(Path(app.outdir) / FOLDER, files)
    return []


def _draw(app: Sphinx, files: dict[str, bytes]) -> None:
    """Write files of figures, and have drawn what is not drawn yet."""
    # another program to draw with, and all are drawn again
    keep = getattr(app.env, "livingreview_drawn_by", "") == drawn_by()
    app.livingreview_painter.draw(write_files(Path(app.outdir) / FOLDER, files, keep))


def write_files(folder: Path, files: dict[str, bytes], keep: bool) -> list[str]:
    """Write files into a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    files : dict of bytes
        Content by name.
    keep : bool
        Whether a PNG whose SVG has not changed may stay.

    Returns
    -------
    list of str
        Names, without an ending, of each SVG that has to be drawn as PNG.
    """
    folder.mkdir(exist_ok=True)
    changed = set()
    for name, content in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            if path.suffix == ".svg":
                # first: a build that is cut off now shall not leave it beside another picture
                path.with_suffix(".png").unlink(missing_ok=True)
            # taken away, not written over: the site in place may share the file
            path.unlink(missing_ok=True)
            path.write_bytes(content)
            changed.add(name)
    pictures = [name.removesuffix(".svg") for name in files if name.endswith(".svg")]
    return [
        name
        for name in pictures
        if not keep or f"{name}.svg" in changed or not (folder / f"{name}.png").is_file()
    ]


def remove_others(folder: Path, files: Collection[str]) -> None:
    """Take away the files of figures that are gone, and none that is just being drawn."""
    drawn = {name.removesuffix(".svg") + ".png" for name in files if name.endswith(".svg")}
    for path in folder.iterdir():
        if path.name not in files and path.name.removeprefix(".").removesuffix(NEXT) not in drawn:
            path.unlink(missing_ok=True)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Wait until all is drawn; draw nothing more after a failure.

    Raises
    ------
    ExtensionError
        If a picture could not be drawn.
    """
    painter = app.__dict__.pop("livingreview_painter", None)
    if painter is None:
        return
    drawn = exception is not None or painter.finish()
    painter.stop()
    if not drawn:
        raise ExtensionError("a figure could not be drawn as PNG; see above")


def all_files(figures: dict[str, Figures]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file, once for a figure that stands on several pages.

    Raises
    ------
    ExtensionError
        If two figures that differ have one name.
    """
    seen: dict[str, tuple[str, FigureFiles]] = {}
    for page, named in sorted(figures.items()):
        for name, figure in named.items():
            first, same = seen.setdefault(name, (page, figure))
            if same != figure:
                raise ExtensionError(
                    f"two figures that differ are named {name!r}, in {first} and {page}: "
                    "give one of them another name"
                )
    for name, (_, figure) in seen.items():
        for ending, content in figure.files.items():
            yield f"{name}.{ending}", content
