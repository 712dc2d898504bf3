"""Draw the SVG of figures as PNG, in processes of their own while pages are read and written.

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

from livingreview.book.memory import ENVIRONMENT, give_back

SCALE = 150 / 72  # dots for a point: sharp at the width of a page
MOST_DOTS = (
    1 << 14
)  # of one side: browsers show no longer picture, and drawing it takes much memory
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
HANDS = min(2, os.cpu_count() or 1)  # processes that draw: while one page is read, and at the end
END = ""  # the line after the last name
NEXT = ".next"  # ending of a picture that is being drawn, whose name starts with a dot


def drawn_by() -> str:
    """Return the name and version of what draws, since another one may draw otherwise."""
    return f"resvg-py {version('resvg-py')}, {SCALE}, {MOST_DOTS}"


class Painter:
    """The processes that draw, started when there is something to draw.

    Parameters
    ----------
    folder : Path
        Folder of the pictures.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._processes: list[subprocess.Popen] = []
        self._told: dict[str, None] = {}

    def draw(self, names: Iterable[str]) -> None:
        """Have pictures drawn, each once; `names` are without an ending."""
        for name in dict.fromkeys(names):
            if name not in self._told:
                # in turn; the second is started when there is a second picture
                turn = len(self._told) % HANDS
                if turn == len(self._processes):
                    self._processes.append(self._start())
                self._told[name] = None
                _tell(self._processes[turn], name)

    def no_more(self) -> None:
        """Let the processes end when all is drawn: they hold much memory."""
        for process in self._processes:
            _tell(process, END)

    def finish(self) -> bool:
        """Wait until all is drawn; return whether it was."""
        self.no_more()
        ended = [process.wait() for process in self._processes]
        return not any(ended)

    def stop(self) -> None:
        """End the processes, done or not."""
        for process in self._processes:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()

    def _start(self) -> subprocess.Popen:
        package = Path(__file__).resolve().parents[2]
        return subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(self._folder)],
            env=os.environ | ENVIRONMENT | {"PYTHONPATH": str(package)},
            stdin=subprocess.PIPE,
            text=True,
        )


def _tell(process: subprocess.Popen, name: str) -> None:
    # what has failed or was stopped has ended, and `finish` says so
    with contextlib.suppress(BrokenPipeError):
        if not process.stdin.closed:
            process.stdin.write(f"{name}\n")
            process.stdin.flush()


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
        give_back()


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
