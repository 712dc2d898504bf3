"""Draw the SVG of figures as PNG, in a process of its own while pages are read and written.

Run as ``python -m livingreview.book.pictures FOLDER``: for each name on a line of its standard
input it reads ``NAME.svg`` in the folder and writes ``NAME.png``. It ends at once when the other
end of its input is closed, even if who held it was killed.

Knows nothing of the book.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from queue import Queue

SCALE = 150 / 72  # dots for a point: sharp at the width of a page
MOST_DOTS = (
    1 << 14
)  # of one side: browsers show no longer picture, and drawing it takes much memory
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
END = ""  # the line after the last name
NEXT = ".next"  # ending of a picture that is being drawn, whose name starts with a dot


def drawn_by() -> str:
    """Return the name and version of what draws, since another one may draw otherwise."""
    return f"resvg-py {version('resvg-py')}, {SCALE}, {MOST_DOTS}"


class Painter:
    """The process that draws, started when there is something to draw.

    Parameters
    ----------
    folder : Path
        Folder of the pictures.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._process: subprocess.Popen | None = None
        self._told: set[str] = set()

    def draw(self, names: Iterable[str]) -> None:
        """Have pictures drawn, each once; `names` are without an ending."""
        new = [name for name in names if name not in self._told]
        if not new:
            return
        if self._process is None:
            package = Path(__file__).resolve().parents[2]
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__, str(self._folder)],
                env=os.environ | {"PYTHONPATH": str(package)},
                stdin=subprocess.PIPE,
                text=True,
            )
        self._told.update(new)
        self._tell(*new)

    def finish(self) -> bool:
        """Wait until all is drawn; return whether it was."""
        if self._process is None:
            return True
        self._tell(END)
        return self._process.wait() == 0

    def stop(self) -> None:
        """End the process, done or not."""
        if self._process is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.wait()

    def _tell(self, *names: str) -> None:
        # what has failed or was stopped has ended, and `finish` says so
        with contextlib.suppress(BrokenPipeError):
            if not self._process.stdin.closed:
                self._process.stdin.writelines(f"{name}\n" for name in names)
                self._process.stdin.flush()


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
    size = SIZE.search(svg)
    scale = min(SCALE, MOST_DOTS / max(map(float, size.groups()))) if size else SCALE
    picture = resvg_py.svg_to_bytes(
        svg_string=svg, font_files=files, skip_system_fonts=True, zoom=scale
    )
    return bytes(picture)


def main(folder: Path) -> None:
    """Draw what is named on standard input, each picture whole or not at all."""
    names: Queue[str] = Queue()
    threading.Thread(target=_listen, args=(names,), daemon=True).start()
    for name in iter(names.get, END):
        upcoming = folder / f".{name}.png{NEXT}"
        upcoming.write_bytes(as_png((folder / f"{name}.svg").read_text(encoding="utf-8")))
        upcoming.replace(folder / f"{name}.png")


def _listen(names: Queue[str]) -> None:
    # not by sys.stdin, whose lock would be in the way at the end of the process
    rest = b""
    while more := os.read(0, 1 << 16):
        *whole, rest = (rest + more).split(b"\n")
        for name in whole:
            names.put(name.decode())
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
