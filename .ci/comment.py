"""Show the evidence diff of a pull request as a comment, and bring the comment up to date.

The diff was made by code of the pull request, so everything in the artifact may be hostile. Of the
artifact, two small members are read and nothing is unpacked; the number must be that of the pull
request whose head was built; mentions call nobody. Needs Python's own library and `gh` alone.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile

ARTIFACT = "evidence-diff"
LARGEST_ARTIFACT = 5_000_000  # bytes, packed
LONGEST = 60_000  # characters; the forge takes 65,536
MARK = "<!-- evidence-diff -->"
BOT = "github-actions[bot]"
HEAD = f"{MARK}\n*Written by code of this pull request, which nobody has read yet.*\n\n"
CUT = "\n\n*Cut here: the whole diff is in the artifact of the run.*\n"


class RefusedError(Exception):
    """The artifact is not what an honest run leaves."""


def gh(*arguments: str, body: dict | None = None) -> bytes:
    """Ask the forge."""
    sent = json.dumps(body).encode() if body else None
    more = ("--input", "-") if body else ()
    command = ["gh", "api", *arguments, *more]
    return subprocess.run(command, input=sent, stdout=subprocess.PIPE, check=True).stdout


def artifact(repository: str, run: str) -> bytes | None:
    """Return the artifact of a run, packed; None if the run left none."""
    listed = json.loads(gh(f"repos/{repository}/actions/runs/{run}/artifacts?name={ARTIFACT}"))
    found = [one for one in listed["artifacts"] if one["name"] == ARTIFACT]
    if not found:
        return None
    if found[0]["size_in_bytes"] > LARGEST_ARTIFACT:
        raise RefusedError(f"the artifact has {found[0]['size_in_bytes']} bytes")
    return gh(f"repos/{repository}/actions/artifacts/{int(found[0]['id'])}/zip")


def member(packed: bytes, name: str, most: int) -> str:
    """Return at most `most` bytes of one member as text, however large it says it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive, archive.open(name) as file:
            return file.read(most).decode("utf-8", errors="replace")
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError) as error:
        raise RefusedError(f"{name} cannot be read from the artifact") from error


def number(packed: bytes) -> int:
    """Return the number of the pull request that the artifact names."""
    text = member(packed, "number", 20).strip()
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise RefusedError("the number of the pull request is none")
    return int(text)


def comment(packed: bytes) -> str:
    """Return the text of the comment."""
    text = member(packed, "diff.md", 4 * LONGEST + 1)
    cut = len(text) > LONGEST
    # a mark of no width after @, so that nobody is called; no other mark than the first
    text = text[:LONGEST].replace("@", "@\N{ZERO WIDTH SPACE}").replace("<!--", "&lt;!--")
    return HEAD + text[:LONGEST] + (CUT if cut else "")


def own_comment(repository: str, pull: int) -> int | None:
    """Return the identifier of the comment that stands there already."""
    address = f"repos/{repository}/issues/{pull}/comments?per_page=100"
    pages = json.loads(gh("--paginate", "--slurp", address))
    for one in (one for page in pages for one in page):
        if one["user"]["login"] == BOT and one["body"].startswith(MARK):
            return int(one["id"])
    return None


def main() -> int:
    """Comment, and return the exit status."""
    repository, run = os.environ["GITHUB_REPOSITORY"], os.environ["RUN_ID"]
    try:
        packed = artifact(repository, run)
        if packed is None:
            print("The run left no diff; there is nothing to show.")
            return 0
        pull, text = number(packed), comment(packed)
    except RefusedError as error:
        print(f"::error::Not shown: {error}.")
        return 1
    head = json.loads(gh(f"repos/{repository}/pulls/{pull}"))["head"]["sha"]
    if head != os.environ["HEAD_SHA"]:
        print("::warning::Not shown: that pull request has another head by now, or always had.")
        return 0
    found = own_comment(repository, pull)
    if found:
        gh("--method", "PATCH", f"repos/{repository}/issues/comments/{found}", body={"body": text})
    else:
        gh("--method", "POST", f"repos/{repository}/issues/{pull}/comments", body={"body": text})
    return 0


if __name__ == "__main__":
    sys.exit(main())
