"""Tables about the data themselves: dictionary, row accounting, versions."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version

from markupsafe import Markup

from livingreview.claims import check_claims
from livingreview.data import Review
from livingreview.double_extraction import TABLES, counted, readings
from livingreview.tables.base import BookTable, Column, Group

SHOWN_PACKAGES = ("jupyter-book", "sphinx", "myst-nb", "pandas", "numpy", "scipy", "matplotlib")


def dictionary(review: Review) -> BookTable:
    """Return every column of every table with its meaning, from the schema."""
    groups, shown = [], set()
    for table in review.package.tables.values():
        rows = []
        for field in table.fields:
            shown.add(f"{table.name}.{field.name}")
            allowed = field.enum or ((field.pattern,) if field.pattern else ())
            rows.append(
                [
                    Markup("<code>{}</code>").format(field.name),
                    field.description,
                    "text as printed" if field.printed else field.type,
                    "yes" if field.required else "",
                    " · ".join(allowed),
                ]
            )
        heading = Markup("{} (<code>{}</code>): {}").format(
            table.title, table.path, table.description
        )
        groups.append(Group(heading, rows))
    columns = (
        Column("Column"),
        Column("Meaning"),
        Column("Type"),
        Column("Must be filled"),
        Column("Vocabulary or form"),
    )
    caption = "What does each column of the data mean?"
    return BookTable(
        "dictionary", caption, columns, groups, "datapackage", frozenset(shown), folded=True
    )


def sizes(review: Review) -> BookTable:
    """Return how many rows each table has, and how many a second person checked."""
    rows = []
    for name, frame in review.whole.tables.items():
        checked = frame["checked"].notna().sum() if "checked" in frame else None
        path = review.package.tables[name].path
        rows.append(
            [
                Markup(
                    '<a href="../data/{0}">{0}</a> · <a href="../data/{1}.json">JSON</a>'
                ).format(path, path.removesuffix(".csv")),
                review.package.tables[name].title,
                str(len(frame)),
                "" if checked is None else f"{checked} of {len(frame)}",
            ]
        )
    columns = (
        Column("File"),
        Column("Holds"),
        Column("Rows", number=True),
        Column("Checked by a second person", number=True),
    )
    caption = "How much is in each table, and how much of it was checked?"
    return BookTable(
        "sizes", caption, columns, [Group("", rows)], "datapackage", frozenset(review.tables)
    )


def double_extraction(review: Review) -> BookTable:
    """Return how many values were read twice in each table, and how far both readings agreed."""
    whole = review.whole.printed
    rows_of = {name: frame.to_dict("records") for name, frame in whole.tables.items()}
    values, found = counted(whole.package, rows_of), list(readings(rows_of))
    groups = []
    # a person's row is shown though nobody has read anything
    for reader in dict.fromkeys(["person", *(one.reader for one in found)]):
        rows = []
        for name in TABLES:
            here = [one for one in found if (one.reader, one.table) == (reader, name)]
            same = sum(one.agrees for one in here)
            rows.append(
                [
                    whole.package.tables[name].title,
                    f"{values[name]:,}",
                    f"{len(here):,}",
                    f"{same:,} of {len(here):,} ({same / len(here):.0%})" if here else "not known",
                    f"{sum(one.same_number for one in here):,}",
                    f"{sum(not (one.agrees or one.same_number) for one in here):,}",
                ]
            )
        groups.append(Group(f"Read a second time by a {reader}", rows))
    columns = (
        Column("Table"),
        Column("Values", number=True),
        Column("Read twice", number=True),
        Column("Same as printed", number=True),
        Column("Same number, printed otherwise", number=True),
        Column("Different", number=True),
    )
    caption = "How far did two readings of the sources agree?"
    basis = "Counted over printed numbers, and over what is claimed of a comparison."
    return BookTable(
        "double-extraction", caption, columns, groups, "", frozenset(TABLES), basis=basis
    )


def accounting(book_tables: Sequence[BookTable]) -> BookTable:
    """Return, for each table of the book, rows in the data, shown, and left out with reasons."""
    rows = []
    for table in book_tables:
        reasons: dict[str, int] = {}
        for why in table.left_out.values():
            reasons[why] = reasons.get(why, 0) + 1
        rows.append(
            [
                table.caption,
                Markup("<code>{}.csv</code>").format(table.source),
                str(len(table.shown) + len(table.left_out)),
                str(len(table.shown)),
                str(len(table.left_out)),
                "; ".join(f"{count} {why}" for why, count in reasons.items()),
            ]
        )
    columns = (
        Column("Table of the book"),
        Column("Rows from"),
        Column("In the data", number=True),
        Column("Shown", number=True),
        Column("Left out", number=True),
        Column("Reasons"),
    )
    caption = "Is every row of the data shown, or left out for a reason?"
    names = frozenset(table.name for table in book_tables)
    return BookTable("accounting", caption, columns, [Group("", rows)], "book tables", names)


def claims_ledger(review: Review) -> BookTable:
    """Return each conclusion of the book with its rule and how the data stand to it."""
    rows = [
        [
            verdict.sentence,
            Markup('<a href="{}.html">{}</a>').format(
                f"../{verdict.page}" if "/" not in verdict.page else verdict.page.split("/")[1],
                verdict.page,
            ),
            verdict.rule,
            str(verdict.count),
        ]
        for verdict in check_claims(review)
    ]
    columns = (Column("Sentence"), Column("Page"), Column("Rule"), Column("Rows now", number=True))
    caption = "Which rule must hold for each conclusion of this book?"
    shown = frozenset(review.claims["claim_id"])
    return BookTable("claims", caption, columns, [Group("", rows)], "claims", shown, folded=True)


def versions(review: Review) -> BookTable:
    """Return the versions that this copy of the book was built with."""
    rows = [["Data package", review.package.version], ["Python", platform.python_version()]]
    rows += [[name, version(name)] for name in SHOWN_PACKAGES]
    columns = (Column("Part"), Column("Version", number=True))
    caption = "Which versions built this copy?"
    names = frozenset(row[0] for row in rows)
    return BookTable("versions", caption, columns, [Group("", rows)], "versions", names)
