"""The forge's files: valid, hard to abuse, and true to the rest of the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from conftest import ROOT, command
from forge import SHELL, WORKFLOWS, steps, workflow

from livingreview.study_pages.report import FORM, problem_link
from livingreview.study_pages.values import Value

BIN = Path(sys.executable).parent
FORGE = ROOT / ".github"
FORMS = sorted((FORGE / "ISSUE_TEMPLATE").glob("*-*.yml"))
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def ran(*words, cwd=ROOT):
    done = subprocess.run(
        [*map(str, words)], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


# --- valid ---------------------------------------------------------------------------------------


SCHEMAS = [
    ("vendor.github-workflows", WORKFLOWS),
    ("custom.github-workflows-require-timeout", WORKFLOWS),
    ("vendor.github-issue-forms", FORMS),
    ("vendor.github-issue-config", [FORGE / "ISSUE_TEMPLATE/config.yml"]),
    ("vendor.dependabot", [FORGE / "dependabot.yml"]),
    ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
]


def follows(schema, paths):
    return ran(BIN / "check-jsonschema", "--builtin-schema", schema, *paths)


@pytest.mark.parametrize(("schema", "paths"), SCHEMAS, ids=[name for name, _ in SCHEMAS])
def test_the_files_follow_their_schemas(schema, paths, tmp_path):
    assert paths
    status, said = follows(schema, paths)
    assert status == 0, said
    bad = tmp_path / paths[0].with_suffix(".yml").name
    bad.write_text("jobs: {a: {runs-on: 1, steps: []}}\nbody: 3\n", encoding="utf-8")
    assert follows(schema, [bad])[0] == 1


def test_every_file_of_the_folder_is_looked_at():
    looked_at = {path for _, paths in SCHEMAS for path in paths}
    looked_at |= {FORGE / "CODEOWNERS", FORGE / "PULL_REQUEST_TEMPLATE.md"}
    assert {path for path in FORGE.rglob("*") if path.is_file()} == looked_at - {
        ROOT / "CITATION.cff"
    }


def audited(folder):
    return ran(BIN / "zizmor", "--offline", "--pedantic", "--strict-collection", folder)


def test_nothing_in_the_workflows_can_be_abused_as_far_as_zizmor_knows():
    status, said = audited(ROOT)
    assert status == 0, said
    for path in [*WORKFLOWS, FORGE / "dependabot.yml"]:
        assert f"completed {path}" in said.replace("./", f"{ROOT}/"), said


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        ("pull-request", "pull_request:", "pull_request_target:", "dangerous-triggers"),
        ("pull-request", "permissions: {}\n", "", "excessive-permissions"),
        ("publish", "persist-credentials: false", "fetch-depth: 1", "artipacked"),
        ("weekly", "@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "@v5", "unpinned-uses"),
        (
            "comment",
            "python3 .ci",
            "echo ${{ github.head_ref }}; python3 .ci",
            "template-injection",
        ),
    ],
)
def test_the_audit_can_find_something(tmp_path, file, old, new, finding):
    shutil.copytree(FORGE, tmp_path / ".github")
    path = tmp_path / f".github/workflows/{file}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    status, said = audited(tmp_path)
    assert status != 0
    assert finding in said


def test_there_is_one_reasoned_exception_from_the_audit():
    lines = [line for path in WORKFLOWS for line in path.read_text().splitlines()]
    (exception,) = [line for line in lines if "zizmor:" in line]
    assert re.search(r"workflow_run: # zizmor: ignore\[dangerous-triggers\] \w+ ", exception)


# --- hard to abuse -------------------------------------------------------------------------------


ALL_STEPS = [
    pytest.param(path.stem, job, one, id=f"{path.stem}: {one['name']}")
    for path in WORKFLOWS
    for job, one in steps(path.stem)
]
SHELL_STEPS = [param for param in ALL_STEPS if "run" in param.values[2]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_to_one_commit_each_with_its_version(path):
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used
    for action in used:
        assert PINNED.fullmatch(action), action
    everywhere = {
        action
        for other in WORKFLOWS
        for action in re.findall(r"uses: (.+)", other.read_text(encoding="utf-8"))
    }
    assert len(everywhere) == len({action.split("@")[0] for action in everywhere})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_job_gets_only_what_it_says(path):
    found = workflow(path.stem)
    assert found["permissions"] == {}
    for job in found["jobs"].values():
        assert job["permissions"]
        assert job["runs-on"] == "ubuntu-latest"
    assert "secrets." not in path.read_text(encoding="utf-8")


def test_what_runs_code_of_a_pull_request_can_only_read_and_holds_no_token():
    found = workflow("pull-request")
    assert list(found[True]) == ["pull_request"]  # YAML reads the key `on` as a truth value
    for job in found["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
    assert "token" not in (FORGE / "workflows/pull-request.yml").read_text().split("\njobs:")[1]


def test_only_the_comment_follows_a_pull_request_and_it_runs_code_of_main():
    for path in WORKFLOWS:
        events = set(workflow(path.stem)[True])
        assert "pull_request_target" not in events
        assert ("workflow_run" in events) == (path.stem == "comment")
    found = workflow("comment")
    assert found[True]["workflow_run"]["workflows"] == [workflow("pull-request")["name"]]
    (checkout,) = [s for _, s in steps("comment") if "checkout" in s.get("uses", "")]
    assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"


def test_every_push_to_main_publishes_what_was_guarded():
    (job, _) = next(iter(steps("publish")))
    names = [one["name"] for one in job["steps"]]
    assert names.index("Build the book and its PDF") < names.index(
        "Refuse an empty, partial or shrunken site"
    )
    assert names.index("Refuse an empty, partial or shrunken site") < names.index(
        "Keep the site for its pages"
    )
    assert not any("if" in s or "continue-on-error" in s for s in job["steps"][:4])
    for name, other in workflow("publish")["jobs"].items():
        assert name == "build" or other["needs"] == "build"


@pytest.mark.parametrize(("name", "job", "one"), ALL_STEPS)
def test_no_step_keeps_a_token_or_hides_a_failure(name, job, one):
    if "checkout" in one.get("uses", ""):
        assert one["with"]["persist-credentials"] is False
    assert "continue-on-error" not in one
    assert "|| true" not in one.get("run", "")


# --- the shell -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "job", "one"), SHELL_STEPS)
def test_the_shell_of_a_step_is_sound(name, job, one, tmp_path):
    assert "${{" not in one["run"], "give it by env"
    assert workflow(name)["defaults"]["run"]["shell"] == SHELL[0]
    script = tmp_path / "step.sh"
    script.write_text(f"#!/usr/bin/env bash\nset -eo pipefail\n{one['run']}", encoding="utf-8")
    status, said = ran(BIN / "shellcheck", script)
    assert status == 0, said
    assert ran("bash", "-n", script)[0] == 0


@pytest.mark.parametrize("name", ["run", "guard", "diff", "chromium", "audit-tools"])
def test_the_scripts_of_ci_are_sound(name):
    path = ROOT / ".ci" / name
    status, said = ran(BIN / "shellcheck", path)
    assert status == 0, said
    assert path.stat().st_mode & 0o111


def test_shellcheck_can_find_something(tmp_path):
    (tmp_path / "step.sh").write_text("#!/usr/bin/env bash\nrm -rf $1/*\n", encoding="utf-8")
    assert ran(BIN / "shellcheck", tmp_path / "step.sh")[0] == 1


def test_steps_call_targets_and_commands_that_there_are():
    shell = "\n".join(one.values[2]["run"] for one in SHELL_STEPS)
    shell += "".join("\n" + (ROOT / ".ci" / name).read_text() for name in ("guard", "run", "diff"))
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = re.findall(r"(?:^|; )make ([a-z -]+)", shell, re.MULTILINE)
    targets = {target for words in called for target in words.split()}
    assert targets >= {"book", "check", "test", "audit", "links"}
    for target in targets:
        assert re.search(rf"^{target}:", rules, re.MULTILINE), target
    commands = set(re.findall(r"(?:\.venv/bin/livingreview|\"\$guard\") ([a-z-]+)", shell))
    assert commands == {"guard", "diff"}
    known = command(ROOT, "--help").stdout
    for name in commands:
        assert re.search(rf"^ +{name} ", known, re.MULTILINE), name
    for path in re.findall(r"\.ci/\w+(?:\.py)?", shell):
        assert (ROOT / path).is_file(), path


def test_the_shell_is_short_and_the_logic_is_in_the_repository():
    for one in SHELL_STEPS:
        assert len(one.values[2]["run"].splitlines()) <= 10


# --- forms and owners ----------------------------------------------------------------------------


def test_the_link_at_a_value_fills_fields_that_the_form_has():
    form = yaml.safe_load((FORGE / "ISSUE_TEMPLATE" / FORM).read_text(encoding="utf-8"))
    fields = {one["id"]: one for one in form["body"] if "id" in one}
    value = Value("arms", "a.b", ("mean", "sd"), "", "1", (), "", "", "", "", ())
    link = problem_link(CONFIG["repository"]["url"], "a", value)
    filled = set(parse_qs(urlsplit(link).query, keep_blank_values=True))
    assert filled - {"template", "title"} == {"study", "table", "row", "column", "value"}
    for name in filled - {"template", "title"}:
        assert fields[name]["type"] == "input", name
        assert not fields[name].get("validations", {}).get("required"), name


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_keeps_health_and_advice_out(path):
    text = path.read_text(encoding="utf-8")
    assert "nothing about anyone's health" in text
    assert "medical advice" in text


def test_the_template_of_pull_requests_is_sentences_that_are_true_or_not():
    text = (FORGE / "PULL_REQUEST_TEMPLATE.md").read_text(encoding="utf-8")
    sentences = re.findall(r"^- \[ \] (.+)$", text, re.MULTILINE)
    assert len(sentences) >= 8
    for sentence in sentences:
        assert re.fullmatch(r"[A-Z`].+[^?]\.", sentence), sentence
    assert text.count("- [") == len(sentences)


def test_owners_are_teams_of_the_repository_and_own_what_there_is():
    owner = urlsplit(CONFIG["repository"]["url"]).path.split("/")[1]
    lines = (FORGE / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    rules = [line.split() for line in lines if not line.startswith("#")]
    assert rules[0][0] == "*"
    names = [path.name for path in ROOT.iterdir()]
    for pattern, *owners in rules:
        assert owners
        for team in owners:
            assert re.fullmatch(rf"@{re.escape(owner)}/[a-z]+", team), team
        path = pattern.strip("/")
        assert (ROOT / path).exists() or any(fnmatch(name, path) for name in names), pattern


def test_dependabot_looks_where_there_is_something():
    found = yaml.safe_load((FORGE / "dependabot.yml").read_text(encoding="utf-8"))
    where = {entry["package-ecosystem"]: entry for entry in found["updates"]}
    files = {
        "pip": "requirements.txt",
        "npm": "package-lock.json",
        "github-actions": ".github/workflows",
    }
    assert where.keys() == files.keys()
    for ecosystem, entry in where.items():
        assert (ROOT / entry["directory"].strip("/") / files[ecosystem]).exists()
        assert entry["cooldown"]["default-days"] >= 7
        assert entry["groups"]
