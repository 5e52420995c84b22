"""
Rejections: the rows that are not in the table, by file, line and reason.

Knows how many there may be, and the file they go to; does not know why a row
does not fit.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from capstone_report.errors import TableError
from capstone_report.load_report import RejectedRow
from capstone_report.rows import Rows
from capstone_report.wording import counted

COLUMNS = ("file", "line", "reason", "record")
"""Of `rejected.csv`: where a row stands, why it does not fit, and the row as it stands."""
_FEWEST_TO_JUDGE = 10
"""So many rows must not fit before the header is suspected instead."""
_SHOWN = 5


@dataclass(slots=True, kw_only=True)
class Rejections:
    """
    Rows that do not fit.

    Attributes:
        limit: How many there may be; only as many are kept, and one more.
        rows: Those that are kept, in order.
        records: Each of them as it stands.
        count: How many there are.
        loaded: By file, how many rows fit; and how many do not.
    """

    limit: int
    rows: list[RejectedRow] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    count: int = 0
    loaded: dict[str, tuple[int, int]] = field(default_factory=dict)

    def begin(self) -> None:
        """Forget all: the files are read anew."""
        self.rows.clear()
        self.records.clear()
        self.loaded.clear()
        self.count = 0

    def take(self, file: str, rows: Rows) -> None:
        """Take the rows in that do not fit in a block of *file*."""
        loaded, rejected = self.loaded.get(file, (0, 0))
        self.loaded[file] = (loaded + rows.table.num_rows, rejected + len(rows.misfits))
        self.count += len(rows.misfits)
        for each in rows.misfits[: max(0, self.limit + _SHOWN - len(self.rows))]:
            self.rows.append(RejectedRow(file=file, line=each.line, reason=each.reason))
            self.records.append(each.record)

    def write(self, path: Path) -> None:
        """Write the rows that are kept as a CSV file."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for row, record in zip(self.rows, self.records, strict=True):
                writer.writerow([row.file, row.line, row.reason, record])


def refuse_rejected(rejections: Rejections) -> None:
    """
    Refuse more misfits than allowed, and a file whose header seems to be none.

    Raises:
        TableError: There are such.
    """
    facts = {f"{row.file}:{row.line}": row.reason for row in rejections.rows[:_SHOWN]}
    more = rejections.count - _SHOWN
    facts |= {"and": f"{more:,} more"} if more > 0 else {}
    for file, (loaded, rejected) in rejections.loaded.items():
        if rejected >= max(_FEWEST_TO_JUDGE, loaded):
            raise TableError(
                f"most rows of {file} do not fit its header",
                facts=facts,
                hint="Say what stands there in capstone.toml, under [params.load]: skip_lines and "
                "header_rows for what is above the rows, delimiter and quote for what is in them.",
            )
    if rejections.count > rejections.limit:
        raise TableError(
            f"{counted(rejections.count, 'row')} could not be read, "
            f"and at most {rejections.limit:,} may",
            facts=facts,
            hint="Mend them, or allow more in capstone.toml: [params.load] max_rejected",
        )
