"""What a mark in a table opens on a screen, as numbered notes under the table."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

from livingreview.tables.base import LEGEND, MARK

PRINTED_LEGEND = (
    f"{MARK} and a number lead to a note below: what the source prints there, and why we correct "
    "or doubt it."
)
_FOOT = "p.lr-table-foot"


def set_notes(article: Tag, prefix: str) -> None:
    """Replace each mark that opens a note by the mark and a number; put the notes under the table.

    A note that several marks of a table open stands there once.

    Parameters
    ----------
    article : Tag
        Content of a page; it is changed.
    prefix : str
        What the identifiers of the notes begin with.
    """
    build = BeautifulSoup("", "html.parser")
    for place, table in enumerate(article.select("table.lr-table"), start=1):
        numbers: dict[str, int] = {}
        listed = build.new_tag("ol", attrs={"class": "notes"})
        for note in table.select("details.lr-note"):
            mark, text = note.find("summary"), note.find("span", recursive=False)
            known = len(numbers)
            number = numbers.setdefault(text.decode_contents(), known + 1)
            anchor = f"{prefix}.note-{place}-{number}"
            if len(numbers) > known:
                text.name = "li"
                text["id"] = anchor
                listed.append(text.extract())
            link = build.new_tag("a", attrs={"href": f"#{anchor}", "class": "note"})
            link.extend(list(mark.contents))
            raised = build.new_tag("sup", string=str(number))
            link.append(raised)
            note.replace_with(link)
        if not numbers:
            continue
        foot = table.find_parent("div", class_="lr-table-frame").find_next_sibling("p")
        foot.string = foot.get_text().replace(LEGEND, PRINTED_LEGEND)
        foot.insert_after(listed)
