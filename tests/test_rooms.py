"""The rules of the rooms: what a chapter, a figure, a module and a word of prose may do.

Cells are read with myst-nb's own reader, and parsed with Python's own parser.
"""

from __future__ import annotations

import ast
import inspect
import json
import re

import pytest
import yaml
from conftest import ROOT
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig

import livingreview
from livingreview import tables

PAGES = [ROOT / "index.md", *sorted((ROOT / "chapters").glob("*.md"))]
NOTEBOOKS = [page for page in PAGES if page.name != "references.md"]
FIGURES = sorted((ROOT / "livingreview/figures").glob("*.py"))
MODULES = sorted((ROOT / "livingreview").rglob("*.py"))


def read(page):
    text = page.read_text(encoding="utf-8")
    reader = create_nb_reader(str(page), MdParserConfig(), NbParserConfig(), text)
    assert reader is not None, f"{page.name} is not a notebook for myst-nb"
    return reader.read(text)


def cells(page, kind):
    return [cell for cell in read(page).cells if cell.cell_type == kind]


FORBIDDEN = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.For,
    ast.While,
    ast.If,
    ast.IfExp,
    ast.With,
    ast.Try,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.BinOp,
    ast.Compare,
    ast.BoolOp,
    ast.UnaryOp,
    ast.Subscript,
)


