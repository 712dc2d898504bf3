"""The command ``livingreview pool``: from a CSV file to numbers or to clear complaints.

The numbers are compared with reference/metafor.json from the raw columns on, for every data
set, so that reading, effect sizes and pooling are checked together.  The layout of the text
without --json is not compared with anything; only its contents are.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from metafor_reference import REFERENCE, SETS, disagreements

from livingreview.cli import main
from livingreview.pool import command as pool
from livingreview.pool.study_columns import COLUMNS

KEYS = [
    *("k", "estimate", "se", "ci_low", "ci_high", "p", "tau2", "tau2_low", "tau2_high", "i2"),
    *("h2", "q", "q_df", "q_p", "pi_low", "pi_high", "weights", "notes"),
]

GOOD = "study,ai,n1i,ci,n2i\na,4,123,11,139\nb,6,306,29,303\nc,3,231,11,220\n"


def write(tmp_path, content: str | bytes, name: str = "studies.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def as_csv(raw: dict) -> str:
    rows = zip(*raw.values(), strict=True)
    return "\n".join([",".join(raw), *(",".join(repr(x) for x in row) for row in rows)]) + "\n"


# ------------------------------------------------------------------------- numbers


@pytest.mark.parametrize("name", SETS)
def test_numbers_agree_with_metafor_from_the_file_on(name, tmp_path, capsys):
    path = write(tmp_path, as_csv(SETS[name]["raw"]))
    cells = [c for c in REFERENCE["models"] if c["set"] == name]
    # Method and test vary together here; test_meta_analysis.py has all their pairs.
    for cell in (cells[0], cells[4], cells[8], cells[10]):
        options = ["--measure", SETS[name]["measure"], "--method", cell["method"]]
        status = main(["pool", str(path), *options, "--ci", cell["test"], "--json"])
        out, err = capsys.readouterr()
        assert (status, err) == (0, "")
        answer = json.loads(out)
        assert list(answer) == KEYS
        assert not disagreements(cell["result"], argparse.Namespace(**answer))


def test_bcg_is_reml_with_wald_intervals_unless_asked(tmp_path, capsys):
    path = write(tmp_path, as_csv(SETS["dat.bcg:RR"]["raw"]))
    assert main(["pool", str(path), "--measure", "RR", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    printed = (-0.7145, 0.1798, -1.0669, -0.3622, 0.3132, 152.2330)
    names = ("estimate", "se", "ci_low", "ci_high", "tau2", "q")
    assert tuple(round(answer[name], 4) for name in names) == printed
    assert round(answer["i2"], 2) == 92.22


def test_undefined_numbers_are_null(tmp_path, capsys):
    path = write(tmp_path, GOOD)
    assert main(["pool", str(path), "--measure", "RR", "--method", "EE", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [name for name in KEYS if answer[name] is None] == [
        *("tau2_low", "tau2_high", "pi_low", "pi_high")
    ]


@pytest.mark.parametrize("name", ["dat.bcg:RR", "dat.pritz1997:PLO", "dat.molloy2014:ZCOR"])
def test_text_shows_the_same_numbers(name, tmp_path, capsys):
    path = write(tmp_path, as_csv(SETS[name]["raw"]))
    measure = SETS[name]["measure"]
    assert main(["pool", str(path), "--measure", measure]) == 0
    out, err = capsys.readouterr()
    (cell,) = (
        c
        for c in REFERENCE["models"]
        if (c["set"], c["method"], c["test"]) == (name, "REML", "wald")
    )
    result = cell["result"]
    back = {"RR": math.exp, "ZCOR": math.tanh, "PLO": lambda x: 1 / (1 + math.exp(-x))}[measure]
    shown = [result[field] for field in ("estimate", "se", "ci_low", "tau2_high", "q", "pi_high")]
    for number in [*shown, back(result["estimate"]), back(result["ci_high"])]:
        assert f"{number:.4f}" in out
    assert f"{result['i2']:.2f} %" in out and err == ""
    assert sum(line.endswith("  line 2") for line in out.splitlines()) == 1


def test_zero_cells_are_mentioned(tmp_path, capsys):
    rows = "ai,n1i,ci,n2i\n0,10,0,12\n0,9,2,9\n3,10,4,11\n"
    assert main(["pool", str(write(tmp_path, rows)), "--measure", "OR", "--json"]) == 0
    notes = " ".join(json.loads(capsys.readouterr().out)["notes"])
    assert "added to every cell of 2 " in notes and "1 study or studies had no events" in notes


def test_labels_that_cannot_be_printed_are_escaped(tmp_path, capsys):
    path = write(tmp_path, 'study,yi,vi\n"Müller\x1b[31m",1,1\nB,2,1\n')
    assert main(["pool", str(path), "--measure", "GEN"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\\x1b" in out


def test_columns_may_come_in_any_order_with_others_between(tmp_path, capsys):
    text = "note,n2i,ai,,ci,n1i,slab\nx,139,4,,11,123,a\ny,303,6,,29,306,b\n\nz,220,3,,11,231,c\n"
    answers = []
    for content in (text, GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\r")):
        assert main(["pool", str(write(tmp_path, content)), "--measure", "RR", "--json"]) == 0
        answers.append(capsys.readouterr().out)
    assert len(set(answers)) == 1


def test_a_larger_command_can_mount_it(tmp_path, capsys):
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    pool.add_arguments(commands.add_parser("pool"))
    path = str(write(tmp_path, GOOD))
    assert pool.run(parser.parse_args(["pool", path, "--measure", "OR"])) == 0
    assert "odds ratio" in capsys.readouterr().out


def test_it_runs_as_a_module_even_where_only_ascii_can_be_printed(tmp_path):
    path = write(tmp_path, "study,yi,vi\nMüller,1,1\nB,2,1\n")
    done = subprocess.run(
        [sys.executable, "-m", "livingreview", "pool", str(path), "--measure", "GEN"],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        timeout=60,
    )
    assert done.returncode == 0 and done.stderr == b""
    assert b"M\\xfcller" in done.stdout


def test_unknown_options_end_with_status_2(tmp_path, capsys):
    path = str(write(tmp_path, GOOD))
    for arguments in ([path], [path, "--measure", "HR"], [path, "--measure", "RR", "--ci", "t"]):
        with pytest.raises(SystemExit) as caught:
            main(["pool", *arguments])
        assert caught.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


# ------------------------------------------------------------------------ bad files

HEADER = "study,ai,n1i,ci,n2i\n"
MEANS = "m1i,sd1i,n1i,m2i,sd2i,n2i\n"

BAD = [
    # name, measure, content, what the one line on standard error must say
    ("empty", "RR", b"", "line 1: the file is empty"),
    ("blank", "RR", b" \n\n", "line 1: the file is empty"),
    ("header only", "RR", HEADER, "line 1: there are no rows"),
    (
        "latin-1",
        "RR",
        "study,ai,n1i,ci,n2i\nMüller,1,2,1,2\n".encode("latin-1"),
        "line 2: the byte 0xFC",
    ),
    ("utf-8 mark", "RR", b"\xef\xbb\xbf" + GOOD.encode(), "UTF-8 byte-order mark; save"),
    ("utf-16 mark", "RR", GOOD.encode("utf-16"), "UTF-16 byte-order mark; save"),
    ("nul", "RR", GOOD + "d,1,2\0,1,2\n", "line 5: the line contains a NUL byte"),
    ("semicolons", "RR", GOOD.replace(",", ";"), "line 1: the columns are separated by semicolons"),
    ("tabs", "RR", GOOD.replace(",", "\t"), "separated by tabs"),
    ("missing column", "RR", "ai,n1i,ci\n1,2,1\n", "line 1, column n2i: the column is missing"),
    (
        "capital",
        "RR",
        "ai,n1i,ci,N2I\n1,2,1,2\n",
        "column n2i: the column is missing; rename 'N2I'",
    ),
    (
        "duplicate column",
        "RR",
        "ai,ai,n1i,ci,n2i\n1,1,2,1,2\n",
        "column ai: the name 'ai' occurs 2",
    ),
    ("text", "RR", HEADER + "a,1,2,x,2\n", "line 2, column ci: 'x' is not a number; write"),
    ("underscore", "RR", HEADER + "a,1,1_000,1,2\n", "column n1i: '1_000' is not a number"),
    ("other digits", "RR", HEADER + "a,\u0661,2,1,2\n", "column ai: '\u0661' is not a number"),
    ("hexadecimal", "RR", HEADER + "a,0x1,2,1,2\n", "column ai: '0x1' is not a number"),
    ("nan", "RR", HEADER + "a,NaN,2,1,2\n", "column ai: 'NaN' is not a finite number; fill"),
    ("not available", "RR", HEADER + "a,NA,2,1,2\n", "column ai: 'NA' is not a finite number"),
    ("inf", "GEN", "yi,vi\n1,inf\n", "line 2, column vi: 'inf' is not a finite number"),
    ("huge", "GEN", "yi,vi\n1e999,1\n", "column yi: '1e999' is too large"),
    ("empty cell", "RR", HEADER + "a,1,,1,2\n", "column n1i: the cell is empty; fill"),
    ("decimal comma", "GEN", 'yi,vi\n"0,5",1\n', "column yi: '0,5' has a decimal comma; write"),
    ("decimal comma unquoted", "GEN", "yi,vi\n0,5,1\n", "write decimal points, not commas"),
    ("minus sign", "GEN", "yi,vi\n\u22120.5,1\n", "column yi: '\u22120.5' has a typographic minus"),
    ("negative sd", "MD", MEANS + "1,-1,9,2,1,9\n", "column sd1i: -1 is negative; a standard"),
    ("no variance", "SMD", MEANS + "1,0,9,2,0,9\n", "column sd1i: 0 and sd2i = 0 leave no"),
    (
        "one person",
        "MD",
        MEANS + "1,1,1,2,1,9\n",
        "column n1i: 1 is too small; MD needs at least 2",
    ),
    ("ratio of signs", "ROM", MEANS + "1,1,9,-2,1,9\n", "column m2i: -2 does not have the sign"),
    ("events above n", "RR", HEADER + "a,3,2,1,2\n", "column ai: 3 is above n1i = 2; check"),
    ("events above ni", "PLO", "xi,ni\n3,2\n", "column xi: 3 is above ni = 2; check"),
    ("negative events", "RR", HEADER + "a,1,2,-1,2\n", "column ci: -1 is negative; a number"),
    ("no people", "RR", HEADER + "a,0,0,1,2\n", "column n1i: 0 is too small; RR needs at least 1"),
    ("fraction", "RR", HEADER + "a,1,2.5,1,2\n", "column n1i: 2.5 is not a whole number; give"),
    ("fraction of events", "PLO", "xi,ni\n0.5,2\n", "column xi: 0.5 is not a whole number"),
    ("r of one", "ZCOR", "ri,ni\n1,20\n", "column ri: 1 is not between -1 and 1"),
    ("r beyond", "ZCOR", "ri,ni\n-1.2,20\n", "column ri: -1.2 is not between -1 and 1"),
    ("n of three", "ZCOR", "ri,ni\n0.2,3\n", "column ni: 3 is too small; ZCOR needs at least 4"),
    ("zero variance", "GEN", "yi,vi\n1,0\n", "column vi: 0 is not above 0; give"),
    ("negative variance", "GEN", "yi,vi\n1,-2\n", "column vi: -2 is not above 0"),
    ("short row", "RR", HEADER + "a,1,2,1\n", "line 2, column n2i: there is no value"),
    ("long row", "RR", HEADER + "a,1,2,1,2,9\n", "line 2, column 6: '9' is one of 6 cells"),
    (
        "duplicate",
        "RR",
        GOOD + "a,1,2,1,2\n",
        "line 5, column study: 'a' is also the label of line 2",
    ),
    ("same but for blanks", "RR", GOOD + " a ,1,2,1,2\n", "'a' is also the label of line 2; keep"),
    ("no label", "RR", GOOD + ",1,2,1,2\n", "line 5, column study: the cell is empty; give"),
    ("open quotation", "RR", GOOD + '"d,1,2,1,2\n', "line 5: the row is not valid CSV"),
    ("stray quotation", "RR", GOOD + '"d"x,1,2,1,2\n', "line 5: the row is not valid CSV"),
    (
        "after a long label",
        "RR",
        HEADER + '"a\nb\nc",1,2,1,2\nd,1,2,x,2\n',
        "line 5, column ci: 'x'",
    ),
    ("precision", "GEN", "yi,vi\n1e200,1e-200\n-1e200,1e-200\n", "double precision"),
    ("precision of means", "MD", MEANS + "1,1e200,9,2,1e200,9\n", "double precision"),
]


@pytest.mark.parametrize(
    ("measure", "content", "words"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
)
@pytest.mark.parametrize("json_flag", [[], ["--json"]], ids=["text", "json"])
def test_bad_files(measure, content, words, json_flag, tmp_path, capsys):
    path = write(tmp_path, content)
    status = main(["pool", str(path), "--measure", measure, *json_flag])
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and err.startswith(str(path))
    assert words in err
    assert ";" in err or "cannot be read" in err  # a remedy follows


def test_every_fault_has_a_line_of_its_own(tmp_path, capsys):
    content = HEADER + "a,x,2,1,2\nb,1,2,3,2\na,1,2.5,-1,\nc,1\n"
    path = write(tmp_path, content)
    assert main(["pool", str(path), "--measure", "RR"]) == 2
    lines = capsys.readouterr().err.splitlines()
    places = [line.removeprefix(f"{path}, ").split(":")[0] for line in lines]
    assert places == [
        "line 2, column ai",
        "line 3, column ci",
        "line 4, column n2i",
        "line 4, column n1i",
        "line 4, column ci",
        "line 4, column study",
        "line 5, column n1i",
    ]


def test_several_missing_columns_have_a_line_each(tmp_path, capsys):
    path = write(tmp_path, "ai,n1i\n1,2\n")
    assert main(["pool", str(path), "--measure", "RR"]) == 2
    assert capsys.readouterr().err.count("column is missing; the measure RR needs") == 2


def test_files_that_cannot_be_opened(tmp_path, capsys):
    for path, words in (
        (tmp_path / "absent.csv", "there is no such file"),
        (tmp_path, "this is a directory"),
        ("a\0b.csv", "cannot be read"),
        (write(tmp_path, GOOD) / "below.csv", "cannot be read"),
    ):
        assert main(["pool", str(path), "--measure", "RR"]) == 2
        err = capsys.readouterr().err
        assert words in err and err.count("\n") == 1


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(sorted(COLUMNS)),
    st.one_of(
        st.binary(max_size=60),
        st.text(alphabet='0123456789.,;-+eE"\n\r\t xnaif\0é', max_size=40).map(str.encode),
    ),
    st.booleans(),
)
def test_no_file_whatever_ends_in_a_traceback(tmp_path, capsys, measure, body, with_header):
    header = ",".join(COLUMNS[measure]).encode() + b"\n" if with_header else b""
    path = write(tmp_path, header + body)
    status = main(["pool", str(path), "--measure", measure, "--json"])
    out, err = capsys.readouterr()
    assert status in (0, 2)
    assert (status == 0) == (err == "") == (out != "")
    if status == 0:
        json.loads(out, parse_constant=pytest.fail)


cell = st.one_of(
    st.integers(-2, 30).map(str),
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.sampled_from(["0", "1", "1e-320", "1e308", "-0.0", "0.5"]),
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), st.sampled_from(sorted(COLUMNS)), st.integers(1, 4))
def test_no_numbers_whatever_end_in_a_traceback(tmp_path, capsys, data, measure, k):
    names = COLUMNS[measure]
    rows = [[data.draw(cell) for _ in names] for _ in range(k)]
    path = write(tmp_path, "\n".join(",".join(row) for row in [list(names), *rows]))
    method = data.draw(st.sampled_from(["EE", "DL", "PM", "REML"]))
    ci = data.draw(st.sampled_from(["wald", "knha", "adhoc"]))
    arguments = [str(path), "--measure", measure, "--method", method, "--ci", ci]
    status = main(["pool", *arguments, "--json"])
    out, err = capsys.readouterr()
    assert (status == 0) == (err == "") == (out != "")
    if status == 0:
        answer = json.loads(out, parse_constant=pytest.fail)
        assert list(answer) == KEYS and len(answer["weights"]) == answer["k"] == k
        assert main(["pool", *arguments]) == 0
        capsys.readouterr()


def test_a_reader_that_leaves_early_gets_no_traceback(tmp_path):
    path = write(tmp_path, GOOD)
    command = [sys.executable, "-m", "livingreview", "pool", str(path), "--measure", "OR"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.wait(60) == 1
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
