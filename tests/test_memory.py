"""What a build holds at a time, and what it gives back: for a book of thousands of studies."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from sphinx.environment import BuildEnvironment
from sphinx.util.parallel import make_chunks

from livingreview.book import memory
from livingreview.book.build import SITE, publish
from livingreview.book.writing import LARGE, handed_over
from livingreview.data import once

MEGABYTE = 1 << 20


def test_sphinx_keeps_no_page_that_lies_on_disk():
    env = types.SimpleNamespace()
    memory.hold_no_pages(None, env, [])
    for store in (env._write_doc_doctree_cache, env._pickled_doctree_cache):
        # as Sphinx does it, which names the value and its place in one line
        taken = store["chapter"] = b"a page"
        assert taken == b"a page"
        assert not store
        with pytest.raises(KeyError):
            store.pop("chapter")


@pytest.mark.parametrize("store", ["_write_doc_doctree_cache", "_pickled_doctree_cache"])
def test_sphinx_still_asks_the_stores_that_keep_nothing(store):
    used = inspect.getsource(BuildEnvironment.get_and_resolve_doctree)
    used += inspect.getsource(BuildEnvironment.get_doctree)
    assert f"self.{store}" in used
    assert "except KeyError" in used


def test_what_was_freed_is_given_back():
    code = """
from pathlib import Path
from livingreview.book import memory
def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
class App:
    def connect(self, *names, **settings):
        pass
memory.connect(App())
for size in (3 << 20, 4 << 20, 5 << 20):
    bytes(size)  # by itself the library takes the largest for the size from which on to give back
before = held()
texts = [b"x" * (1 << 20) for _ in range(64)]
last = b"y" * (1 << 20)  # above them, so that the end of the memory cannot be moved down
full = held()
del texts
after = held()
small = [bytes(1000) for _ in range(64_000)]
kept = small[-1]
del small
memory.give_back()
print(full - before, after - before, held() - before)
"""
    package = str(Path(memory.__file__).parents[2])
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": package},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    full, after, at_the_end = map(int, said.split())
    assert full > 60 * MEGABYTE
    assert after < 4 * MEGABYTE
    assert at_the_end < 8 * MEGABYTE


def test_large_pages_are_handed_over_one_by_one_and_small_ones_together(tmp_path):
    sizes = {"a": LARGE // 3, "b": LARGE // 3, "c": 2 * LARGE, "d": LARGE // 2, "e": 10, "f": 10}
    for name, size in sizes.items():
        (tmp_path / f"{name}.doctree").write_bytes(b"x" * size)
    assert make_chunks(list(sizes), 1) == [list(sizes)]
    assert handed_over(tmp_path, list(sizes), 1) == [["a", "b"], ["c"], ["d", "e", "f"]]
    assert handed_over(tmp_path, ["a", "e", "f", "d"], 2) == [["a", "e"], ["f", "d"]]


def test_fewer_chapters_run_at_once_where_data_are_large(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/studies.csv").write_text("study_id\n")
    assert memory.at_once(tmp_path) == 3
    (tmp_path / "data/arms.csv").write_bytes(b"x" * memory.LARGE_DATA)
    assert memory.at_once(tmp_path) == 2
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert memory.at_once(tmp_path) == memory.MOST


def test_a_file_that_is_as_it_was_is_not_copied_again(tmp_path):
    built = tmp_path / "_build/work/_build/html"
    (built / "studies").mkdir(parents=True)
    for name in ("same", "same-size", "gone"):
        (built / f"studies/{name}.html").write_text("before")
    publish(tmp_path, built)
    site = tmp_path / SITE
    first = {path.stem: path.stat().st_ino for path in (site / "studies").iterdir()}
    assert first.keys() == {"same", "same-size", "gone"}
    (built / "studies/same-size.html").write_text("behind")
    (built / "studies/gone.html").unlink()
    (built / "studies/new.html").write_text("new")
    publish(tmp_path, built)
    now = {path.stem: path for path in (site / "studies").iterdir()}
    texts = {name: path.read_text() for name, path in now.items()}
    assert texts == {"same": "before", "same-size": "behind", "new": "new"}
    assert now["same"].stat().st_ino == first["same"]
    assert now["same-size"].stat().st_ino != first["same-size"]
    for path in now.values():
        assert path.stat().st_nlink == 1, "it is shared with a site or a folder that lives on"


def test_without_links_a_site_is_copied(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("no links here")

    built = tmp_path / "_build/work/_build/html"
    built.mkdir(parents=True)
    (built / "index.html").write_text("page")
    monkeypatch.setattr(os, "link", refuse)
    for _ in range(2):
        publish(tmp_path, built)
        assert (tmp_path / SITE / "index.html").read_text() == "page"


def test_a_view_is_computed_once_whether_its_defaults_are_said_or_not():
    asked = []

    @once
    def view(review, about, family="", low=0):
        asked.append((about, family, low))
        return about

    review = types.SimpleNamespace(views={})
    for arguments in (("pain",), ("pain", ""), ("pain", "", 0)):
        assert view(review, *arguments) == "pain"
    assert asked == [("pain", "", 0)]
    view(review, "pain", "safety")
    assert asked[1:] == [("pain", "safety", 0)]
    with pytest.raises(TypeError, match="about"):
        view(review)
