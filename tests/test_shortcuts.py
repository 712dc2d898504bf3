"""The ways in which pages are written faster give the pages that Sphinx and its theme write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
from built_site import contents
from sphinx import builders
from sphinx.util.parallel import make_chunks

from livingreview.book import writing
from livingreview.book.mould import Mould
from livingreview.book.stale import UNFINISHED

PLAINLY = """
import sys
from pathlib import Path
from livingreview.book import build, study_pages, writing

class ByTheTheme:
    def __init__(self, builder, name, texts):
        self.builder, self.name = builder, name

    def cast(self, name, texts):
        page = self.name.format(name)
        self.builder.handle_page(page, dict(texts), "page.html")
        return Path(self.builder.get_outfilename(page)).read_text(encoding="utf-8")

study_pages.Mould = ByTheTheme
writing.PROCESSES = 999
build.build(Path(sys.argv[1]))
"""


class Theme:
    """Lays out a page with its name in an attribute, and every text twice."""

    def handle_page(self, name, context, template, outfilename):
        html = f'<a href="{name}.html">{context["title"]}</a>{context["body"]}{context["title"]}'
        with open(outfilename, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(html)


def test_every_text_stands_in_all_its_places_and_is_not_looked_into():
    mould = Mould(Theme(), "studies/{}", ("title", "body"))
    texts = {"title": "lrmouldbodyend", "body": r"\1 <b>{title}</b>"}
    assert mould.cast("a", texts) == (
        r'<a href="studies/a.html">lrmouldbodyend</a>\1 <b>{title}</b>lrmouldbodyend'
    )


def test_a_text_that_is_not_given_is_an_error():
    mould = Mould(Theme(), "studies/{}", ("title", "body"))
    with pytest.raises(KeyError, match="body"):
        mould.cast("a", {"title": ""})


def test_all_pages_are_as_one_process_and_the_theme_lay_them_out(built, tmp_path):
    project = shutil.copytree(built, tmp_path / "project")
    before = contents(project)
    assert sum("studies/" in name for name in before) > 30
    doctrees = project / "_build/work/_build/.doctrees-html"
    (project / "_build/site.json").unlink()
    (doctrees / "study-pages.json").unlink()
    (doctrees / UNFINISHED).touch()
    done = subprocess.run(
        [sys.executable, "-c", PLAINLY, str(project)],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "no chapter has to run" in done.stdout
    assert contents(project) == before


def test_pages_are_written_by_two_processes_where_there_are_two_cores(monkeypatch, tmp_path):
    monkeypatch.setattr(builders, "make_chunks", make_chunks)  # and put back at the end
    (tmp_path / "index.doctree").touch()
    silent = SimpleNamespace(parallel_write_safe=None)
    for cores, processes in ((1, 0), (2, 2), (8, 2)):
        extensions = {writing.SILENT[0]: silent}
        app = SimpleNamespace(parallel=0, extensions=extensions, doctreedir=tmp_path)
        monkeypatch.setattr(os, "cpu_count", lambda found=cores: found)
        assert writing.write_in_parallel(app, None) == []
        assert app.parallel == processes
        assert (builders.make_chunks is make_chunks) == (not processes)
    assert builders.make_chunks(["index"], 2) == [["index"]]
    assert silent.parallel_write_safe
