"""Start the kernels' process before Sphinx is imported, if chapters will have to run."""

from __future__ import annotations

from pathlib import Path

from livingreview.book.inputs import Inputs, Record

# What every chapter uses; the kernel server has it ready.
SHARED = "livingreview.book.shared_views:compute"
PRELOAD = ("pandas", "matplotlib.pyplot", "scipy.stats", SHARED)


def begin(root: Path, stored: Path) -> None:
    """Start the server of kernels unless all that chapters read is unchanged."""
    record, inputs = Record(stored), Inputs(root)
    if not record.chapters or any(record.changed(name, inputs) for name in record.chapters):
        from livingreview.book.forked_kernels import KernelServer

        KernelServer.start(PRELOAD, root)
