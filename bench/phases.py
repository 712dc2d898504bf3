"""Where the time of a build goes, by what it says while it runs."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence

from bench.measure import Cost

# Each part of a build, and words of the line with which the next one begins.
PARTS = (
    ("Data checked, Sphinx and what kernels are forked from imported", "updating environment"),
    ("Cells of chapters run, several kernels at once", "reading sources"),
    ("Pages of chapters read", "looking for now-outdated files"),
    ("Pages of chapters written", "generating indices"),
    ("Pages of studies written, words of all pages put into the search", "dumping search index"),
    ("Downloads, style sheet and pictures finished, site put in place", ""),
)


def parts_of(cost: Cost) -> list[float]:
    """Return the seconds of each of `PARTS` in a build of ours."""
    found, before = [], 0.0
    for _, words in PARTS:
        end = next((at for at, line in cost.lines if words and words in line), cost.wall)
        found.append(end - before)
        before = end
    return found


def made_of(clean: Sequence[Cost], added: Sequence[Cost]) -> list[str]:
    """Return a table of the parts of builds: medians of clean ones, and with one study more."""
    lines = ["| Part of a build | Clean, s | One study added, s |", "|---|---|---|"]
    medians = [
        [statistics.median(seconds) for seconds in zip(*map(parts_of, costs), strict=True)]
        for costs in (clean, added)
    ]
    for (name, _), first, again in zip(PARTS, *medians, strict=True):
        lines.append(f"| {name} | {first:.1f} | {again:.1f} |")
    counts = " | ".join(str(max(map(chapters_run, costs))) for costs in (clean, added))
    return [*lines, f"| *Chapters that ran, of all {chapters_run(clean[0])}* | {counts} |"]


def chapters_run(cost: Cost) -> int:
    """Return how many chapters ran in a build of ours."""
    found = re.search(r"running (\d+) chapters", cost.output)
    return int(found[1]) if found else 0
