"""Pages cast from one that the theme laid out are those that the theme would lay out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from built_site import SITE, contents

from livingreview.book.mould import Mould

LAID_OUT_BY_THE_THEME = """
import sys
from pathlib import Path
from livingreview.book import build, study_pages

class ByTheTheme:
    def __init__(self, builder, name, texts):
        self.builder, self.name = builder, name

    def cast(self, name, texts):
        page = self.name.format(name)
        self.builder.handle_page(page, dict(texts), "page.html")
        return Path(self.builder.get_outfilename(page)).read_text(encoding="utf-8")

study_pages.Mould = ByTheTheme
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


def test_all_study_pages_are_as_the_theme_lays_them_out(built, tmp_path):
    project = shutil.copytree(built, tmp_path / "project")
    before = {name: digest for name, digest in contents(project).items() if "studies/" in name}
    assert len(before) > 30
    (project / "_build/site.json").unlink()
    (project / "_build/work/_build/.doctrees-html/study-pages.json").unlink()
    done = subprocess.run(
        [sys.executable, "-c", LAID_OUT_BY_THE_THEME, str(project)],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    after = contents(project)
    assert before == {name: after.get(name) for name in before}
    assert list((project / SITE / "studies").iterdir())
