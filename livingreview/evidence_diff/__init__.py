"""The evidence diff: what a change to the data makes of rows, results, conclusions and pages.

Reading order: `command` finds two `sides`, `like_columns` and `reading` read and compute each, and
`compare` puts together what `rows`, `findings` and `pages` say of both; `markdown` and `page` write
the `report`.
Both sides are read and computed with the code of this package, so a difference is one of the data
or of the prose, never one of the code.
"""
