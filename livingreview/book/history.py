"""On which day a page last changed, by the commits that touched it and the data it shows."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

COMMIT = "commit "


def last_changes(root: Path) -> dict[str, str]:
    """Return the day of the last commit of each file by its path inside the project.

    Empty where that cannot be known: without git, in a copy that git does not keep (a ZIP), and in
    a shallow clone, which knows the last commit alone and would give its day to every file.

    Parameters
    ----------
    root : Path
        Folder of the project.

    Returns
    -------
    dict of str
        Days such as ``2026-11-21``, by path.
    """
    if _git(root, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    log = _git(root, "log", "--relative", "--name-only", f"--format={COMMIT}%cs", "--", ".")
    days: dict[str, str] = {}
    day = ""
    for line in log.splitlines():
        if line.startswith(COMMIT):
            day = line.removeprefix(COMMIT)
        elif line:
            # a branch that was merged late may hold the newer day of two
            days[line] = max(day, days.get(line, ""))
    return days


def newest(days: Mapping[str, str], names: Iterable[str]) -> str:
    """Return the last day on which any of some files changed; empty if none is known."""
    return max((days[name] for name in names if name in days), default="")


def _git(root: Path, *arguments: str) -> str:
    """Return what git says, or nothing where there is no git or no repository."""
    try:
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", *arguments],
            cwd=root,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.decode("utf-8", "replace")
