"""Draw the SVG of figures as PNG, in a process of its own while pages are written.

Run as ``python -m livingreview.book.pictures FOLDER``: for each name on a line of its standard
input it reads ``NAME.svg`` in the folder and writes ``NAME.png``. It ends at once when the other
end of its input is closed, even if who held it was killed.

Knows nothing of the book.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path

SCALE = 150 / 72  # dots for a point: sharp at the width of a page
END = ""  # the line after the last name


def drawn_by() -> str:
    """Return the name and version of what draws, since another one may draw otherwise."""
    return f"resvg-py {version('resvg-py')}, {SCALE}"


class Painter:
    """The process that draws.

    Parameters
    ----------
    folder : Path
        Folder of the pictures.
    names : collection of str
        Names of the pictures to draw, without an ending.
    """

    def __init__(self, folder: Path, names: Collection[str]):
        self._process = None
        if names:
            package = Path(__file__).resolve().parents[2]
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__, str(folder)],
                env=os.environ | {"PYTHONPATH": str(package)},
                stdin=subprocess.PIPE,
                text=True,
            )
            self._process.stdin.writelines(f"{name}\n" for name in (*names, END))
            self._process.stdin.flush()

    def finish(self) -> bool:
        """Wait until all is drawn; return whether it was."""
        return self._process is None or self._process.wait() == 0

    def stop(self) -> None:
        """End the process, done or not."""
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait()


def as_png(svg: str) -> bytes:
    """Return a picture as PNG, the same bytes for the same picture.

    Raises
    ------
    ValueError
        If it is no SVG.
    """
    import resvg_py
    from matplotlib import get_data_path

    # The font with which the figure was measured, whatever the machine has.
    fonts = Path(get_data_path(), "fonts/ttf")
    files = [str(path) for path in sorted(fonts.glob("DejaVuSans*.ttf"))]
    picture = resvg_py.svg_to_bytes(
        svg_string=svg, font_files=files, skip_system_fonts=True, zoom=SCALE
    )
    return bytes(picture)


def main(folder: Path) -> None:
    """Draw what is named on standard input, each picture whole or not at all."""
    names = list(iter(lambda: sys.stdin.readline().rstrip("\n"), END))
    threading.Thread(target=_end_with_input, daemon=True).start()
    for name in names:
        upcoming = folder / f".{name}.next"
        upcoming.write_bytes(as_png((folder / f"{name}.svg").read_text(encoding="utf-8")))
        upcoming.replace(folder / f"{name}.png")


def _end_with_input() -> None:
    # not by sys.stdin, whose lock would be in the way at the end of the process
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
