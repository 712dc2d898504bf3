"""What the tests share: the data, copies of the project, and one built site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib
import pandas as pd
import pytest
from browser import Browser, serve
from built_site import SITE

from livingreview.data import load

matplotlib.use("Agg")
ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(
    "_build", ".venv", ".git", "__pycache__", ".pytest_cache", ".ruff_cache", "*.egg-info"
)


@pytest.fixture(scope="session")
def review():
    """The data of the repository."""
    return load(ROOT)


def with_rows(review, **rows):
    """The data with rows added to tables; a column that a row does not name is empty."""
    added = {
        name: pd.concat([review.tables[name], pd.DataFrame(more)], ignore_index=True).fillna("")
        for name, more in rows.items()
    }
    return review.replacing(**added)


@pytest.fixture
def project(tmp_path):
    """A copy of the repository that a test may change."""
    return shutil.copytree(ROOT, tmp_path / "project", ignore=LEFT_OUT)


@pytest.fixture
def data_copy(tmp_path):
    """A copy of the data alone, enough for the checks."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "data", folder / "data")
    for name in ("references.bib", "_config.yml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run ``livingreview`` in a folder, with the package of that folder where it has one."""
    package = folder if (folder / "livingreview").is_dir() else ROOT
    return subprocess.run(
        [sys.executable, "-m", "livingreview", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A copy of the repository with its book built once; tests must not change it."""
    folder = shutil.copytree(ROOT, tmp_path_factory.mktemp("built") / "project", ignore=LEFT_OUT)
    done = command(folder, "build")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return folder


@pytest.fixture(scope="session")
def printed(built, tmp_path_factory):
    """The built copy with its PDF made once, as it is published; tests must not change it."""
    folder = shutil.copytree(built, tmp_path_factory.mktemp("printed") / "project")
    done = command(folder, "pdf")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return folder


@pytest.fixture(scope="session")
def site_address(built):
    """The address of the built site on a server of this machine."""
    with serve(built / SITE) as address:
        yield address


@pytest.fixture(scope="module")
def chromium():
    """A running browser; for one module, since its event loop would be in the way of others."""
    with Browser() as browser:
        yield browser


@pytest.fixture
def visit(chromium, site_address):
    """A function that opens a page of the site: see `browser.Browser.visit`."""
    with chromium.visits(site_address) as visit:
        yield visit
