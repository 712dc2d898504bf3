"""An empty, partial or shrunken site is refused, and links are tried."""

from __future__ import annotations

import http.server
import io
import json
import shutil
import threading
import zipfile
from pathlib import Path

import pikepdf
import pytest
from built_site import SITE, append
from conftest import command

from livingreview.book import manifest
from livingreview.book.downloads import ARCHIVE
from livingreview.book.guard import faults_of_site
from livingreview.book.pdf.whole import NAME as PDF

CHAPTER = "chapters/methods.html"


@pytest.fixture
def site(printed, tmp_path):
    """A copy of the whole site, its PDF included, that a test may spoil."""
    return shutil.copytree(printed / SITE, tmp_path / "site")


def guard(printed, site, last=None):
    """Return the faults of a site, a line each."""
    return [str(fault) for fault in faults_of_site(printed, site, last)]


def refused(faults, *parts):
    """Return the one line of a refusal that holds all parts."""
    found = [line for line in faults if all(part in line for part in parts)]
    assert len(found) == 1, faults
    return found[0]


def last_time(site, tmp_path, **sizes):
    """Write a manifest like that of the site, with other sizes for some files."""
    path = tmp_path / "last.json"
    path.write_text(json.dumps(manifest.files(site) | sizes), encoding="utf-8")
    return path


def test_the_site_as_built_is_whole(printed, site, tmp_path):
    last = shutil.copy(site / manifest.MANIFEST, tmp_path)
    done = command(printed, "guard", str(site), "--last", last, "--tag", "v0.1.0")
    assert (done.returncode, done.stdout) == (0, "The site is whole.\n"), done.stderr
    assert command(printed, "guard").returncode == 0


def test_the_command_names_faults_and_fails(printed, tmp_path):
    done = command(printed, "guard", str(tmp_path / "nothing"), "--tag", "v9.9.9")
    assert done.returncode == 1
    *faults, count = done.stdout.splitlines()
    assert refused(faults, "index.html: is missing from the site. Build it again")
    line = refused(faults, "data/datapackage.json", '"0.1.0"')
    assert line.endswith("so that they agree.")
    assert "the tag says v9.9.9" in line
    assert count == f"{len(faults)} fault(s)."


def test_faulty_data_are_named_and_nothing_is_guarded(data_copy):
    append(data_copy, "updates", date="2026-11-22", kind="nonsense", summary="x")
    line = len((data_copy / "data/updates.csv").read_text(encoding="utf-8").splitlines())
    done = command(data_copy, "guard")
    assert done.returncode == 1
    assert f"data/updates.csv:{line}: column kind" in done.stdout
    assert "is missing from the site" not in done.stdout


def test_the_manifest_names_every_file_with_its_size(printed):
    named = manifest.read(printed / SITE / manifest.MANIFEST)
    assert named == manifest.files(printed / SITE)
    assert named[CHAPTER] == (printed / SITE / CHAPTER).stat().st_size
    assert manifest.MANIFEST not in named
    assert not any(part.startswith(".") for name in named for part in Path(name).parts)


def test_an_empty_site_is_refused(printed, tmp_path, review):
    done = guard(printed, tmp_path / "nothing")
    for name in ("index.html", CHAPTER, "data/studies.csv", "search.html", manifest.MANIFEST, PDF):
        assert refused(done, f"{name}: is missing", "make clean pdf")
    assert sum(line.startswith("studies/") for line in done) == len(review.studies)


def test_a_missing_study_page_or_download_is_refused(printed, site, review):
    study = review.studies["study_id"].iloc[0]
    for name in (f"studies/{study}.html", "data/measurements.csv", "data/recomputed.csv"):
        (site / name).unlink()
        assert refused(guard(printed, site), f"{name}: is missing from the site")


def test_a_page_that_is_cut_off_or_has_no_content_is_refused(printed, site):
    path = site / CHAPTER
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    manifest.write(site)  # as if the build itself had written no more
    assert refused(guard(printed, site), f"{CHAPTER}: is cut off")
    path.write_bytes(b"<html><body></body></html>\n")
    manifest.write(site)
    assert refused(guard(printed, site), f"{CHAPTER}: is empty")


def test_a_pdf_that_is_cut_off_or_of_another_book_is_refused(printed, site):
    path = site / PDF
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    manifest.write(site)
    assert refused(guard(printed, site), f"{PDF}: is cut off", "make clean pdf")
    path.write_bytes(whole[:5] + b"nothing" + b"%%EOF")
    manifest.write(site)
    assert refused(guard(printed, site), f"{PDF}: cannot be opened")
    with pikepdf.new() as other:
        other.add_blank_page()
        other.save(path)
    manifest.write(site)
    assert refused(guard(printed, site), f"{PDF}: does not name the version")
    with pikepdf.open(io.BytesIO(whole)) as other:
        with other.open_outline() as outline:
            del outline.root[-1].children[-1]
        other.save(path)
    manifest.write(site)
    assert refused(guard(printed, site), f"{PDF}: has no chapter 'References'")


def test_a_file_lost_added_or_changed_after_the_build_is_refused(printed, site):
    (site / "_static/site.css").write_text("", encoding="utf-8")
    (site / "_static/doctools.js").unlink()
    (site / "extra.txt").write_text("x", encoding="utf-8")
    done = guard(printed, site)
    assert refused(done, "_static/site.css: has changed since the build", "now: 0)")
    assert refused(done, "_static/doctools.js: has changed since the build", "now: none)")
    assert refused(done, "extra.txt: has changed since the build", "then: none, now: 1)")


