"""Tables as JSON and references as RIS and CSL-JSON: the same as what they are made from."""

from __future__ import annotations

import csv
import json
import zipfile

import pandas as pd
import pytest
from built_site import SITE

from livingreview.book.downloads import ARCHIVE, typed_rows
from livingreview.book.reference_files import as_csl, as_ris, ris_records
from livingreview.new_study.citation_files import read_ris


@pytest.fixture(scope="module")
def site(built):
    return built / SITE


def test_a_table_in_json_is_the_table(site, review):
    for table in review.package.tables.values():
        with (site / "data" / table.path).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        name = table.path.replace(".csv", ".json")
        found = json.loads((site / "data" / name).read_text(encoding="utf-8"))
        assert len(found) == len(rows)
        for row, item in zip(rows, found, strict=True):
            assert {k: "" if v is None else str(v) for k, v in item.items()} == row
            assert "" not in item.values(), name
            for key, value in item.items():
                kind = int if table.by_name[key].type == "integer" else str
                assert value is None or type(value) is kind, (name, key)


def test_an_empty_table_is_an_empty_list(tmp_path, review):
    table = review.package.tables["updates"]
    path = tmp_path / "updates.csv"
    path.write_text(",".join(table.by_name) + "\n", encoding="utf-8")
    assert typed_rows(path, table) == []


def test_what_was_recomputed_is_the_same_in_json(site):
    frame = pd.read_csv(site / "data/recomputed.csv", dtype=str, keep_default_na=False)
    found = json.loads((site / "data/recomputed.json").read_text(encoding="utf-8"))
    assert [list(item) for item in found] == [list(frame.columns)] * len(frame)
    for row, item in zip(frame.to_dict("records"), found, strict=True):
        for name, value in item.items():
            assert row[name] == ("" if value is None else str(value)) or float(row[name]) == value


def test_references_are_the_same_in_every_form(site, review):
    items = json.loads((site / "data/references.json").read_text(encoding="utf-8"))
    records = read_ris((site / "data/references.ris").read_text(encoding="utf-8"))
    assert [item["id"] for item in items] == list(review.references)
    assert len(records) == len(items)
    for item, record in zip(items, records, strict=True):
        reference = review.references[item["id"]]
        assert item["title"] == reference.title
        assert record.title == reference.title.removesuffix(".")
        if reference.year.isdigit():
            assert record.year == reference.year == str(item["issued"]["date-parts"][0][0])
        else:  # a record has no words for "no date"
            assert (record.year, item["issued"]) == ("", {"literal": "n.d."})
        assert item.get("DOI", "").lower() == reference.doi.lower() == record.doi
        people = item.get("author") or item.get("editor")
        assert len(people) == len(reference.authors)


def test_a_reference_keeps_its_kind_its_people_and_its_pages():
    text = """
    @incollection{a2020, author = {von Berg, Ann and {Some Body} and others}, editor = {Ed, E.},
      title = {{\\"U}ber {DNA}}, booktitle = {A Book}, pages = {3--5}, year = {2020},
      url = {https://example.org/a_b}, urldate = {2024-03-15}}
    """
    (item,) = as_csl(text)
    assert item["type"] == "chapter"
    assert item["title"] == "Über DNA"
    assert item["author"] == [
        *({"family": "von Berg", "given": "Ann"}, {"literal": "Some Body"}, {"literal": "et al."})
    ]
    assert item["accessed"] == {"date-parts": [[2024, 3, 15]]}
    lines = as_ris(ris_records([item])).splitlines()
    for line in ("TY  - CHAP", "AU  - von Berg, Ann", "A2  - Ed, E.", "T2  - A Book", "EP  - 5"):
        assert line in lines
    assert lines[0] == "TY  - CHAP"


def test_a_value_of_a_record_is_one_line():
    assert "TI  - a ER - b\n" in as_ris([{"type_of_reference": "JOUR", "title": "a\nER -\nb"}])


def test_the_archive_holds_the_schema(site):
    with zipfile.ZipFile(site / "data" / ARCHIVE) as archive:
        assert json.loads(archive.read("datapackage.json"))["resources"]
