"""A page for each study: every value with its place, what was corrected, audited and judged.

`StudyPages` arranges the whole review once; its `page` then costs only what one study holds.

Reading order: `records` (rows by study), `values` (a row as name, value and place), `sections`
(tables of values), `computed` (effects, audit and doses, once for all), `sentence`, `report` and
`places` (what the page says of the study, how a reader reports a problem, where the book shows
it), `template` and `pages`.
"""

from livingreview.study_pages.pages import Site, StudyPage, StudyPages
from livingreview.study_pages.places import FIGURE, Use, question, uses_on_page

__all__ = ["FIGURE", "Site", "StudyPage", "StudyPages", "Use", "question", "uses_on_page"]
