"""What the first page says before all else: the answers, and how current they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jinja2 import Environment

from livingreview.currency import Clock, clock
from livingreview.data import Review
from livingreview.tables.by_judgement import CERTAINTY
from livingreview.tables.phrases import Row, records

# Sign and word of each grade; a screen reader is told the word alone.
SIGNS = {grade: text.removesuffix(grade).strip() or "◯◯◯◯" for grade, text in CERTAINTY.items()}
CHOSEN = "answered_on"

_JINJA = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_JINJA.filters["day"] = lambda day: f"{day:%-d %B %Y}"
_ANSWERS = _JINJA.from_string(
    """\
<ul class="lr-answers">
{% for row in rows %}
<li id="answer-{{ row.certainty_id }}">
<p class="lr-question"><a href="{{ row.answered_on }}.html">{{ row.question }}</a></p>
<p>{{ row.sentence }}
<span class="lr-certainty"><span aria-hidden="true">{{ signs[row.certainty] }}</span> \
{{ row.certainty }}{{ " certainty" if row.certainty != "no evidence" }}</span></p>
</li>
{% endfor %}
</ul>
"""
)
_CLOCK = _JINJA.from_string(
    """\
<dl class="lr-clock" id="clock" data-due="{{ now.due }}">
<div><dt>Evidence current to</dt>
<dd><time datetime="{{ now.current_to }}">{{ now.current_to|day }}</time>
<span class="lr-quiet lr-line">
{{ "the day of the last search" if now.searched else \
"the day on which the last studies were added; no search of our own has been run yet" }}
</span></dd></div>
<div><dt>Last change</dt>
<dd><time datetime="{{ now.changed }}">{{ now.changed|day }}</time>
<span class="lr-quiet lr-line">{{ now.change }}</span></dd></div>
<div><dt>Next update due</dt>
<dd><time datetime="{{ now.due }}">{{ now.due|day }}</time>
<strong id="clock-state" role="status"></strong>
<span class="lr-quiet lr-line">{{ interval }}; after that day the review is overdue</span>\
</dd></div>
<div><dt>Values checked by a second person</dt>
<dd>{{ "{:,}".format(now.checked) }} of {{ "{:,}".format(now.values) }}</dd></div>
</dl>
<script defer src="clock.js"></script>
"""
)


@dataclass(frozen=True, repr=False)
class Answers:
    """Questions with their answers, each with its certainty, leading to the chapter that answers.

    Attributes
    ----------
    rows : list of mapping
        Rows of the table ``certainty`` that a page of the book answers, in their order.
    caption : str
        What it is called where changes of it are listed; the page has a heading instead.
    """

    rows: list[Row]
    caption: ClassVar[str] = "The answers so far"

    def __repr__(self) -> str:
        """Return the answers, for readers of text alone."""
        return "\n".join(f"{row['sentence']} ({row['certainty']})" for row in self.rows)

    def _repr_html_(self) -> str:
        return _ANSWERS.render(rows=self.rows, signs=SIGNS)


@dataclass(frozen=True, repr=False)
class ClockFace:
    """How current the review is; a script on the page says when the next update is overdue.

    Without JavaScript the days stand there, and what follows after the last of them.

    Attributes
    ----------
    now : Clock
        The days and numbers.
    caption : str
        What it is called where changes of it are listed; the page has a heading instead.
    """

    now: Clock
    caption: ClassVar[str] = "How current this is"

    def __repr__(self) -> str:
        """Return the days, for readers of text alone."""
        return f"Evidence current to {self.now.current_to}, next update due {self.now.due}"

    def _repr_html_(self) -> str:
        months = self.now.months
        interval = "an update every month" if months == 1 else f"an update every {months} months"
        return _CLOCK.render(now=self.now, interval=interval)


def answers(review: Review) -> Answers:
    """Return what the first page answers: the questions that name a page, in their order."""
    frame = review.certainty
    return Answers(records(frame[frame[CHOSEN] != ""]))


def honest_clock(review: Review) -> ClockFace:
    """Return to which day the evidence is current, when it changed, and when it is due again."""
    return ClockFace(clock(review))
