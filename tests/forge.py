"""What the tests of the forge's files share: the workflows, and a step run with stand-ins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")  # as the forge runs `bash`

# Answers with what the file of answers says of the first pattern that fits, and writes down what
# it was called with. A call that no answer was given for fails: no test passes by accident.
STAND_IN = """#!{python}
import json, os, re, shutil, sys
name, folder = os.path.basename(sys.argv[0]), os.environ["STAND_INS"]
words, takes = sys.argv[1:], "--input" in sys.argv
with open(f"{{folder}}/calls", "a") as file:
    print(json.dumps([name, words, json.load(sys.stdin) if takes else None]), file=file)
with open(f"{{folder}}/answers") as file:
    answers = json.load(file)
for pattern, answer in answers:
    if re.search(pattern, " ".join([name, *words])):
        if "file" in answer:
            with open(answer["file"], "rb") as source:
                to = words[words.index("--output") + 1] if "--output" in words else None
                shutil.copyfileobj(source, open(to, "wb") if to else sys.stdout.buffer)
        sys.stdout.write(answer.get("text", ""))
        sys.exit(answer.get("status", 0))
sys.exit(f"no answer was given for: {{name}} {{words}}")
"""


def workflow(name: str) -> dict:
    return yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text(encoding="utf-8"))


def steps(name: str):
    """Yield the job and each of its steps."""
    for job in workflow(name)["jobs"].values():
        for step in job["steps"]:
            yield job, step


def step(name: str, title: str) -> dict:
    (found,) = [step for _, step in steps(name) if step["name"] == title]
    return found


@dataclass
class Done:
    """What a step did."""

    status: int
    said: str
    calls: list = field(default_factory=list)

    def to(self, name: str) -> list:
        """Return the words of each call of a program."""
        return [words for called, words, _ in self.calls if called == name]


def run(step: dict, cwd: Path, answers: list, *, env: dict, given: dict | None = None) -> Done:
    """Run the shell of a step in a folder, with stand-ins for programs that need the forge.

    `env` holds a value for each variable that the step asks for; `given` is what every step has.
    `answers` are pairs of a pattern of the call and what is answered to it.
    """
    assert set(env) == set(step.get("env", {})), "the step asks for other variables"
    folder = cwd.parent / f"{cwd.name} stand-ins"
    folder.mkdir(exist_ok=True)
    (folder / "answers").write_text(json.dumps(answers), encoding="utf-8")
    (folder / "calls").write_text("", encoding="utf-8")
    for name in ("gh", "curl", "make"):
        (folder / name).write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
        (folder / name).chmod(0o755)
    around = {"HOME": str(folder), "STAND_INS": str(folder), "LANG": "C.UTF-8"}
    around |= {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(cwd)}
    done = subprocess.run(
        [*SHELL, step["run"]],
        cwd=cwd,
        env=around | (given or {}) | env,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    calls = [json.loads(line) for line in (folder / "calls").read_text().splitlines()]
    return Done(done.returncode, done.stdout + done.stderr, calls)
