"""Days as people and spreadsheets write them, read only to say which day may be meant."""

from __future__ import annotations

import re
from datetime import date, timedelta

ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# No row of this review is older than the first edition's century or made after its last year.
YEARS = range(1990, 2100)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MONTH = f"({'|'.join(MONTHS)})"
# 1-2, 3/4 and MARCH1 become such texts in a cell that no one typed a day into.
_MANGLED = re.compile(
    rf"[0-9]{{1,2}}-{_MONTH}(-[0-9]{{2,4}})?|{_MONTH}-[0-9]{{2,4}}|[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{2,4}}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2} 00:00:00"
)
_SERIAL = re.compile(r"[2-9][0-9]{4}")
_FIRST_SERIAL = date(1899, 12, 30)


def mangled(text: str) -> bool:
    """Whether a text is one that spreadsheets make of a range or a name."""
    # a quick look first: this is asked of every cell
    return len(text) < 20 and text[:1].isalnum() and bool(_MANGLED.fullmatch(text))


def is_day(text: str) -> bool:
    """Whether a text is a day as this review writes it: year-month-day."""
    return bool(ISO.fullmatch(text)) and _day(*text.split("-")) is not None


def days_meant(text: str) -> list[str]:
    """Return the days that a text in another form may mean, as year-month-day, none twice."""
    if _SERIAL.fullmatch(text):
        days = [_FIRST_SERIAL + timedelta(days=int(text))]
        return [day.isoformat() for day in days if day.year in YEARS]
    text = re.sub(r"[ T][0-9]{2}:[0-9]{2}.*$", "", text)
    parts = [part for part in re.split(r"[-/. ,]+", text) if part]
    if len(parts) != 3 or not all(part.isascii() and part.isalnum() for part in parts):
        return []
    named = [part for part in parts if part[:3].title() in MONTHS and part.isalpha()]
    if named:
        first, last = (part for part in parts if part != named[0])
        orders = [(last, named[0], first)]
    elif len(parts[0]) == 4:
        orders = [tuple(parts)]
    else:
        orders = [(parts[2], parts[1], parts[0]), (parts[2], parts[0], parts[1])]
    days = [_day(*order) for order in orders]
    return list(dict.fromkeys(day.isoformat() for day in days if day))


def _day(year: str, month: str, day: str) -> date | None:
    if month[:3].title() in MONTHS:
        month = str(MONTHS.index(month[:3].title()) + 1)
    try:
        found = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None
    return found if found.year in YEARS else None
