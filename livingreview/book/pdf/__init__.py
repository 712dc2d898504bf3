"""The whole book as one PDF that reads like a book.

It is made of the very pages of the built site, so that no chapter runs again and nothing in it can
differ from the site. Reading order: `chapters` (a page of the site as a chapter) with `notes` (what
a mark opens on a screen stands under its table), `document` (cover, contents and chapters as one
page, set by ``book.css``), `chromium` (the browser that prints it), `make` (the command), `whole`
(what a PDF must hold to be published).
"""
