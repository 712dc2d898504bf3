"""Command: pool the studies of a CSV file."""

from __future__ import annotations

import argparse
import os
import sys

import numpy as np

from livingreview.effect_sizes import (
    EffectSizes,
    TwoArms,
    TwoByTwo,
    effect_sizes,
    fisher_z,
    log_ratio_of_means,
    logit_proportion,
    mean_difference,
    standardised_mean_difference,
)
from livingreview.meta_analysis.mixed_model import double_precision
from livingreview.meta_analysis.pooling import METHODS, TESTS, Model, pool
from livingreview.pool.pool_report import as_json, as_text
from livingreview.pool.study_columns import COLUMNS
from livingreview.pool.study_table import StudyTable, TableError, read_studies

_CONTINUOUS = {
    "MD": mean_difference,
    "SMD": standardised_mean_difference,
    "ROM": log_ratio_of_means,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to a parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Parser of the command, or of a subcommand.
    """
    parser.add_argument(
        "file",
        metavar="FILE.csv",
        help="one row per study; columns by measure: "
        + "; ".join(f"{name}: {','.join(columns)}" for name, columns in COLUMNS.items())
        + "; optional: study or slab",
    )
    parser.add_argument("--measure", choices=tuple(COLUMNS), required=True, help="effect measure")
    parser.add_argument(
        "--method", choices=METHODS, default="REML", help="estimator of tau2 (default: REML)"
    )
    parser.add_argument(
        "--ci",
        choices=TESTS,
        default="wald",
        help="wald, Knapp-Hartung, or Knapp-Hartung never narrower than Wald (default: wald)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, on the analysis scale"
    )


def run(args: argparse.Namespace) -> int:
    """Pool the studies of a file and print the result.

    Parameters
    ----------
    args : argparse.Namespace
        Arguments from a parser that `add_arguments` has prepared.

    Returns
    -------
    int
        Exit status: 0, or 2 if the file cannot be used; then standard error has one line for
        each fault and nothing is printed on standard output.
    """
    try:
        table = read_studies(args.file, args.measure)
        outcomes = outcomes_of(table, args.measure)
        result = pool(outcomes.yi, outcomes.vi, Model(args.method, args.ci), table.labels)
        notes = (*_notes_on_zero_cells(table, args.measure), *result.notes)
        answer = (
            as_json(result, notes)
            if args.json
            else as_text(result, notes, args.measure, table.labels)
        )
    except TableError as error:
        for fault in error.faults:
            _write(sys.stderr, fault)
        return 2
    except (ValueError, OverflowError) as error:
        _write(sys.stderr, f"{args.file}: {error}; check the values of the file")
        return 2
    try:
        _write(sys.stdout, answer)
    except BrokenPipeError:
        leave_quietly()
        return 1
    return 0


def leave_quietly() -> None:
    """Write nothing more to standard output, whose reader has gone.

    Without this, closing it would fail again at exit.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def outcomes_of(table: StudyTable, measure: str) -> EffectSizes:
    """Compute the outcomes of a table of studies.

    Parameters
    ----------
    table : StudyTable
        Columns of k studies.
    measure : str
        A key of `study_columns.COLUMNS`.

    Returns
    -------
    EffectSizes
        Outcomes and sampling variances on the analysis scale.

    Raises
    ------
    ValueError
        If a value is not admissible.
    """
    columns = table.columns
    if measure == "GEN":
        return EffectSizes("GEN", np.array(columns["yi"]), np.array(columns["vi"]))
    with double_precision():
        if measure in ("RR", "OR", "RD"):
            return effect_sizes(TwoByTwo(**columns), measure)
        if measure == "ZCOR":
            return fisher_z(**columns)
        if measure == "PLO":
            return logit_proportion(**columns)
        return _CONTINUOUS[measure](TwoArms(**columns))


def _notes_on_zero_cells(table: StudyTable, measure: str) -> tuple[str, ...]:
    columns = {name: np.array(values) for name, values in table.columns.items()}
    pairs = {"PLO": (("xi", "ni"),), "RR": (("ai", "n1i"), ("ci", "n2i"))}
    pairs["OR"] = pairs["RD"] = pairs["RR"]
    if measure not in pairs:
        return ()
    none = np.array([columns[events] == 0 for events, _ in pairs[measure]])
    every = np.array([columns[events] == columns[size] for events, size in pairs[measure]])
    notes = []
    corrected = int((none | every).any(axis=0).sum())
    if corrected:
        notes.append(
            f"0.5 was added to every cell of {corrected} study or studies with a zero cell."
        )
    uninformative = int((none.all(axis=0) | every.all(axis=0)).sum())
    if uninformative and measure != "PLO":
        notes.append(
            f"{uninformative} study or studies had no events in both arms, or only events; they "
            "are kept, as in metafor."
        )
    return tuple(notes)


def _write(stream: object, text: str) -> None:
    """Print a text whatever the encoding of the stream is."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
