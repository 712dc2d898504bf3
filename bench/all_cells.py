"""Run the code of all chapters in this one process: the work itself, without any kernel."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import matplotlib
from IPython.core.interactiveshell import InteractiveShell
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig

matplotlib.use("Agg")
shell = InteractiveShell.instance()
pages = [Path("index.md").resolve(), *sorted(Path("chapters").resolve().glob("*.md"))]
for page in pages:
    text = page.read_text(encoding="utf-8")
    reader = create_nb_reader(str(page), MdParserConfig(), NbParserConfig(), text)
    if reader is None:
        continue
    os.chdir(page.parent)
    shell.reset()
    for cell in reader.read(text).cells:
        if cell.cell_type == "code":
            with contextlib.redirect_stdout(io.StringIO()):
                result = shell.run_cell(cell.source)
                result.raise_error()
                if hasattr(result.result, "_repr_html_"):
                    result.result._repr_html_()
