"""
The problems that a reader of a report can fix: in the data, or with the model.

* CapstoneError                 (of the engine)
  + TableError                  the files are not one readable table
  + BudgetError                 the token budget holds not even the least
  + ModelError                  the model gave no usable summary

Any other exception that a stage of the bundled pipeline raises is our bug.
"""

from capstone_build import CapstoneError


class TableError(CapstoneError):
    """The CSV files cannot be read as one table."""


class BudgetError(CapstoneError):
    """The token budget is too small for any description of the table."""


class ModelError(CapstoneError):
    """The model, or the server that runs it, gave no usable summary."""
