"""Measure, and write the table for the docs."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import tempfile
from pathlib import Path

from bench import phases, ways
from bench.bookdown import bookdown, installed
from bench.measure import Cost
from bench.synthetic import grow, grow_to_rows, studies_in

RESULTS = ways.ROOT / "bench/results.md"
STOCK = "a. stock: `jupyter-book build --all`, a kernel for each chapter"
CLEAN = "b. ours, clean"
ADDED = "c. ours, one study added"
NOTHING = "d. ours, nothing changed"
CELLS = "e1. floor: all cells in one plain process"
STORED = "e2. floor: Sphinx with stored outputs"
BOOKDOWN = "f. R bookdown, as many tables and plots, one R session"
CHECKED_ROWS, CHECK_SECONDS = 10_000, 5
TARGETS = {CLEAN: 0.20, ADDED: 0.10, NOTHING: 0.04}


def main() -> None:
    """Run all ways in turn, several rounds, then the made-up books."""
    parser = argparse.ArgumentParser(description=__doc__, prog="make bench")
    parser.add_argument("--rounds", type=int, default=3)
    # made-up studies beside those of the review, whose chapters need what it holds
    parser.add_argument("--sizes", type=int, nargs="*", default=[50, 500, 5000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        costs = compare(Path(folder), options.rounds)
        checked = check_many(Path(folder))
        grown = {size: grow_and_build(Path(folder), size) for size in options.sizes}
    RESULTS.write_text(report(costs, grown) + checks(*checked), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


def compare(folder: Path, rounds: int) -> dict[str, list[Cost]]:
    """Return the costs of each way, round by round; the ways take turns."""
    costs: dict[str, list[Cost]] = {}
    plain, project = ways.copy(folder / "stock"), ways.copy(folder / "ours")
    with_r = installed()
    for number in range(rounds):
        turn = {
            STOCK: lambda: ways.stock(plain),
            CLEAN: lambda: ways.clean(project),
            NOTHING: lambda: ways.ours(project),
            STORED: lambda: ways.stored(project),
            CELLS: lambda: ways.cells(project),
            ADDED: lambda n=number: ways.one_added(project, f"added{n}"),
        }
        if with_r:
            turn[BOOKDOWN] = lambda: bookdown(project)
        for name, way in turn.items():
            costs.setdefault(name, []).append(way())
            print(f"round {number + 1}: {name}: {costs[name][-1].wall:.1f} s", flush=True)
    return costs


def check_many(folder: Path) -> tuple[int, Cost, Cost]:
    """Return the rows of a made-up review, and the cost of checking them and the real ones."""
    project = ways.copy(folder / "to-check")
    real = ways.check(project)
    rows = grow_to_rows(project, CHECKED_ROWS)
    return rows, ways.check(project), real


def checks(rows: int, many: Cost, real: Cost) -> str:
    """Return what a check costs, as a section of the page."""
    return (
        "\n## Checking the data\n\n"
        f"`livingreview check` of a made-up review of {rows:,} rows: {many.wall:.1f} s, "
        f"{many.cpu:.1f} s of CPU (to reach: {CHECK_SECONDS} s); "
        f"of this review: {real.wall:.1f} s, {real.cpu:.1f} s of CPU.\n"
    )


def grow_and_build(folder: Path, size: int) -> tuple[Cost, Cost, float]:
    """Return the cost of a clean and of an add-one build of a made-up book, and its size (MB)."""
    project = ways.copy(folder / f"of-{size}")
    present = studies_in(project)
    grow(project, size)
    clean = ways.clean(project)
    added = ways.one_added(project, "added")
    site = project / "_build/html"
    megabytes = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    pages = len(list((site / "studies").glob("*.html")))
    if pages != present + size + 1:
        raise RuntimeError(f"{pages} pages for {present + size + 1} studies")
    print(f"{size} more: clean {clean.wall:.1f} s, one added {added.wall:.1f} s", flush=True)
    shutil.rmtree(project)
    return clean, added, megabytes


def report(costs: dict[str, list[Cost]], grown: dict[int, tuple[Cost, Cost, float]]) -> str:
    """Return the results as a page."""
    rounds = len(costs[STOCK])
    lines = [
        "# What building the book costs",
        "",
        "Written by `make bench`; the numbers are of one machine and one day, the ratios travel.",
        f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{rounds} rounds in turn: median (least to most).",
        "",
        "| Way | Wall, s | CPU, s | Peak memory, MB | Wall, ratio to a | To reach |",
        "|---|---|---|---|---|---|",
    ]
    for name in sorted(costs):
        found = costs[name]
        ratios = [one.wall / base.wall for one, base in zip(found, costs[STOCK], strict=True)]
        target = f"≤ {TARGETS[name]:.2f}" if name in TARGETS else ""
        lines.append(
            f"| {name} | {spread(c.wall for c in found)} | {spread(c.cpu for c in found)} | "
            f"{spread((c.memory for c in found), 0)} | {spread(ratios, 2)} | {target} |"
        )
    if BOOKDOWN not in costs:
        lines += ["", "R with bookdown and metafor is not installed here, so f was left out."]
    lines += ["", floor(costs), "", *phases.made_of(costs[CLEAN], costs[ADDED])]
    if grown:
        lines += [
            "",
            "## With made-up studies beside those of the review, a page for each",
            "",
            "| Made-up studies | Clean, s | Clean, CPU s | Clean, peak MB | One added, s "
            "| One added, peak MB | Site, MB |",
            "|---|---|---|---|---|---|---|",
        ]
        for size, (clean, added, megabytes) in grown.items():
            lines.append(
                f"| {size:,} | {clean.wall:.1f} | {clean.cpu:.1f} | {clean.memory:.0f} | "
                f"{added.wall:.1f} | {added.memory:.0f} | {megabytes:.0f} |"
            )
        sizes = sorted(grown)
        if len(sizes) > 1:
            factor = grown[sizes[-1]][1].wall / grown[sizes[0]][1].wall
            lines += [
                "",
                f"One added at {sizes[-1]:,} takes {factor:.1f} times that at {sizes[0]} "
                "(to reach: 3 times, and a memory below 1,000 MB).",
            ]
        clean, added, _ = grown[sizes[-1]]
        lines += ["", f"Of the builds with {sizes[-1]:,}:", ""]
        lines += [*phases.made_of([clean], [added]), ""]
        for name, cost in (("clean", clean), ("one added", added)):
            held = ", ".join(f"{module} {size:.0f}" for module, size in sorted(cost.peak.items()))
            lines.append(f"Memory at its peak, {name}, in MB by what runs: {held}.")
    return "\n".join(lines) + "\n"


def floor(costs: dict[str, list[Cost]]) -> str:
    """Return what no build can be below that runs all cells and reads and writes all pages.

    And of our builds what they would take if all cores were busy all the time.
    """
    stock, cells, stored = (
        statistics.median(cost.wall for cost in costs[way]) for way in (STOCK, CELLS, STORED)
    )
    cores = os.cpu_count() or 1
    whole = (cells + stored) / stock
    clean, added = (
        statistics.median(cost.cpu for cost in costs[way]) / cores / stock for way in (CLEAN, ADDED)
    )
    return (
        f"The work itself, e1 and then e2, takes {whole:.2f} of a; "
        f"shared out evenly to {cores} cores, and nothing else to do, {whole / cores:.2f}.\n"
        f"The CPU seconds of b and of c, shared out in the same way, are {clean:.2f} and "
        f"{added:.2f} of a; the rest of their time a core waits."
    )


def spread(values, digits: int = 1) -> str:
    """Return median, least and most."""
    found = sorted(values)
    middle = statistics.median(found)
    return f"{middle:.{digits}f} ({found[0]:.{digits}f} to {found[-1]:.{digits}f})"


main()
