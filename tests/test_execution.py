"""How chapters run: outputs as of a stock kernel, all reads seen, no process left over."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from jupyter_client.provisioning import KernelProvisionerFactory
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig
from nbclient import NotebookClient

from livingreview import reads
from livingreview.book import execution
from livingreview.book.execution import Chapter, ChapterError, Outputs, run_chapter
from livingreview.book.forked_kernels import KernelServer
from livingreview.book.inputs import Inputs, Record
from livingreview.book.running_start import PRELOAD, kernels
from livingreview.ladder import ladder

PAGES = [ROOT / "index.md", *sorted((ROOT / "chapters").glob("*.md"))]
VARIED = [
    "print('to the page')\nimport sys\nprint('aside', file=sys.stderr)",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "from IPython.display import HTML, display\nh = display(HTML('<b>one</b>'), display_id='x')",
    "h.update(HTML('<b>two</b>'))",
    "from myst_nb import glue\nglue('answer', 42)",
    "%time pass\nget_ipython().__class__.__name__",
    "import asyncio\nawait asyncio.sleep(0)\n1 + 1",
]


def chapter(folder, cells, name="made-up", tags=()):
    """A chapter of a small project, from the sources of its cells."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "chapters").mkdir(exist_ok=True)
    (folder / "_config.yml").touch()

    def read(digest):
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {"name": "python3"}
        if digest:
            notebook.metadata["kernelspec"]["inputs"] = digest
        notebook.cells = [nbformat.v4.new_code_cell(textwrap.dedent(cell)) for cell in cells]
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
        return notebook

    return Chapter(name, folder / "chapters" / f"{name}.md", read)


def page_chapter(path):
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), MdParserConfig(), NbParserConfig(), text)
    return Chapter(path.stem, path, lambda digest: reader.read(text)) if reader else None


@pytest.fixture(scope="module")
def server():
    KernelServer.start(PRELOAD, ROOT)
    assert KernelServer.running is not None
    yield KernelServer.running
    KernelServer.stop()


