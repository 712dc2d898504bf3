"""Tables of the book: every row shown or left out for a reason, and text from data stays text."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pandas as pd
import pytest

from livingreview import tables
from livingreview.evidence import ORDER, evidence_map, favours, resolved_citations, studies_that_are
from livingreview.tables.about_data import accounting
from livingreview.tables.base import LEGEND, BookTable, Column, Group, Written
from livingreview.tables.left_out import OTHER_STUDIES, LeftOut, leave_out
from livingreview.tables.phrases import DIRECTIONS

KEYS = {
    "studies": "study_id",
    "doses": "dose_id",
    "measurements": "measurement_id",
    "comparisons": "comparison_id",
    "characteristics": "characteristic_id",
    "pharmacology": "parameter_id",
    "reference_values": "value_id",
    "mechanisms": "edge_id",
    "discrepancies": "discrepancy_id",
    "citations": "citation_id",
    "risk_of_bias": "judgement_id",
    "trustworthiness": "check_id",
    "certainty": "certainty_id",
}


@pytest.fixture(scope="module")
def all_tables(review):
    return tables.book_tables(review)


def test_rows_in_the_data_are_rows_shown_plus_rows_left_out(review, all_tables):
    for table in all_tables:
        keys = set(review.tables[table.source][KEYS[table.source]])
        assert table.shown | set(table.left_out) == keys, table.name
        assert not table.shown & set(table.left_out), table.name
        assert all(table.left_out.values()), table.name


def test_every_row_of_evidence_stands_in_some_table(review, all_tables):
    by_study = set()
    for table in all_tables:
        # these two show the studies, but not what was found in them
        if table.source == "studies" and table.name not in ("reproduction", "register"):
            by_study |= table.shown
    reproduction = next(t for t in all_tables if t.name == "reproduction").shown
    assert by_study | reproduction == set(review.studies["study_id"])
    owner = dict(zip(review.arms["arm_id"], review.arms["study_id"], strict=True))
    by_arm = "".join(t._repr_html_() for t in all_tables if t.source == "measurements")
    for name in ("measurements", "comparisons", "characteristics"):
        frame = review.tables[name]
        study = frame["arm_id"].map(owner) if "arm_id" in frame else frame["study_id"]
        direct = set().union(*(t.shown for t in all_tables if t.source == name))
        lost = frame[~study.isin(by_study) & ~frame[KEYS[name]].isin(direct)]
        for row in lost.to_dict("records"):
            assert name == "comparisons", row
            # a p value of a table stands in the row of its values, not in a row of its own
            assert re.search(
                rf"\[{row['locator']}\](?:(?!<tr>).)*>{re.escape(row['p'])}\b", by_arm, re.DOTALL
            ), row
    for name in ("pharmacology", "reference_values", "mechanisms", "discrepancies"):
        shown = set().union(*(t.shown for t in all_tables if t.source == name))
        assert shown == set(review.tables[name][KEYS[name]])


def test_a_study_table_shows_every_value_of_its_studies(review):
    html = re.sub(r"<[^>]+>", "", tables.combinations(review)._repr_html_())
    owner = dict(zip(review.arms["arm_id"], review.arms["study_id"], strict=True))
    shown = tables.combinations(review).shown
    for row in review.comparisons.to_dict("records"):
        if owner[row["arm_id"]] in shown and row["effect"]:
            assert row["effect"] in html
    for row in review.doses.to_dict("records"):
        if row["study_id"] in shown and row["amount"]:
            assert row["amount"] in html


def test_a_study_table_says_how_well_each_study_was_done(review):
    overall = review.risk_of_bias.query("domain == 'overall'")
    judged = dict(zip(overall["study_id"], overall["judgement"], strict=True))
    for group in review.conditions["group"].unique():
        table = tables.studies_of(review, group)
        html = table._repr_html_()
        for study in table.shown:
            row = next(part for part in html.split("<tr>") if f"studies/{study}.html" in part)
            assert f"risk of bias: {judged.get(study, 'not judged')}" in row


def test_the_nine_tables_of_the_papers_stand_in_the_book(review):
    words = {
        tables.single_agents: [f"Table 1, row {i}" for i in range(1, 8)],
        tables.combinations: [f"Table 2, row {i}" for i in range(1, 14)],
        tables.trials: [f"Table 3, row {i}" for i in range(1, 4)],
        tables.baseline: [f"Table 1, row {i}" for i in range(1, 6)],
        tables.hormones: [f"Table 2, row {i}" for i in range(1, 5)],
        tables.immune_markers: [f"Table 3, row {i}" for i in range(1, 4)],
        tables.ultrasound: [f"Table 4, row {i}" for i in range(1, 4)],
        tables.pregnancy: [f"Table 5, row {i}" for i in range(1, 5)],
        tables.correlations: [f"Table 6, row {i}" for i in range(1, 15)],
    }
    for function, places in words.items():
        html = function(review)._repr_html_()
        for place in places:
            assert re.search(rf"{place}\b", html), (function.__name__, place)


# discrepancies whose cell no table shows, each with its reason; none at present
NOT_MARKED: dict[str, str] = {}


def texts_before_marks(html):
    """What stands before each mark of a discrepancy, by discrepancy, without tags and notes."""
    found = {}
    for match in re.finditer(r'<details class="lr-note" data-discrepancy="([^"]+)"', html):
        before = html[max(0, match.start() - 6000) : match.start()]
        before = re.sub(r"<details.*?</details>", "", before, flags=re.DOTALL)
        found.setdefault(match[1], []).append(unescape(re.sub(r"<[^>]+>", "", before)))
    return found


def test_every_fault_of_a_cell_is_marked_there_with_the_corrected_value(review, all_tables):
    found = texts_before_marks("".join(t._repr_html_() for t in all_tables))
    for fault in review.discrepancies.itertuples(index=False):
        assert (fault.discrepancy_id in found) == (
            fault.row != "" and fault.discrepancy_id not in NOT_MARKED
        ), fault.discrepancy_id
        if fault.corrected and fault.discrepancy_id in found:
            corrected = DIRECTIONS.get(fault.corrected, fault.corrected).replace("; ", ", ")
            for text in found[fault.discrepancy_id]:
                # a unit or a percent sign may stand between the value and its mark
                assert corrected in text[-len(corrected) - 8 :], (fault.discrepancy_id, text[-80:])


def test_a_mark_opens_what_is_printed_where_and_why(review, all_tables):
    html = unescape("".join(t._repr_html_() for t in all_tables if t.name != "discrepancies"))
    for fault in review.discrepancies.query("row != ''").itertuples(index=False):
        note = re.search(rf'data-discrepancy="{fault.discrepancy_id}".*?</details>', html)[0]
        assert f"Printed: {fault.printed}, in {fault.locator}" in note
        assert fault.why in note
        assert f"How established: {fault.established}." in note
        assert ("Corrected here." in note) == (fault.corrected != "")
        assert ("cannot be told" in note) == (fault.likely == "cannot be told")


EVIDENCE = (
    *("studies", "doses", "arms", "measurements", "comparisons", "characteristics"),
    *("pharmacology", "reference_values", "mechanisms"),
)


@pytest.mark.parametrize("shift", [0, 7])
def test_a_fault_of_any_cell_of_the_evidence_is_marked(review, shift):
    template = review.discrepancies.iloc[0].to_dict() | {"corrected": ""}
    rows = []
    for name in EVIDENCE:
        description = review.package.tables[name]
        columns = list(description.by_name)
        for i, key in enumerate(review.tables[name][description.primary_key[0]]):
            cell = {"table": name, "row": key, "column": columns[(i + shift) % len(columns)]}
            rows.append(template | cell | {"discrepancy_id": f"{name}-{i}"})
    spoilt = review.replacing(discrepancies=pd.DataFrame(rows))
    html = "".join(t._repr_html_() for t in tables.book_tables(spoilt) if t.name != "corrections")
    assert {row["discrepancy_id"] for row in rows} == set(texts_before_marks(html))


def test_a_mark_stands_in_every_table_that_computes_from_the_cell(review):
    touched = next(
        f
        for f in review.discrepancies.itertuples(index=False)
        if f.column == "n" and f.table == "measurements"
    )
    for function in (tables.pregnancy, tables.absolute_effects, tables.summary_of_findings):
        assert touched.discrepancy_id in texts_before_marks(function(review)._repr_html_())


def test_a_legend_says_what_the_mark_means_where_there_is_one(review, all_tables):
    for table in [*all_tables, tables.absolute_effects(review)]:
        assert (LEGEND in table.foot) == ("‡</summary>" in table._repr_html_()), table.name
    assert LEGEND in tables.pregnancy(review).foot
    assert any(LEGEND not in table.foot for table in all_tables)


def test_whether_text_and_table_agree_is_judged_as_printed(review):
    html = tables.stated_again(review)._repr_html_()
    wrong = next(
        f
        for f in review.discrepancies.itertuples(index=False)
        if f.corrected and f.column == "value"
    )
    row = next(part for part in html.split("<tr>") if f'"{wrong.discrepancy_id}"' in part)
    assert re.search(r">\s*no</td>", row)


def test_a_citation_that_points_to_another_work_is_marked(review):
    wrong = resolved_citations(review).query("printed_reference not in ('',)")
    wrong = wrong[wrong["printed_reference"] != wrong["reference"]]
    assert len(wrong) > 5
    html = "".join(t._repr_html_() for t in tables.book_tables(review))
    for row in wrong.itertuples(index=False):
        title = review.references[row.printed_reference].title
        assert title.split("’")[0][:40].replace("&", "&amp;") in html, row.study_id


HOSTILE = [
    "<script>alert(1)</script>",
    "**bold** and [link](https://example.org)",
    '=HYPERLINK("https://example.org")',
    "{glue:text}`x` {cite}`y`",
    "& < > \" '",
    "\u202eright to left",
]


class Reader(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_data_is_text(review, text):
    studies = review.studies.copy()
    studies.loc[studies["study_id"] == "liu2020_cells", ["model", "note"]] = text
    spoilt = review.replacing(studies=studies)
    before, after = Reader(), Reader()
    before.feed(tables.single_agents(review)._repr_html_())
    after.feed(tables.single_agents(spoilt)._repr_html_())
    assert text in after.text
    assert sorted(set(after.tags)) == sorted(set(before.tags))
    assert "script" not in after.tags


def test_leaving_out_gives_the_first_reason():
    frame = pd.DataFrame({"k": list("abc"), "x": [1, 2, 3]})
    kept, left = leave_out(frame, "k", [("big", frame["x"] > 2), ("odd", frame["x"] % 2 == 1)])
    assert kept["k"].tolist() == ["b"]
    assert left == {"c": "big", "a": "odd"}


def test_the_foot_counts():
    def foot(left):
        rows = [Group("", [["x"]])]
        return BookTable("n", "c", (Column("a"),), rows, "t", frozenset("x"), left).foot

    assert foot(LeftOut(y="old")) == "1 of the 2 rows of t.csv; left out: 1 old."
    frame = pd.DataFrame({"k": list("xyz"), "old": [0, 1, 0], "other": [0, 0, 1]})
    rules = [(OTHER_STUDIES, frame["other"] == 1), ("old", frame["old"] == 1)]
    _, left = leave_out(frame, "k", rules)
    assert set(left) == {"y", "z"}, "the accounting counts them all"
    apart = "1 of the 2 rows of t.csv, not counting those of other studies; left out: 1 old."
    assert foot(left) == apart
    # the same where no row of another study is there to be counted
    fewer = frame[frame["other"] == 0]
    _, left = leave_out(fewer, "k", [(why, mask[fewer.index]) for why, mask in rules])
    assert foot(left) == apart


def test_groups_are_written_when_somebody_looks():
    looked = []
    groups = Written(lambda: looked.append(1) or [Group("a", []), Group("b", [])])
    table = BookTable("n", "c", (Column("a"),), groups, "t", frozenset())
    assert accounting([table]).row_count == 1
    assert not looked
    assert [group.heading for group in table.groups] == ["a", "b"]
    assert table.groups[::-1][0].heading == "b"
    assert looked == [1], "once"


def test_every_design_has_a_rung(review):
    assert review.package.tables["designs"].by_name["rung"].enum == ORDER
    assert set(review.studies["design"]) <= set(review.designs["design"])
    pooled = set(review.designs.loc[review.designs["comparative"] == "no", "poolable"])
    assert pooled == {""}, "a study without a control group is never pooled with one that has it"


def test_the_evidence_map_counts_each_study_in_each_of_its_conditions(review):
    cells = evidence_map(review)
    expected = sum(len(cell.split(" ")) for cell in review.studies["conditions"])
    assert len(cells) == expected
    assert cells["rung"].notna().all()
    dogs = cells[cells["study_id"].str.endswith("_dogs")]
    assert (dogs["rung"] == "Animals").all()


def test_benefit_follows_from_direction_and_outcome(review):
    frame = favours(review).merge(review.outcomes[["outcome_id", "better"]], on="outcome_id")
    assert len(frame) == len(review.comparisons)
    antagonists = {"naltrexone", "methylnaltrexone"}
    doses = set(review.doses.loc[review.doses["agent_id"].isin(antagonists), "dose_id"])
    given = {arm.arm_id: doses & set(arm.doses.split(" ")) for arm in review.arms.itertuples()}
    assert any(given.get(arm) for arm in frame["comparator_id"])
    compared = studies_that_are(review, "comparative")
    for row in frame.itertuples(index=False):
        changed = not row.comparator_id and re.search("baseline|change", row.timepoint)
        aside = row.role != "intervention" or given.get(row.comparator_id)
        if aside or (changed and row.study_id in compared):
            assert row.favours == "unclear"
        elif row.direction == "no difference":
            assert row.favours == "neither"
        elif row.better == "neither" or row.direction == "not reported":
            assert row.favours == "unclear"
        else:
            good = (row.better == "higher") == (row.direction == "increase")
            assert row.favours == ("intervention" if good else "comparator")


def test_the_accounting_lists_every_table(review, all_tables):
    html = tables.accounting(all_tables)._repr_html_()
    for table in all_tables:
        assert str(len(table.shown)) in html


def test_the_dictionary_describes_every_column(review):
    html = tables.dictionary(review)._repr_html_()
    for table in review.package.tables.values():
        for field in table.fields:
            assert f"<code>{field.name}</code>" in html
