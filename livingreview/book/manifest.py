"""What the site holds, published with it, so that the next one can be compared with it."""

from __future__ import annotations

import json
from pathlib import Path

MANIFEST = "manifest.json"


class ManifestError(Exception):
    """A manifest cannot be read as one."""


def files(site: Path) -> dict[str, int]:
    """Return the size in bytes of every published file of a site by its path.

    Hidden files stay out, as they stay out of what is uploaded, and so does the manifest itself.
    """
    found = {}
    for path in sorted(site.rglob("*")):
        inside = path.relative_to(site)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            found[inside.as_posix()] = path.stat().st_size
    found.pop(MANIFEST, None)
    return found


def write(site: Path) -> None:
    """Write the manifest of the site into it."""
    text = json.dumps(files(site), indent=1, sort_keys=True, ensure_ascii=False)
    (site / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, int]:
    """Return path and size of every file that a manifest names.

    Raises
    ------
    ManifestError
        If the file is missing or holds something else, for example a page that says "not found".
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ManifestError(f"it cannot be read ({type(error).__name__})") from error
    if not isinstance(found, dict) or not all(type(size) is int for size in found.values()):
        raise ManifestError("it holds no sizes by path")
    return found
