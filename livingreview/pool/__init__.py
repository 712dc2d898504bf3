"""The command ``livingreview pool``: a reader's own CSV file in, a pooled estimate out."""
