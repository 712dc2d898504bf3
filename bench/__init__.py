"""What building the book costs, measured against other ways of doing it. Run by ``make bench``."""