def test_downloads_that_are_not_the_data_are_refused(printed, site):
    (site / "data/studies.csv").write_text("study_id\n", encoding="utf-8")
    manifest.write(site)
    assert refused(guard(printed, site), "data/studies.csv: is not the file of the repository")
    with zipfile.ZipFile(site / "data" / ARCHIVE, "w") as archive:
        archive.writestr("studies.csv", "study_id\n")
    manifest.write(site)
    assert refused(guard(printed, site), ARCHIVE, "does not hold")
    (site / "data" / ARCHIVE).write_bytes(b"PK")
    manifest.write(site)
    assert refused(guard(printed, site), ARCHIVE, "cannot be opened")


def test_a_page_or_table_that_shrank_or_went_is_refused(printed, site, tmp_path):
    size = (site / CHAPTER).stat().st_size
    last = last_time(site, tmp_path, **{CHAPTER: 2 * size})
    assert guard(printed, site, last) == []
    last = last_time(site, tmp_path, **{CHAPTER: 2 * size + 1, "chapters/gone.html": 9})
    done = guard(printed, site, last)
    assert refused(done, CHAPTER, "less than half", f"then: {2 * size + 1}, now: {size}")
    assert refused(done, "chapters/gone.html", "is gone", "smaller on purpose")
    last = last_time(site, tmp_path, **{"_static/old.js": 9, "_static/site.css": 10**9})
    assert guard(printed, site, last) == []


def test_a_study_may_go_only_if_the_updates_name_it(data_copy, printed, tmp_path):
    folder = data_copy
    for name in ("_toc.yml", "pyproject.toml", "CITATION.cff"):
        shutil.copy(printed / name, folder / name)
    site = shutil.copytree(printed / SITE, folder / SITE)
    gone = {"studies/gone2020.html": 9, "studies/gone2020_mice.html": 9}
    last = last_time(site, tmp_path, **gone)
    done = guard(folder, site, last)
    assert refused(done, "studies/gone2020.html", "Name gone2020 in a row", "updates.csv")
    append(folder, "updates", date="2026-11-22", kind="study removed", summary="gone2020_mice: x")
    for name in ("updates.csv", ARCHIVE):
        (site / "data" / name).unlink()
    shutil.copy(folder / "data/updates.csv", site / "data/updates.csv")
    with zipfile.ZipFile(site / "data" / ARCHIVE, "w") as archive:
        for path in (site / "data").iterdir():
            if path.suffix in {".csv", ".json", ".bib"}:
                archive.write(path, path.name)
    manifest.write(site)
    done = guard(folder, site, last)
    assert refused(done, "studies/gone2020.html")
    assert not any("gone2020_mice" in line for line in done)


@pytest.mark.parametrize("text", ["<html>Not found</html>", "[]", '{"index.html": "much"}'])
def test_what_is_no_manifest_is_not_taken_for_one(printed, site, tmp_path, text):
    path = tmp_path / "last.json"
    path.write_text(text, encoding="utf-8")
    assert refused(guard(printed, site, path), "last.json: is no manifest", "again")
    assert guard(printed, site, tmp_path / "none.json")


# --- links ---------------------------------------------------------------------------------------


class Answers(http.server.BaseHTTPRequestHandler):
    """A site with a page, one that refuses programs, and a registry of works."""

    def do_GET(self):
        wanted = self.headers["Accept"]
        answers = {
            "/here": 200,
            "/refuses": 403,
            "/work": 200 if "citationstyles" in wanted else 500,
        }
        self.send_response(answers.get(self.path, 404))
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *arguments):
        pass


@pytest.fixture
def elsewhere():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_broken_links_are_named_and_refusals_are_no_alarm(printed, tmp_path, elsewhere):
    folder = shutil.copytree(printed, tmp_path / "project")
    config = (folder / "_config.yml").read_text(encoding="utf-8")
    assert config.count('"https://doi.org":') == 1
    config = config.replace('"https://doi.org":', f'"{elsewhere}":')
    config = config.replace("linkcheck_retries: 3", "linkcheck_retries: 1")
    config = config.replace(
        "    linkcheck_timeout", '    linkcheck_ignore: ["https://"]\n    linkcheck_timeout'
    )
    (folder / "_config.yml").write_text(config, encoding="utf-8")
    page = folder / "chapters/how-to-read.md"
    text = page.read_text(encoding="utf-8")
    links = "\n".join(f"[Read]({elsewhere}/{name})." for name in ("here", "refuses", "work"))
    page.write_text(f"{text}\n{links}\n[Read]({elsewhere}/lost).\n", encoding="utf-8")
    done = command(folder, "links")
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.endswith("1 broken link(s); 1 that refuse a program.\n")
    *_, lost, refuses, _ = done.stdout.splitlines()
    assert lost.startswith("chapters/how-to-read.md:")
    assert f"{elsewhere}/lost" in lost
    assert f"{elsewhere}/refuses" in refuses
    page.write_text(f"{text}\n{links}\n", encoding="utf-8")
    done = command(folder, "links")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
