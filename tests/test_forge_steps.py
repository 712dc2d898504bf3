"""The shell of the workflows, run as far as a machine without the forge can: with stand-ins."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from built_site import SITE, add_study
from conftest import LEFT_OUT, ROOT
from forge import run, step, steps

from livingreview.book import manifest

REPOSITORY = "owner/name"
HEAD = "0123456789abcdef0123456789abcdef01234567"
BASEURL = yaml.safe_load((ROOT / "_config.yml").read_text())["html"]["baseurl"]


# --- on a pull request ---------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path):
    """What a job has got: the scripts and settings, and a command that is a stand-in."""
    folder = tmp_path / "repository"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / ".venv/bin").mkdir(parents=True)
    return folder


def stand_in(folder, text):
    path = folder / ".venv/bin/livingreview"
    path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("workflow", "title", "words"),
    [
        ("pull-request", "Name every fault in the data, beside its line", "check FORMAT=github"),
        ("pull-request", "Run every test", "test"),
        ("pull-request", "Audit what needs more tools", "audit"),
        ("pull-request", "Build the book and its PDF", "pdf"),
        ("publish", "Build the book and its PDF", "pdf"),
        ("weekly", "Build the book from nothing", "clean pdf"),
        ("weekly", "Try every link", "links"),
    ],
)
def test_a_step_that_makes_a_target_fails_with_it(checkout, workflow, title, words):
    one = step(workflow, title)
    done = run(one, checkout, [[f"^make {words}$", {}]], env={})
    assert done.status == 0, done.said
    assert done.to("make") == [words.split()]
    assert run(one, checkout, [["^make", {"status": 2}]], env={}).status == 2


DIFF = "Say what changes in the evidence"


def git(folder, *words):
    who = (
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.org",
        "-c",
        "commit.gpgsign=false",
    )
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_the_diff_is_kept_with_the_number_of_its_pull_request(project):
    git(project, "init", "--quiet")
    for change in (lambda folder: None, add_study):
        change(project)
        git(project, "add", "--all")
        git(project, "commit", "--quiet", "--message", "A commit")
    (project / ".venv").symlink_to(sys.prefix)
    summary = project.parent / "summary"
    given = {"GITHUB_STEP_SUMMARY": str(summary)}
    done = run(step("pull-request", DIFF), project, [], env={"NUMBER": "7"}, given=given)
    assert done.status == 0, done.said
    kept = {path.name: path.read_text() for path in (project / "evidence-diff").iterdir()}
    assert kept.keys() == {"diff.md", "diff.html", "number"}
    assert kept["number"] == "7\n"
    assert "newcomer2026" in kept["diff.md"]
    assert "newcomer2026" in kept["diff.html"]
    assert summary.read_text() == kept["diff.md"]


def test_versions_that_cannot_be_compared_are_told_and_a_crash_fails(checkout):
    given = {"GITHUB_STEP_SUMMARY": str(checkout / "summary")}
    for status, passes in ((2, True), (1, False)):
        stand_in(checkout, f"echo of another form >&2; exit {status}\n")
        done = run(step("pull-request", DIFF), checkout, [], env={"NUMBER": "7"}, given=given)
        assert (done.status == 0) == passes
        assert "of another form" in done.said
        told = (checkout / "evidence-diff/diff.md").read_text()
        assert told == ("The two versions cannot be compared:\n\nof another form\n" * passes)
        assert (checkout / "summary").is_file() == passes
        shutil.rmtree(checkout / "evidence-diff")
        (checkout / "summary").unlink(missing_ok=True)


# --- the comment ---------------------------------------------------------------------------------


def packed(folder, number="7\n", diff="## What changes\n", **more):
    """Write an artifact and return its path."""
    path = folder.parent / "evidence.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"number": number, "diff.md": diff, **more}.items():
            if text is not None:
                archive.writestr(name, text)
    return path


def comment(checkout, artifact, *, head=HEAD, standing=(), size=1000):
    """Run the step that comments; the forge knows one pull request, number 7."""
    listed = {"artifacts": [{"id": 5, "name": "evidence-diff", "size_in_bytes": size}]}
    if artifact is None:
        listed = {"artifacts": []}
    root = f"repos/{REPOSITORY}"
    answers = [
        [f"^gh api {root}/actions/runs/99/artifacts", {"text": json.dumps(listed)}],
        [f"^gh api {root}/actions/artifacts/5/zip$", {"file": str(artifact)}],
        [f"^gh api {root}/pulls/7$", {"text": json.dumps({"head": {"sha": head}})}],
        [f"^gh api --paginate .* {root}/issues/7/comments", {"text": json.dumps([list(standing)])}],
        [f"^gh api --method POST {root}/issues/7/comments --input -$", {}],
        [f"^gh api --method PATCH {root}/issues/comments/31 --input -$", {}],
    ]
    env = {"GH_TOKEN": "token", "RUN_ID": "99", "HEAD_SHA": HEAD}
    given = {"GITHUB_REPOSITORY": REPOSITORY}
    before = sorted(path.name for path in checkout.rglob("*"))
    one = step("comment", "Comment")
    one["run"] = f"ulimit -v 400000\n{one['run']}"  # a small machine: in kilobytes
    done = run(one, checkout, answers, env=env, given=given)
    after = sorted(path.name for path in checkout.rglob("*") if "__pycache__" not in path.parts)
    assert after == before, "the artifact was unpacked"
    return done


def said(done):
    """Return how each comment was sent, and its text."""
    return [(words[2], body["body"]) for _, words, body in done.calls if body]


def test_the_diff_is_commented_and_said_to_be_unread(checkout):
    done = comment(checkout, packed(checkout))
    assert done.status == 0, done.said
    ((how, text),) = said(done)
    assert how == "POST"
    assert text.startswith("<!-- evidence-diff -->\n*Written by code of this pull request")
    assert text.endswith("\n\n## What changes\n")


def test_its_own_comment_is_brought_up_to_date_and_no_other(checkout):
    def one(number, login, body):
        return {"id": number, "user": {"login": login}, "body": body}

    others = [
        one(29, "somebody", "<!-- evidence-diff -->\nmine"),
        one(30, "github-actions[bot]", "of another workflow\n<!-- evidence-diff -->"),
    ]
    own = one(31, "github-actions[bot]", "<!-- evidence-diff -->\nbefore")
    ((how, _),) = said(comment(checkout, packed(checkout), standing=[*others, own]))
    assert how == "PATCH"
    ((how, _),) = said(comment(checkout, packed(checkout), standing=others))
    assert how == "POST"


@pytest.mark.parametrize(
    "number",
    [
        "1; rm -rf .",
        "7\n8",
        "$(touch x)",
        "",
        "0",
        "07",
        "-7",
        "٧",
        "7e0",
        "7/comments",
        "9" * 30,
        None,
    ],
)
def test_a_number_that_is_none_is_refused(checkout, number):
    done = comment(checkout, packed(checkout, number=number))
    assert done.status == 1
    assert "::error::Not shown" in done.said
    assert said(done) == []
    assert not any("pulls" in word for words in done.to("gh") for word in words)


def test_a_pull_request_of_another_head_gets_no_comment(checkout):
    done = comment(checkout, packed(checkout), head="f" * 40)
    assert done.status == 0
    assert "another head" in done.said
    assert said(done) == []


def test_a_number_that_the_forge_does_not_know_fails(checkout):
    done = comment(checkout, packed(checkout, number="8"))
    assert done.status != 0
    assert said(done) == []


def test_a_run_without_a_diff_is_no_fault(checkout):
    done = comment(checkout, None)
    assert done.status == 0
    assert len(done.to("gh")) == 1


@pytest.mark.parametrize("length", [60_001, 70_000, 3_000_000])
def test_a_huge_diff_is_cut(checkout, length):
    ((_, text),) = said(comment(checkout, packed(checkout, diff="é" * length)))
    assert len(text) < 65_536
    assert text.count("é") == 60_000
    assert text.endswith("in the artifact of the run.*\n")


def test_a_diff_that_fits_is_not_cut(checkout):
    ((_, text),) = said(comment(checkout, packed(checkout, diff="a" * 60_000)))
    assert text.endswith("\n\n" + "a" * 60_000)


def test_a_large_artifact_is_not_even_fetched(checkout):
    done = comment(checkout, packed(checkout), size=5_000_001)
    assert done.status == 1
    assert len(done.to("gh")) == 1


def test_an_artifact_that_swells_is_read_in_part(checkout):
    done = comment(checkout, packed(checkout, diff="0" * 300_000_000))
    ((_, text),) = said(done)
    assert len(text) < 65_536


def test_nobody_is_called_and_the_mark_is_not_forged(checkout):
    diff = "@owner/team @somebody\n<!-- evidence-diff -->"
    ((_, text),) = said(comment(checkout, packed(checkout, diff=diff)))
    body = text.split("\n\n", 1)[1]
    assert "@o" not in body and "@s" not in body and "<!--" not in body
    assert "\N{ZERO WIDTH SPACE}somebody" in body


def test_text_that_is_no_utf8_and_other_members_do_no_harm(checkout):
    more = {"../../outside": "x", "/etc/outside": "x", ".ci/comment.py": "raise SystemExit(9)"}
    done = comment(checkout, packed(checkout, diff=b"\xff\xfe ok", **more))
    ((_, text),) = said(done)
    assert text.endswith("�� ok")
    assert not (checkout.parent.parent / "outside").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"<html>"])
def test_what_is_no_artifact_is_refused(checkout, content):
    path = checkout.parent / "evidence.zip"
    path.write_bytes(content)
    done = comment(checkout, path)
    assert done.status == 1
    assert "::error::Not shown: number cannot be read" in done.said
    assert said(done) == []


def test_the_artifact_has_one_name(checkout):
    (kept,) = [
        one["with"]["name"]
        for _, one in steps("pull-request")
        if one["name"] == "Keep the diff for the comment"
    ]
    assert f'ARTIFACT = "{kept}"' in (ROOT / ".ci/comment.py").read_text(encoding="utf-8")


# --- publishing ----------------------------------------------------------------------------------

GUARD = "Refuse an empty, partial or shrunken site"
FETCH = f"^curl .*{BASEURL}manifest.json$"


@pytest.fixture(scope="module")
def site(printed, tmp_path_factory):
    """A copy of the built project, with the environment of this one; its site must stay whole."""
    folder = tmp_path_factory.mktemp("site") / "repository"
    shutil.copytree(printed, folder, ignore=LEFT_OUT)
    shutil.copytree(printed / SITE, folder / SITE)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def guard(site, answer, *, workflow="publish", smaller=""):
    env = {"SMALLER": smaller} if workflow == "publish" else {}
    return run(step(workflow, GUARD), site, [[FETCH, answer]] if answer else [], env=env)


def published(site, tmp_path, **more):
    """Return an answer with the manifest of the published site: this one, and more."""
    path = tmp_path / "published.json"
    path.write_text(json.dumps(manifest.files(site / SITE) | more), encoding="utf-8")
    return {"file": str(path), "text": "200"}


@pytest.mark.parametrize("workflow", ["publish", "weekly"])
def test_a_whole_site_passes(site, tmp_path, workflow):
    done = guard(site, published(site, tmp_path), workflow=workflow)
    assert done.status == 0, done.said
    assert "The site is whole." in done.said
    assert len(done.to("curl")) == 1


def test_a_shrunken_site_is_not_published(site, tmp_path):
    answer = published(site, tmp_path, **{"chapters/gone.html": 9000})
    done = guard(site, answer)
    assert done.status == 1
    assert "chapters/gone.html: was published last time and is gone" in done.said
    assert guard(site, answer, workflow="weekly").status == 1


def test_a_site_that_is_smaller_on_purpose_is_published_by_hand(site, tmp_path):
    done = guard(site, None, smaller="true")
    assert done.status == 0, done.said
    assert done.to("curl") == []
    answer = published(site, tmp_path, **{"chapters/gone.html": 9000})
    assert guard(site, answer, smaller="false").status == 1


def test_the_first_publication_needs_no_manifest(site, tmp_path):
    page = tmp_path / "404.html"
    page.write_text("<html>Not found</html>", encoding="utf-8")
    done = guard(site, {"file": str(page), "text": "404"})
    assert done.status == 0, done.said
    assert "first publication" in done.said


@pytest.mark.parametrize(
    "answer", [{"text": "500"}, {"text": "000", "status": 6}, {"text": "200", "status": 28}, {}]
)
def test_an_outage_is_not_taken_for_a_first_publication(site, answer):
    done = guard(site, answer)
    assert done.status == 1
    assert "could not be fetched" in done.said


def test_a_page_with_status_200_is_not_taken_for_a_manifest(site, tmp_path):
    page = tmp_path / "200.html"
    page.write_text("<html>Welcome</html>", encoding="utf-8")
    done = guard(site, {"file": str(page), "text": "200"})
    assert done.status == 1
    assert "is no manifest" in done.said


@pytest.mark.parametrize(
    ("workflow", "title"),
    [("publish", GUARD), ("weekly", GUARD), ("pull-request", "Refuse an empty or partial site")],
)
@pytest.mark.parametrize("what", ["empty", "partial"])
def test_an_empty_or_partial_site_is_refused(site, tmp_path, workflow, title, what):
    env = {"SMALLER": ""} if workflow == "publish" else {}
    whole = (site / SITE).rename(site / "whole")
    try:
        if what == "empty":
            (site / SITE).mkdir()
        if what == "partial":
            shutil.copytree(whole, site / SITE)
            (site / SITE / "chapters/summary.html").unlink()
        done = run(step(workflow, title), site, [[FETCH, {"text": "404"}]], env=env)
    finally:
        shutil.rmtree(site / SITE, ignore_errors=True)
        whole.rename(site / SITE)
    assert done.status == 1
    assert "chapters/summary.html: is missing from the site" in done.said


def test_a_tag_must_name_the_version(site):
    one = step("publish", "Refuse a tag that names another version")
    assert run(one, site, [], env={}, given={"GITHUB_REF_NAME": "v0.1.0"}).status == 0
    done = run(one, site, [], env={}, given={"GITHUB_REF_NAME": "v0.2.0; true"})
    assert done.status == 1
    assert "the tag says v0.2.0; true" in done.said


@pytest.mark.parametrize("there", [True, False])
def test_the_data_package_is_attached_to_the_release(tmp_path, there):
    folder = tmp_path / "job"
    (folder / "data-package").mkdir(parents=True)
    (folder / "data-package/data.zip").write_bytes(b"x")
    answers = [
        ["^gh release view v1.0.0$", {"status": 0 if there else 1}],
        ["^gh release create v1.0.0 --verify-tag --generate-notes$", {}],
        ["^gh release upload v1.0.0 data-package/data.zip --clobber$", {}],
    ]
    env = {"GH_TOKEN": "token", "GH_REPO": REPOSITORY}
    given = {"GITHUB_REF_NAME": "v1.0.0"}
    done = run(step("publish", "Attach it"), folder, answers, env=env, given=given)
    assert done.status == 0, done.said
    called = [words[1] for words in done.to("gh")]
    assert called == (["view", "upload"] if there else ["view", "create", "upload"])
    answers[2][1]["status"] = 1
    assert run(step("publish", "Attach it"), folder, answers, env=env, given=given).status == 1


def test_the_data_package_is_where_the_release_takes_it_from(built):
    one = step("publish", "Keep the data package for the release")
    assert len(list(built.glob(one["with"]["path"]))) == 1


# --- once a week ---------------------------------------------------------------------------------


@pytest.mark.parametrize("open_issue", ["", "12\n"])
def test_a_failure_opens_one_issue_and_later_ones_add_to_it(tmp_path, open_issue):
    folder = tmp_path / "job"
    folder.mkdir()
    answers = [
        ["^gh label create weekly .*--force$", {}],
        ["^gh issue list --label weekly --state open ", {"text": open_issue}],
        ["^gh issue create --title .* --label weekly --body ", {}],
        ["^gh issue comment 12 --body ", {}],
    ]
    address = "https://forge.example/owner/name/actions/runs/3"
    env = {"GH_TOKEN": "token", "GH_REPO": REPOSITORY, "RUN_URL": address}
    one = step("weekly", "Open or update the issue")
    done = run(one, folder, answers, env=env)
    assert done.status == 0, done.said
    *_, last = done.to("gh")
    assert last[1] == ("comment" if open_issue else "create")
    assert last[-1].endswith(address)
    answers[1][1] = {"status": 1}
    done = run(one, folder, answers, env=env)
    assert done.status == 1
    assert not any(
        words[1] in ("comment", "create") and words[0] == "issue" for words in done.to("gh")
    )


def test_every_step_with_shell_is_run_here():
    tested = Path(__file__).read_text(encoding="utf-8")
    for name in ("pull-request", "comment", "publish", "weekly"):
        for _, one in steps(name):
            if "run" in one:
                assert f'"{one["name"]}"' in tested, one["name"]