def computing(code):
    """Return what a cell does that a chapter must not."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, FORBIDDEN):
            found.append(type(node).__name__)
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            found.append(f"the number {node.value}")
    return found


def test_the_check_of_cells_can_fail():
    for code in ("x = 1.5", "for i in y: pass", "f(a + b)", "[x for x in y]", "y['a']"):
        assert computing(code), code
    assert computing("from a import b\n\nreview = load()\nb(review, 'text')") == []


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_a_chapter_computes_nothing(page):
    found = [computing(cell.source) for cell in cells(page, "code")]
    assert found, "the page has no cell: is its header right?"
    assert not any(found), found


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_a_chapter_has_one_hidden_cell_and_one_call_a_visible_cell(page):
    first, *rest = cells(page, "code")
    assert "remove-cell" in first.metadata.get("tags", [])
    assert re.search(r"^review = load\((about=\"[^\"]+\")?\)$", first.source, re.MULTILINE)
    for cell in rest:
        (statement,) = ast.parse(cell.source).body
        assert isinstance(statement, ast.Expr), cell.source
        assert isinstance(statement.value, ast.Call), cell.source
        assert "remove-input" in cell.metadata.get("tags", []), cell.source


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_a_chapter_runs_with_the_project_kernel(page):
    header = yaml.safe_load(page.read_text(encoding="utf-8").split("---\n")[1])
    assert header == {"file_format": "mystnb", "kernelspec": {"name": "python3"}}


def prose(text):
    """Return text without what is no prose: roles, code, targets of links, directive lines."""
    text = re.sub(r"\{[a-z:]+\}`[^`]*`", " ", text)
    text = re.sub(r"```.*?```", " ", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`", " ", text)
    text = re.sub(r"\]\([^)]*\)", "] ", text)
    text = re.sub(r"<[^>]*>", " ", text)
    text = re.sub(r"^\d+\. ", " ", text, flags=re.MULTILINE)  # a numbered list
    return re.sub(r"^:::.*$|^:[a-z]+:.*$", " ", text, flags=re.MULTILINE)


# Names that hold a digit (a receptor, a licence) are no results; a digit that stands alone is.
LICENCE = re.compile(r"CC BY 4\.0")
DIGITS = re.compile(r"(?<![A-Za-z\d-])\d[\d.,]*")
COUNTS = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|half|a third)"
    r"\s+(\w+\s+)?(stud|trial|paper|wom[ae]n|patient|people|result|row|value|condition|concentration)",
    re.IGNORECASE,
)


def typed_results(text):
    return DIGITS.findall(LICENCE.sub("", prose(text))) + COUNTS.findall(prose(text))


def test_the_check_of_prose_can_fail():
    assert typed_results("It fell by 39% in mice.")
    assert typed_results("Three small studies found it.")
    assert typed_results("Of {glue:text}`n` women, 84 became pregnant.")
    assert not typed_results(
        "IL-2 and p21 rose; see [the map](map.md#1), `x = 3` and {glue:text}`n`."
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_result_is_typed_in_prose(page):
    if page.name == "references.md":
        texts = [page.read_text(encoding="utf-8")]
    else:
        texts = [cell.source for cell in cells(page, "markdown")]
        for cell in cells(page, "code"):
            texts.append(cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", ""))
    assert any(texts)
    for text in texts:
        assert typed_results(text) == [], text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_prose_has_one_sentence_a_line(page):
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith((" ", "#", "|", ":", "`", "-")) or re.match(r"\d+\. ", line):
            continue
        ends = re.findall(r"[.!?](?:\*\*)? (?=[A-ZÀ-Ž*])", line)
        assert len(ends) <= 1, line


LAYERS = [
    {"project", "faults", "printed", "reads", "timepoints"},
    {"schema", "bibliography", "retractions", "parts"},
    {"double_extraction"},
    {"checks", "corrections", "citation_formats"},
    {"frames"},
    {"data", "repairs"},
    {"doses", "intervals"},
    {"pharmacokinetics", "dose_response", "evidence"},
    {"synthesis", "currency"},
    {"ladder"},
    {"register", "registered", "effect_sizes", "dose_marks"},
    {"effects"},
    {"recompute", "comparable"},
    {"meta_analysis"},
    {"pool", "pooled", "new_study"},
    {"claim_views"},
    {"claims"},
    {"tables"},
    {"figures", "facts", "study_pages"},
    {"book", "evidence_diff", "second_reading"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def imports(path):
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("livingreview"):
            parts = node.module.split(".")
            names = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
            found.update(names)
    return found


def test_every_room_has_its_level():
    rooms = {
        path.relative_to(ROOT / "livingreview").parts[0].removesuffix(".py") for path in MODULES
    }
    assert rooms - {"__init__"} == set(LEVEL)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT / "livingreview")))
def test_imports_run_one_way(path):
    room = path.relative_to(ROOT / "livingreview").parts[0].removesuffix(".py")
    if room == "__init__":
        return
    for name in imports(path) - {room, "__init__"}:
        assert LEVEL[name] < LEVEL[room], f"{room} imports {name}"


def test_only_data_and_the_checks_open_files():
    readers = {
        "reads.py",
        "claims.py",
        "currency.py",
        "data.py",
        "project.py",
        "schema.py",
        "bibliography.py",
        "checks/encoding.py",
        "evidence_diff/like_columns.py",
        "evidence_diff/sides.py",
        "repairs.py",
        "second_reading.py",
    }
    for path in MODULES:
        name = path.relative_to(ROOT / "livingreview").as_posix()
        text = path.read_text(encoding="utf-8")
        if name not in readers and not name.startswith(("book/", "pool/", "new_study/")):
            assert not re.search(r"read_csv|\.open\(|open\(|read_text|read_bytes|load\(\)", text), (
                name
            )


def test_no_module_is_too_long_or_has_a_name_that_says_nothing():
    for path in MODULES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 250, path
        assert path.stem not in {"utils", "helpers", "core", "misc", "common"}, path


def test_no_study_is_named_in_code_or_chapters(review):
    names = set(review.studies["study_id"]) | set(review.studies["reference"])
    names |= set(review.studies["registration"]) - {""}
    sources = set(review.sources["reference"])
    for path in [*MODULES, *PAGES]:
        text = path.read_text(encoding="utf-8")
        if path in PAGES:
            # the methods cite the sources of this edition; nothing else is cited by hand
            text = re.sub(r"\{cite:p\}`([^`]*)`", "", text)
        for name in names - (sources if path in PAGES else set()):
            assert name not in text, (path.name, name)


def drawn_functions():
    """Public functions of the figures that return a Drawing."""
    found = {}
    for path in FIGURES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")
                and ast.unparse(node.returns or ast.Constant("")).endswith("Drawing")
                and node.args.args[0].arg == "review"
            ):
                found[node.name] = path.stem
    return found


def test_every_figure_stands_in_a_chapter_and_in_a_test():
    chapters = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    tests = (ROOT / "tests/test_figures.py").read_text(encoding="utf-8")
    figures = drawn_functions()
    assert len(figures) >= 15
    for name in figures:
        assert re.search(rf"\b{name}\(review", chapters), f"{name} stands in no chapter"
        assert re.search(rf"\b{name}\b", tests), f"{name} has no test"


def test_every_table_stands_in_a_chapter():
    chapters = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in tables.__all__:
        if name not in ("BookTable", "book_tables"):
            assert f"tables.{name}(" in chapters, name


def test_every_page_is_in_the_contents_once():
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    for page in PAGES:
        name = page.relative_to(ROOT).as_posix().removesuffix(".md")
        assert contents.count(f": {name}\n") == 1, name


def test_public_functions_are_documented():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                nested = inspect.cleandoc(ast.get_docstring(node) or "")
                top = node in ast.parse(path.read_text(encoding="utf-8")).body
                assert nested or not top, (path.name, node.name)


def test_the_addresses_stand_in_one_place():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    addresses = (config["repository"]["url"], config["html"]["baseurl"])
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if parts[0].startswith((".git", ".venv", "_build")) or not path.is_file():
            continue
        if path.suffix in {".md", ".py", ".yml", ".toml", ".cff", ".json", ".css", ".csv"}:
            text = path.read_text(encoding="utf-8")
            for address in addresses:
                assert (address.rstrip("/") in text) == (path.name == "_config.yml"), path


def test_the_package_and_the_data_have_one_version():
    version = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))["version"]
    assert f'version = "{version}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert livingreview.__doc__
