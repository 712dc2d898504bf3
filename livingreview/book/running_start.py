"""Start the kernels' process before anything else is done, if chapters will have to run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livingreview.book.inputs import Inputs, Record

# What every chapter uses; the kernel server has it ready.
SHARED = "livingreview.book.shared_views:compute"
PRELOAD = (
    "pandas",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "myst_nb.ext.glue",
    "pandas.io.formats.csvs",
    "xml.sax.saxutils",
    SHARED,
)


@contextmanager
def kernels(root: Path, stored: Path) -> Iterator[None]:
    """Have a server of kernels, unless all that chapters read is unchanged; end it afterwards."""
    record, inputs = Record(stored), Inputs(root)
    if record.chapters and not any(record.changed(name, inputs) for name in record.chapters):
        yield
        return
    from livingreview.book.forked_kernels import KernelServer

    KernelServer.start(PRELOAD, root)
    try:
        yield
    finally:
        KernelServer.stop()
