"""What a chapter reads while it runs: tables, files of the project, and the package's own code.

The build keeps the outputs of a chapter for as long as all that it read is unchanged. So what is
read must be seen. Python tells of every opened file and every import by audit events (PEP 578);
a table of the data, which is loaded together with all others, is told by an event of our own.
What cannot be seen is refused: another program, the network, the listing of a folder.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

READ = "livingreview.read"
PACKAGE = __name__.partition(".")[0]
# What a chapter would learn from these events could change without a file of the project changing.
REFUSED = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")
NETWORK = ("socket.connect", "socket.getaddrinfo")
LISTING = ("os.listdir", "os.scandir")

_local = threading.local()


class UnseenReadError(RuntimeError):
    """A chapter reads something whose change the build could not notice."""


def note(name: str) -> None:
    """Tell that something was read; `name` is a path inside the project."""
    sys.audit(READ, name)
    for names in getattr(_local, "noting", ()):
        names[name] = None


@contextmanager
def noted():
    """Collect the names of what is noted inside this block, each once, as keys of a dict."""
    names: dict[str, None] = {}
    before = getattr(_local, "noting", ())
    _local.noting = (*before, names)
    try:
        yield names
    finally:
        _local.noting = before


@contextmanager
def unnoted():
    """Leave files opened inside this block out: what is used of them is noted one by one."""
    before = getattr(_local, "quiet", False)
    _local.quiet = True
    try:
        yield
    finally:
        _local.quiet = before


def prepare() -> None:
    """Import what chapters use, so that what libraries do when first imported is done."""
    import pandas  # noqa: F401


def start(root: str, log: str) -> None:
    """Write every read of this process from now on into a file, a line each.

    Parameters
    ----------
    root : str
        Folder of the project.
    log : str
        File to write to. Its first line is ``start``, so that an empty one is no proof.
    """
    prepare()
    recorder = Recorder(Path(root), log)
    for module in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        recorder.module(module)
    sys.addaudithook(recorder)


class Recorder:
    """An audit hook that writes down what is read and refuses what it could not see.

    Parameters
    ----------
    root : Path
        Folder of the project.
    log : str
        File to write to.
    """

    def __init__(self, root: Path, log: str):
        self.root = f"{root.resolve()}{os.sep}"
        self.package = f"{Path(__file__).resolve().parent.parent}{os.sep}"
        # Files that come with the interpreter, the machine or the pinned packages.
        self.machine = (
            *{sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.realpath(sys.prefix)},
            *("/usr", "/etc", "/proc", "/sys", "/dev", "/lib", "/opt", "/var"),
            *(str(Path.home() / name) for name in (".cache", ".config", ".ipython", ".local")),
            str(Path(tempfile.gettempdir()) / "ipykernel_"),
        )
        self.seen: set[str] = set()
        self.file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(self.file, b"start\n")

    def __call__(self, event: str, arguments: tuple) -> None:
        """Take one audit event."""
        if event == READ:
            self.write(arguments[0])
        elif event == "import":
            self.module(arguments[0])
        elif getattr(_local, "quiet", False):
            return
        elif event == "open":
            self.opened(*arguments)
        elif event == "sqlite3.connect":
            self.opened(arguments[0], "r", 0)
        elif event in REFUSED:
            self.refuse("starts another program")
        elif event in NETWORK and not isinstance(arguments[-1], (str, bytes)):
            self.refuse("uses the network")
        elif event in LISTING and self.inside(arguments[0]) and not _importing():
            self.refuse(f"lists the folder {arguments[0]}")

    def opened(self, path, mode: str | None, flags: int) -> None:
        """Note a file of the project that is opened for reading; refuse one from elsewhere."""
        if isinstance(path, int) or _importing():
            return
        written = mode is not None and mode[:1] in ("w", "a", "x")
        if written or (mode is None and flags & (os.O_WRONLY | os.O_RDWR)):
            return
        full = _full(path)
        if full.startswith(self.package + PACKAGE + os.sep):
            self.write(full.removeprefix(self.package).replace(os.sep, "/"))
        elif full.startswith(self.root) and not full.startswith(self.machine[:4]):
            self.write(full.removeprefix(self.root).replace(os.sep, "/"))
        elif not full.startswith(self.machine) and Path(full).is_file():
            self.refuse(f"reads {full}, outside of the project")

    def module(self, name: str) -> None:
        """Note a module of the package by its file."""
        if name.partition(".")[0] != PACKAGE:
            return
        stem = self.package + name.replace(".", os.sep)
        for ending in (".py", f"{os.sep}__init__.py"):
            if Path(stem + ending).is_file():
                self.write((stem + ending).removeprefix(self.package).replace(os.sep, "/"))

    def inside(self, path) -> bool:
        """Return whether a folder belongs to the project and not to an environment in it."""
        full = _full(path or ".") + os.sep
        return full.startswith(self.root) and not full.startswith(self.machine[:4])

    def refuse(self, what: str) -> None:
        """Stop the cell that does it."""
        raise UnseenReadError(
            f"a chapter {what}; the build could not notice when that changes. "
            "Put what the chapter needs into a table of data/ and read it with load()."
        )

    def write(self, name: str) -> None:
        """Write a name down, once."""
        if name not in self.seen:
            self.seen.add(name)
            os.write(self.file, name.encode() + b"\n")


def _full(path) -> str:
    # without following links: an environment inside the project may be one
    return os.path.abspath(os.fsdecode(path))  # noqa: PTH100


def _importing() -> bool:
    """Return whether Python's import system, not the chapter, is at work."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
