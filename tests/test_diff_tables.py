"""A diff between two sides of which one has tables that the other does not have yet."""

from __future__ import annotations

import json

import pytest
import small_project

from livingreview.evidence_diff.like_columns import read_alike
from livingreview.evidence_diff.sides import Place, SideError


def without(folder, *names):
    """A project that has never had some tables."""
    small_project.write(folder)
    path = folder / "data/datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    kept = [table for table in described["resources"] if table["name"] not in names]
    path.write_text(json.dumps(described | {"resources": kept}), encoding="utf-8")
    for name in names:
        (folder / f"data/{name}.csv").unlink()
    return Place("before", folder)


def test_a_table_that_may_be_empty_is_read_as_empty_where_it_is_missing(tmp_path):
    before = without(tmp_path / "before", "retractions", "second_readings")
    after = Place("after", small_project.write(tmp_path / "after"))
    old, new, notes = read_alike(before, after)
    assert len(old.review.retractions) == 0 and len(new.review.retractions) == 1
    assert "gamma2022_mice" in set(old.review.studies["study_id"])
    assert "gamma2022_mice" not in set(new.review.studies["study_id"])
    assert notes == [
        f"before has no table {name}.csv; it is read there as empty."
        for name in ("retractions", "second_readings")
    ]
    assert not (before.folder / "data/retractions.csv").exists()


def test_a_table_that_must_hold_rows_is_not_made_up(tmp_path):
    before = without(tmp_path / "before", "trustworthiness")
    after = Place("after", small_project.write(tmp_path / "after"))
    with pytest.raises(SideError, match="before"):
        read_alike(before, after)
