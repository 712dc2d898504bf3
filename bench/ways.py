"""Ways of building the book that are set against each other; each is one function of a folder."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from bench.measure import Cost, run
from bench.synthetic import UNCOUNTED, Rows, add_trial

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LEFT_OUT = shutil.ignore_patterns(
    "_build", ".venv", ".git", "__pycache__", "*.egg-info", ".*_cache"
)
WORK = Path("_build/work/_build")


def copy(folder: Path) -> Path:
    """Return a copy of the project in a new folder."""
    return shutil.copytree(ROOT, folder, ignore=LEFT_OUT)


def stock(folder: Path) -> Cost:
    """``jupyter-book build --all`` of the same chapters: a kernel started for each, no store."""
    config = folder / "_config.yml"
    text = config.read_text(encoding="utf-8")
    for ours, plain in (
        ("execute_notebooks: cache", "execute_notebooks: force"),
        ("      - livingreview.book\n", "      # none of ours\n"),
    ):
        if ours not in text and plain not in text:
            raise RuntimeError(f"_config.yml holds no line {ours!r}")
        text = text.replace(ours, plain)
    config.write_text(text, encoding="utf-8")
    command = [str(BIN / "jupyter-book"), "build", "--all", "."]
    return run(command, folder, PYTHONPATH=str(folder))


def ours(folder: Path) -> Cost:
    """``livingreview build``, from whatever stands in the folder."""
    return run([sys.executable, "-m", "livingreview", "build"], folder, PYTHONPATH=str(folder))


def clean(folder: Path) -> Cost:
    """Ours, from nothing."""
    shutil.rmtree(folder / "_build", ignore_errors=True)
    return ours(folder)


def one_added(folder: Path, key: str) -> Cost:
    """Ours, after one made-up trial was added to a built book."""
    rows = Rows(folder)
    if "made_up," not in (folder / "data/sources.csv").read_text(encoding="utf-8"):
        rows.add("sources", source_id="made_up", reference="made_up", kind="primary report",
                 read="2026-01-01")  # fmt: skip
        rows.bib("made_up", "A made-up source")
    add_trial(rows, key, UNCOUNTED)
    rows.save()
    return ours(folder)


def check(folder: Path) -> Cost:
    """``livingreview check`` of all tables."""
    return run([sys.executable, "-m", "livingreview", "check"], folder, PYTHONPATH=str(folder))


def cells(folder: Path) -> Cost:
    """All cells of all chapters in one plain process, one after the other."""
    return run([sys.executable, str(ROOT / "bench/all_cells.py")], folder, PYTHONPATH=str(folder))


def stored(folder: Path) -> Cost:
    """Sphinx alone: all pages read and written with the outputs that are stored already."""
    for part in ("html", ".doctrees-html"):
        shutil.rmtree(folder / WORK / part, ignore_errors=True)
    (folder / "_build/site.json").unlink(missing_ok=True)
    cost = ours(folder)
    if "no chapter has to run" not in cost.output:
        raise RuntimeError("a chapter was run although its outputs were stored")
    return cost
