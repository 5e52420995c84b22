"""
Alerts: what deserves a look, as data.

Knows how alerts are ranked; does not know the rules that raise them
(`capstone_report.alert_rules`).
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Severity(StrEnum):
    """How much an alert matters; the gravest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AlertKind(StrEnum):
    """What an alert is about; the most telling first among those of one severity."""

    REJECTED_ROWS = "rejected rows"
    DELIMITER = "delimiter"
    MIXED_TYPES = "mixed types"
    TYPE_DRIFT = "type drift"
    SHIFT = "shift between files"
    MISSING_SHIFT = "missing in some files"
    MISSING_COLUMN = "missing column"
    EXTRA_COLUMN = "extra column"
    EMPTY_TABLE = "empty table"
    EMPTY_FILE = "empty file"
    DUPLICATES = "duplicates"
    PERSONAL = "personal data"
    PLACEHOLDER = "placeholder"
    INFINITE = "infinite"
    EXCEPTIONS = "exceptions to a dependency"
    SPELLINGS = "spellings"
    EMPTY = "empty"
    MOSTLY_MISSING = "mostly missing"
    GAPS = "gaps"
    RENAMED = "renamed columns"
    CONSTANT = "constant"
    CORRELATED = "correlated"
    MISSING_TOGETHER = "missing together"
    OUTLIERS = "outliers"
    SKEWED = "skewed"
    ZEROS = "many zeros"
    IMBALANCE = "imbalance"
    PADDED = "white space"
    ODD_SHAPES = "odd shapes"
    BIG_INTEGERS = "big integers"
    MISSING = "missing"
    HIGH_CARDINALITY = "high cardinality"
    UNIQUE = "unique"


class Alert(BaseModel):
    """
    One thing that deserves a look.

    Attributes:
        severity: How much it matters.
        kind: What it is about.
        column: The column; None if it is about the table or a file.
        text: One sentence with its figures, without personal data.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity
    kind: AlertKind
    column: str | None = None
    text: str

    def rank(self) -> tuple[int, int]:
        """Return where its severity and its kind stand among the others; less is more telling."""
        return list(Severity).index(self.severity), list(AlertKind).index(self.kind)
