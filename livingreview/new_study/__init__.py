"""The command ``livingreview new-study``: a citation in, an entry and rows with blanks out."""
