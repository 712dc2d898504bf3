"""Time and memory of a command with all that it starts."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.1  # seconds between two looks at least
SHARE = 0.05  # of a core that looking may take


@dataclass(frozen=True)
class Cost:
    """What a command cost.

    Attributes
    ----------
    wall, cpu : float
        Seconds; ``cpu`` is of the command and all it started.
    memory : float
        Peak of the memory of all processes together (MB), shared pages shared out between them.
    lines : tuple of (float, str)
        What the command said, each line with the second at which it came.
    peak : dict of float
        Memory at that peak (MB) by the module that a process runs.
    """

    wall: float
    cpu: float
    memory: float
    lines: tuple[tuple[float, str], ...]
    peak: dict[str, float]

    @property
    def output(self) -> str:
        """What the command said."""
        return "".join(line for _, line in self.lines)


def run(command: list[str], folder: Path, **environment: str) -> Cost:
    """Run a command to its end.

    Raises
    ------
    RuntimeError
        If it fails; with the end of what it said.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watch = Watch(process.pid)
    lines = tuple((time.perf_counter() - started, line) for line in process.stdout)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    watch.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    peak = {module: kilobytes / 1024 for module, kilobytes in watch.peak.items()}
    cost = Cost(wall, usage.ru_utime + usage.ru_stime, sum(peak.values()), lines, peak)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed in {folder}:\n{cost.output[-3000:]}")
    return cost


class Watch:
    """Looks at the memory of a process and all below it, as often as disturbs them little.

    The system goes through all pages of a process for each look, which takes 20 ms where it holds
    half a gigabyte: ten looks a second would take a third of a core.
    """

    def __init__(self, pid: int):
        self.peak: dict[str, float] = {}
        self._pid, self._end = pid, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        pause = PAUSE
        while not self._end.wait(pause):
            started = time.thread_time()
            now: dict[str, float] = {}
            for pid in _family(self._pid):
                module = _module(pid)
                now[module] = now.get(module, 0.0) + _kilobytes(pid)
            self.peak = max(self.peak, now, key=lambda found: sum(found.values()))
            pause = max(PAUSE, (time.thread_time() - started) / SHARE)


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def _module(pid: int) -> str:
    """Return the module that a process runs, or else the name of its command."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    after = words.index("-m") + 1 if "-m" in words else 0
    return words[after] if after else Path(words[0]).name


def _kilobytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))
