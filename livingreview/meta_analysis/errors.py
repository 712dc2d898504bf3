"""Errors the statistics raise, all of them kinds of ``ValueError``."""


class DuplicateStudyError(ValueError):
    """Two rows carry the same study label and nobody said how to combine them."""


class TooFewStudiesError(ValueError):
    """The method is not defined, or not to be trusted, for so few studies."""


class ConvergenceError(ValueError):
    """An iterative estimate did not settle within the allowed number of steps."""


class TableError(ValueError):
    """A table cannot be used.

    Attributes
    ----------
    faults : tuple of str
        One line per fault, naming file, line, column, value and remedy.
    """

    def __init__(self, faults: list[str]) -> None:
        """Keep the faults.

        Parameters
        ----------
        faults : list of str
            One line per fault.
        """
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