def outputs(notebook):
    return [
        (cell.get("execution_count"), cell.get("outputs"))
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@contextmanager
def started_from_nothing():
    """Let kernels start as jupyter_client starts them by itself."""
    running, KernelServer.running = KernelServer.running, None
    factory = KernelProvisionerFactory.instance()
    name, factory.default_provisioner_name = factory.default_provisioner_name, "local-provisioner"
    try:
        yield
    finally:
        KernelServer.running, factory.default_provisioner_name = running, name


def stock(chapter_):
    """Run a chapter as nbclient does by itself, with a kernel started from nothing."""
    notebook = chapter_.read("")
    place = {"metadata": {"path": str(chapter_.path.parent)}}
    with started_from_nothing():
        asyncio.run(NotebookClient(notebook, resources=place, record_timing=False).async_execute())
    return notebook


# --- the same outputs --------------------------------------------------------------------------


def without_times(found):
    return [
        (count, [out for out in outs if "Wall time" not in out.get("text", "")])
        for count, outs in found
    ]


def test_outputs_of_every_kind_are_those_of_a_stock_kernel(server, tmp_path):
    made_up = chapter(tmp_path, VARIED)
    ours, _ = run_chapter(made_up, tmp_path, 60)
    found = without_times(outputs(ours))
    assert found == without_times(outputs(stock(made_up)))
    kinds = {out.output_type for _, outs in found for out in outs}
    assert kinds >= {"stream", "execute_result", "display_data"}
    assert any("image/png" in out.get("data", {}) for _, outs in found for out in outs)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_outputs_of_a_chapter_are_those_of_a_stock_kernel(server, path):
    found = page_chapter(path)
    if found is None:
        assert path.stem == "references"  # the one page that runs nothing
        return
    ours, names = run_chapter(found, ROOT, 300)
    assert nbformat.writes(ours) == nbformat.writes(_same_ids(stock(found), ours))
    assert "livingreview/data.py" in names


def _same_ids(notebook, other):
    # identifiers of cells are drawn by lot each time a page is read
    for cell, model in zip(notebook.cells, other.cells, strict=True):
        if "id" in model:
            cell["id"] = model["id"]
    notebook.metadata.language_info = other.metadata.language_info
    return notebook


def test_kernels_are_forked_and_not_started(server, tmp_path):
    made_up = chapter(
        tmp_path, ["import os\nos.getppid()", "import sys\n'matplotlib.pyplot' in sys.modules"]
    )
    notebook, _ = run_chapter(made_up, tmp_path, 60)
    first, second = (outs[0]["data"]["text/plain"] for _, outs in outputs(notebook))
    assert int(first) == server._process.pid
    assert second == "True"


def test_a_file_left_by_a_killed_kernel_is_never_read(server, tmp_path):
    """Its name would be that of another kernel which later has the same process number."""
    cells = ["from ipykernel import get_connection_file\nget_connection_file()"]
    notebook, _ = run_chapter(chapter(tmp_path, cells), tmp_path, 60)
    path = Path(outputs(notebook)[0][1][0]["data"]["text/plain"].strip("'"))
    assert path.parent == Path(server._folder.name)
    assert not re.search(r"kernel-\d+\.json", path.name)


def test_forked_kernels_draw_different_random_numbers(server, tmp_path):
    draw = ["import random, numpy\n(random.random(), float(numpy.random.random()))"]
    texts = set()
    for _ in range(3):
        notebook, _ = run_chapter(chapter(tmp_path, draw), tmp_path, 60)
        texts.add(outputs(notebook)[0][1][0]["data"]["text/plain"])
    assert len(texts) == 3


# --- failures name the chapter and the cell ------------------------------------------------------


def test_a_cell_that_raises_is_named(server, tmp_path):
    made_up = chapter(tmp_path, ["1", "import math\nmath.sqrt(-1)"])
    with pytest.raises(
        ChapterError, match=r"made-up, code cell 2 \(import math\): ValueError: math"
    ):
        run_chapter(made_up, tmp_path, 60)


def test_a_cell_that_hangs_is_named(server, tmp_path):
    made_up = chapter(tmp_path, ["1", "import time\ntime.sleep(600)"])
    with pytest.raises(
        ChapterError, match=r"made-up, code cell 2 \(import time\): did not end within 1 s"
    ):
        run_chapter(made_up, tmp_path, 1)


def test_outputs_that_come_late_are_waited_for_and_never_lost(server, tmp_path, monkeypatch):
    late = """
        import time
        kernel = get_ipython().kernel
        tell = kernel._publish_status
        def late(status, *rest, **more):
            time.sleep(3 if status == "idle" else 0)
            tell(status, *rest, **more)
        kernel._publish_status = late
        """
    notebook, _ = run_chapter(chapter(tmp_path, [late, "1 + 1"]), tmp_path, 30)
    assert notebook.cells[1].outputs[0]["data"]["text/plain"] == "2"
    monkeypatch.setattr(execution, "LATE", 1)
    with pytest.raises(ChapterError, match="made-up, code cell 1"):
        run_chapter(chapter(tmp_path, [late, "1 + 1"]), tmp_path, 30)


def test_a_cell_that_ends_its_kernel_is_named(server, tmp_path):
    made_up = chapter(tmp_path, ["import os\nos._exit(3)"])
    with pytest.raises(ChapterError, match=r"made-up, code cell 1 \(import os\): ended its kernel"):
        run_chapter(made_up, tmp_path, 60)


def test_a_server_is_there_where_chapters_have_to_run_and_gone_afterwards(tmp_path):
    with started_from_nothing():
        with pytest.raises(ValueError, match="no"), kernels(ROOT, tmp_path):
            process = KernelServer.running._process
            with kernels(ROOT, tmp_path):
                assert KernelServer.running._process is process, "there is one, not two"
            raise ValueError("no")
        assert KernelServer.running is None
        assert process.returncode is not None
        record = Record(tmp_path)
        names = ["data/units.csv"]
        record.add("chapters/one", names=names, digest=Inputs(ROOT).digest(names), seconds=1.0)
        with kernels(ROOT, tmp_path):
            assert KernelServer.running is None, "nothing has changed"


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_after_a_killed_build_no_process_is_left(tmp_path):
    chapter(tmp_path, [])
    code = f"""
        import sys, pathlib
        sys.path.insert(0, {str(ROOT / "tests")!r})
        from test_execution import chapter
        from livingreview.book.execution import run_chapter
        from livingreview.book.forked_kernels import KernelServer
        folder = pathlib.Path({str(tmp_path)!r})
        KernelServer.start((), folder)
        print(KernelServer.running._process.pid, flush=True)
        write = "import os, time; open('../pid', 'w').write(str(os.getpid())); time.sleep(600)"
        run_chapter(chapter(folder, [write]), folder, 600)
    """
    build = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with build:
        server = int(build.stdout.readline())
        pid = tmp_path / "pid"
        wait_until(lambda: pid.exists() and pid.read_text())
        kernel = int(pid.read_text())
        assert alive(server)
        assert alive(kernel)
        build.send_signal(signal.SIGKILL)
        build.wait()
        wait_until(lambda: not alive(server) and not alive(kernel))


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited for a minute in vain"
        time.sleep(0.02)


# --- several at once ---------------------------------------------------------------------------


def test_two_chapters_run_at_the_same_time(server, tmp_path):
    """Each waits for a file that only the other one writes."""
    wait = (
        "import pathlib, time\npathlib.Path('{}').touch()\n"
        "while not pathlib.Path('{}').exists(): time.sleep(0.01)"
    )
    pair = [
        chapter(tmp_path, [wait.format("a", "b")], "first"),
        chapter(tmp_path, [wait.format("b", "a")], "second"),
    ]
    found = list(Outputs(tmp_path / "stored", tmp_path).run(pair, 60))
    assert {(c.name, error) for c, _, error in found} == {("first", None), ("second", None)}


# --- what was read is known -----------------------------------------------------------------------


def read_of(folder, *cells):
    return run_chapter(chapter(folder, cells), folder, 60)[1]


def test_the_tables_that_a_chapter_reads_are_seen_and_no_others(server, project):
    names = read_of(project, "from livingreview.data import load\nload().species")
    tables = {name for name in names if name.startswith("data/")}
    # and what may correct a cell of it
    always = {"data/discrepancies.csv", "data/retractions.csv", "data/datapackage.json"}
    assert tables == {"data/species.csv"} | always
    assert "references.bib" not in names
    assert "references.bib" in read_of(
        project, "from livingreview.data import load\nload().references"
    )


@pytest.mark.parametrize("name", ["evidence-map", "pain", "pharmacology"])
def test_what_was_computed_beforehand_counts_as_read(server, name):
    found = page_chapter(ROOT / f"chapters/{name}.md")
    _, names = run_chapter(found, ROOT, 300)
    with started_from_nothing():
        _, alone = run_chapter(found, ROOT, 300)
    read, read_alone = (
        {n for n in group if not n.startswith("livingreview/")} for group in (names, alone)
    )
    assert read == read_alone
    assert {"data/doses.csv", "data/doses.csv about Pain"} & read
    # of the code at least as much: the server has imported what other chapters use
    assert set(names) >= set(alone)


def test_what_a_view_was_made_from_is_noted_each_time_it_is_used(review):
    ladder(review)
    with reads.noted() as names:
        ladder(review)
    assert {"data/doses.csv", "data/studies.csv", "data/conditions.csv"} <= set(names)


def test_the_code_that_a_chapter_uses_is_seen_and_no_other(server, project):
    names = read_of(project, "from livingreview.figures.plasma_day import plasma_day")
    assert "livingreview/figures/plasma_day.py" in names
    assert "livingreview/figures/drawing.py" in names
    assert "livingreview/figures/traffic_light.py" not in names


def test_a_file_of_the_project_is_seen(server, project):
    (project / "extra.txt").write_text("one", encoding="utf-8")
    assert "extra.txt" in read_of(project, "open('../extra.txt').read()")
    assert "data/units.csv" in read_of(
        project, "import pandas\npandas.read_csv('../data/units.csv').shape"
    )


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import subprocess\nsubprocess.run(['date'])", "starts another program"),
        ("import os\nos.system('date')", "starts another program"),
        ("import os\nos.listdir('../data')", "lists the folder"),
        ("import pathlib\nlist(pathlib.Path('../data').glob('*.csv'))", "lists the folder"),
        ("open('{outside}').read()", "outside of the project"),
        ("import pandas\npandas.read_csv('{outside}')", "outside of the project"),
        ("import sqlite3\nsqlite3.connect('{outside}')", "outside of the project"),
        (
            "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/')",
            "uses the network",
        ),
    ],
)
def test_what_cannot_be_seen_is_refused(server, project, tmp_path_factory, code, what):
    outside = tmp_path_factory.mktemp("outside") / "table.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(ChapterError, match=what):
        read_of(project, code.replace("{outside}", str(outside)))


