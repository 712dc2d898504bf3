"""The only place that opens a table: `load` gives all of them, typed and checked, or an error."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from pathlib import Path

import pandas as pd

from livingreview import reads, retractions
from livingreview.bibliography import Reference
from livingreview.checks import read_checked
from livingreview.corrections import apply_corrections, faults_by_row
from livingreview.frames import Tables, rows_of
from livingreview.parts import Part
from livingreview.printed import number
from livingreview.project import BIBLIOGRAPHY, DATA_DIR, PACKAGE_FILE, find_root, state_of_data
from livingreview.schema import Package


def once(view: Callable) -> Callable:
    """Compute a view of a review the first time it is asked for, and keep it.

    For functions of a `Review` and of plain values alone. A frame is handed out as a copy that
    shares its memory until somebody writes to it.
    """
    defaults, places = view.__defaults__ or (), view.__code__.co_argcount - 1

    @wraps(view)
    def kept(review: Review, *arguments, **named):
        unsaid = places - len(arguments)
        if not named and 0 < unsaid <= len(defaults):
            # asked for with its defaults or without them, it is the same and computed once
            arguments += defaults[-unsaid:]
        key = (view, arguments, tuple(sorted(named.items())))
        if key not in review.views:
            with reads.noted() as names:
                review.views[key] = view(review, *arguments, **named), names
        found, names = review.views[key]
        for name in names:  # whoever uses what was kept has read it
            reads.note(name)
        return found.copy(deep=False) if isinstance(found, pd.DataFrame) else found

    return kept


@dataclass(frozen=True)
class Review:
    """All tables of the review, corrected by ``discrepancies``, without what was retracted.

    A table is an attribute: ``review.studies`` is a pandas DataFrame with the columns of the
    schema; ``review.printed.studies`` holds the same rows as the source prints them, and
    ``review.whole.studies`` those of retracted reports too. Values stay text; `numeric` reads a
    column of them as numbers. An empty cell is an empty text. Every frame is read once and must
    not be changed by those who use it.

    Attributes
    ----------
    root : Path
        Folder of the project.
    package : Package
        Description of the tables.
    tables : Tables
        The tables by name.
    entries : dict of Reference
        What `references` gives.
    uncorrected : dict of DataFrame
        The tables that hold a corrected cell, as printed.
    with_retracted : Review or None
        The same data with the rows of retracted reports, if there are any.
    part : Part or None
        The part that these data are, if they are not all; see `about`.
    views : dict
        What functions marked with `once` have computed from these tables, each with the names of
        what it read.
    """

    root: Path
    package: Package
    tables: Tables
    entries: dict[str, Reference]
    uncorrected: dict[str, pd.DataFrame] = field(default_factory=dict)
    with_retracted: Review | None = None
    part: Part | None = None
    views: dict[tuple, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return the table of that name."""
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(f"no table named {name!r}; there are {', '.join(tables)}")

    @property
    def references(self) -> dict[str, Reference]:
        """References by key."""
        reads.note(self.part.named(BIBLIOGRAPHY) if self.part else BIBLIOGRAPHY)
        return self.entries

    @property
    @once
    def printed(self) -> Review:
        """The same data before any correction, for whatever is about what a source prints."""
        whole = self.with_retracted and self.with_retracted.printed
        tables = self.tables | self.uncorrected
        return replace(self, tables=tables, uncorrected={}, with_retracted=whole)

    @property
    def whole(self) -> Review:
        """The data with the rows of retracted reports, for a study's page and the register."""
        return self.with_retracted or self

    @cached_property
    def faults(self) -> dict[tuple[str, str], list[tuple]]:
        """Discrepancies that touch a cell, by table and key of the row."""
        return faults_by_row(self.discrepancies)

    def replacing(self, **tables: pd.DataFrame) -> Review:
        """Return the same data with some tables replaced, to see what would follow from them.

        What is put in stands under `printed` too: nothing of it is corrected. What was retracted is
        out of `whole` as well.
        """
        others = {name: frame for name, frame in self.uncorrected.items() if name not in tables}
        tables = self.tables | tables
        return replace(self, tables=tables, uncorrected=others, with_retracted=None)

    def of_studies(self, keys: Collection[str]) -> Review:
        """Return the same data with the rows of some studies alone."""
        arms = self.arms.loc[self.arms["study_id"].isin(keys), "arm_id"]
        part = Part("", {"study_id": frozenset(keys), "arm_id": frozenset(arms)})
        tables = self.tables | rows_of(part, dict(self.tables))
        printed = rows_of(part, self.uncorrected)
        return replace(self, tables=tables, uncorrected=printed, with_retracted=None)

    @once
    def about(self, subject: str) -> Review:
        """Return the same data with the studies of a condition, or of a group of them, alone.

        What is read of it counts as a read of these rows: a chapter that loads no more does not run
        again when a study of something else is added.

        Raises
        ------
        ValueError
            If no condition and no group of conditions has that name.
        """
        part = self.tables.part(subject)
        if part != (self.tables | self.uncorrected).part(subject):
            return self  # a correction moves rows between parts, which no file tells by itself
        whole = self.with_retracted and self.with_retracted.about(subject)
        return replace(
            self,
            tables=self.tables.of(part),
            entries={
                key: one for key, one in self.entries.items() if key in part.keys["reference"]
            },
            uncorrected=rows_of(part, self.uncorrected),
            with_retracted=whole,
            part=part,
        )

    @once
    def labels(self, table: str, column: str = "label") -> dict[str, str]:
        """Return one column of a table by the table's key, for example labels of outcomes."""
        frame = self.tables[table]
        return dict(
            zip(frame[self.package.tables[table].primary_key[0]], frame[column], strict=True)
        )


def load(root: Path | str | None = None, about: str = "") -> Review:
    """Read all tables of the project.

    Parameters
    ----------
    root : path, optional
        The project's folder or one inside it; the current folder by default.
    about : str, optional
        Condition or group of conditions whose studies alone are wanted; see `Review.about`.

    Returns
    -------
    Review
        The tables, typed: dates as dates, whole numbers as integers, all else as text; with the
        corrections applied and without retracted reports. The tables as printed are under
        `Review.printed`, those with retracted reports under `Review.whole`.

    Raises
    ------
    ProjectNotFoundError
        If there is no project.
    DataError
        If any table has a fault; nothing is filled, converted or dropped to avoid it.
    ValueError
        If there is no condition and no group named as `about` says.
    """
    folder = find_root(root)
    with reads.unnoted():
        state = state_of_data(folder)
        if _last.get(folder, ("", None))[0] != state:
            _last.clear()
            _last[folder] = (state, _read(folder))
    reads.note(f"{DATA_DIR}/{PACKAGE_FILE}")
    review = _last[folder][1]
    return review.about(about) if about else review


# What was read last, with a digest of its files: the kernels of a build are forked from a process
# that has read the data already.
_last: dict[Path, tuple[str, Review]] = {}


def _read(folder: Path) -> Review:
    package, raws, references = read_checked(folder)
    frames, paths = {}, {}
    for name, table in package.tables.items():
        # as plain objects: a look at a cell of the type for text takes several times as long
        rows, columns = [row for _, row in raws[name].rows], list(table.by_name)
        frame = pd.DataFrame(rows, columns=columns, dtype=object)
        for column in table.fields:
            if column.type == "integer":
                frame[column.name] = pd.to_numeric(frame[column.name])
            elif column.type == "date":
                frame[column.name] = pd.to_datetime(frame[column.name], format="%Y-%m-%d")
        frames[name], paths[name] = frame, f"{DATA_DIR}/{table.path}"
    corrected = apply_corrections(package, frames)
    printed = {name: frames[name] for name in corrected}
    whole = Review(folder, package, Tables(frames | corrected, paths), references, printed)
    if not (fewer := retractions.leave_out(frames | corrected)):
        return whole
    tables, as_printed = whole.tables | fewer, printed | retractions.leave_out(frames)
    kept = {name: as_printed[name] for name in printed}
    return replace(whole, tables=tables, uncorrected=kept, with_retracted=whole)


def numeric(column: pd.Series) -> pd.Series:
    """Return a column of printed numbers as floats; empty cells become NaN."""
    return column.map(number).astype(float)


def keys_of(cell: str) -> list[str]:
    """Return the keys in a cell that lists several, separated by a space."""
    return cell.split(" ") if cell else []