def test_what_was_read_is_known_without_a_forked_kernel(project, monkeypatch):
    KernelServer.stop()
    names = read_of(project, "from livingreview.data import load\nload().units.shape")
    assert "data/units.csv" in names
    assert "livingreview/data.py" in names
    assert "data/species.csv" not in names


def test_a_record_that_is_damaged_means_running_again(tmp_path):
    (tmp_path / "inputs.json").write_text("{not json", encoding="utf-8")
    assert Record(tmp_path).changed("chapters/summary", Inputs(ROOT))


def test_outputs_are_held_until_something_read_changes(server, tmp_path):
    (tmp_path / "seen.txt").write_text("one", encoding="utf-8")
    (tmp_path / "unseen.txt").write_text("one", encoding="utf-8")
    reads = chapter(tmp_path, ["open('../seen.txt').read()"])
    stored = Outputs(tmp_path / "stored", tmp_path)
    assert not stored.holds(reads)
    ((_, _, error),) = stored.run([reads], 60)
    assert error is None
    assert stored.finds(reads)
    assert not stored.finds(chapter(tmp_path, ["2 + 2"])), "another chapter of that name"
    assert Outputs(tmp_path / "stored", tmp_path).holds(reads)
    (tmp_path / "unseen.txt").write_text("two", encoding="utf-8")
    assert Outputs(tmp_path / "stored", tmp_path).holds(reads)
    (tmp_path / "seen.txt").write_text("two", encoding="utf-8")
    assert not Outputs(tmp_path / "stored", tmp_path).holds(reads)


def test_what_a_kernel_tells_of_itself_is_stored_with_the_outputs(server, tmp_path):
    reads = chapter(tmp_path, ["1 + 1"])
    stored = Outputs(tmp_path / "stored", tmp_path)
    ((_, _, error),) = stored.run([reads], 60)
    assert error is None
    asked = reads.read(stored.digest("made-up"))
    _, found = stored.cache.merge_match_into_notebook(asked)
    assert found.metadata["language_info"]["name"] == "python"
    assert found.cells[0].outputs[0]["data"]["text/plain"] == "2"


def test_stored_outputs_that_were_cut_off_are_made_again(server, tmp_path):
    reads = chapter(tmp_path, ["1 + 1"])
    ((_, _, error),) = Outputs(tmp_path / "stored", tmp_path).run([reads], 60)
    assert error is None
    for path in (tmp_path / "stored").rglob("*.ipynb"):
        path.write_text("{", encoding="utf-8")
    assert not Outputs(tmp_path / "stored", tmp_path).holds(reads)
