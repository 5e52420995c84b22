"""
File drift: columns whose values in one file are unlike those in the others.

Knows the blocks of rows that came from each file; does not know how files were
read. Limits are named here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np

from capstone_report.alert import Alert, AlertKind, Severity
from capstone_report.arrays import Array
from capstone_report.cells import Cells
from capstone_report.column_profile import BooleanColumn, Column, NumberColumn, TextColumn
from capstone_report.load_report import LoadReport
from capstone_report.number_statistics import quantile
from capstone_report.personal_data import masked
from capstone_report.wording import counted, share

SHIFT = 2.0
"""How many times the usual spread within a file (interquartile range) its median may be off."""
MIX_SHIFT = 0.3
"""How great a part of a file's values may be others than elsewhere (total variation)."""
MISSING_SHIFT = 0.3
"""How much more of a file's values may be missing than elsewhere."""
FEWEST_FOR_SHIFT = 30
"""How many values a file must have for its median to mean something."""
FEW_VALUES = 50
_MANY = 50
MOST_BLOCKS = 50_000
"""How many blocks, columns times files, are looked at."""


class FileDrift:
    """
    The rules for what differs from file to file.

    Args:
        load: How the files became the table.
    """

    def __init__(self, load: LoadReport) -> None:
        self._ranges = load.row_ranges()
        self._without = {each.file: set(each.missing_columns) for each in load.files}
        self._most = MOST_BLOCKS // max(len(self._ranges), 1)
        self.limit = ""
        if len(self._ranges) > 1 and len(load.types) > self._most:
            self.limit = (
                f"Files were compared in the first {counted(self._most, 'column')} "
                f"of {len(load.types):,}."
            )

    def alerts(self, column: Column, cells: Cells) -> Iterator[Alert]:
        """
        Say which file's values are unlike those of the others.

        Args:
            column: What is known of the column.
            cells: Its cells.
        """
        if len(self._ranges) < 2 or column.position > self._most or not column.count:
            return
        yield from self._about_missing(column, cells)
        if isinstance(column, NumberColumn):
            yield from self._about_numbers(column, cells)
        elif isinstance(column, TextColumn | BooleanColumn) and column.distinct <= FEW_VALUES:
            yield from self._about_mix(column, cells)

    def _blocks(self, cells: Cells) -> Iterator[tuple[str, Array]]:
        """Yield the values of each file that has enough of them."""
        for file, (start, end) in self._ranges.items():
            block = cells.data[start:end]
            if cells.valid is not None:
                block = block[cells.valid[start:end]]
            if block.dtype.kind == "f":
                block = block[np.isfinite(block)]
            if len(block) >= FEWEST_FOR_SHIFT:
                yield file, block

    def _about_missing(self, column: Column, cells: Cells) -> Iterator[Alert]:
        if cells.valid is None:
            return
        shares, sizes = {}, {}
        for file, (start, end) in self._ranges.items():
            if end - start >= FEWEST_FOR_SHIFT and column.name not in self._without[file]:
                sizes[file] = end - start
                shares[file] = 1 - float(np.count_nonzero(cells.valid[start:end])) / sizes[file]
        if len(shares) < 2:
            return
        usual = median(shares.values()) if len(shares) > 2 else min(shares.values())
        odd = [file for file in shares if shares[file] - usual >= MISSING_SHIFT]
        if odd and 2 * len(odd) <= len(shares):
            worst = max(odd, key=lambda file: shares[file])
            more = f" and {counted(len(odd) - 1, 'more file')}" if len(odd) > 1 else ""
            missing = round(shares[worst] * sizes[worst])
            yield _alert(
                column,
                AlertKind.MISSING_SHIFT,
                f"{column.name!r} is missing in {share(missing, sizes[worst])} of the rows "
                f"of {worst}{more}, and in {100 * usual:.3g} % of those of the other files.",
            )

    def _about_numbers(self, column: NumberColumn, cells: Cells) -> Iterator[Alert]:
        if column.type == "integer" and column.distinct > 0.95 * column.count:
            return  # numbers that only count on, such as those of orders
        middles, spreads = {}, {}
        for file, block in self._blocks(cells):
            ordered = np.sort(block)
            low, middles[file], high = (quantile(ordered, each) for each in (0.25, 0.5, 0.75))
            spreads[file] = high - low
        if len(middles) < 2:
            return
        usual, spread = median(middles.values()), median(spreads.values())
        for file, middle in middles.items():
            others = list(middles)
            if len(others) <= _MANY:  # of more, no single one moves the median
                others.remove(file)
                usual = median(middles[each] for each in others)
                spread = median(spreads[each] for each in others)
            # Of three files, one that is off pulls the median of the other two along.
            apart = len(others) >= 3 or all(
                abs(middle - middles[each]) > SHIFT * spreads[each] for each in others
            )
            if spread and apart and abs(middle - usual) > SHIFT * spread:
                yield _alert(
                    column,
                    AlertKind.SHIFT,
                    f"{column.name!r} lies elsewhere in {file}: its median is {middle:.6g} "
                    f"there and {usual:.6g} in the other files.",
                )

    def _about_mix(self, column: Column, cells: Cells) -> Iterator[Alert]:
        """Compare the shares of few values; a column that names the file differs in each."""
        counts = {
            file: np.bincount(block, minlength=max(2, column.distinct))
            for file, block in self._blocks(cells)
        }
        if len(counts) < 2:
            return
        total = sum(counts.values())
        odd = {}
        for file, own in counts.items():
            others = total - own
            apart = own / own.sum() - others / others.sum()
            chance = 0.5 * (column.distinct / int(own.sum())) ** 0.5
            if np.abs(apart).sum() / 2 - chance >= MIX_SHIFT:
                odd[file] = int(np.argmax(np.abs(apart)))
        if len(counts) > 2 and 2 * len(odd) > len(counts):
            return
        for file, code in odd.items():
            own, others = counts[file], total - counts[file]
            value = "" if column.personal else f" {_value(cells, code)!r} is"
            yield _alert(
                column,
                AlertKind.SHIFT,
                f"{column.name!r} has another mix in {file}:{value or ' one value is'} "
                f"{share(int(own[code]), int(own.sum()))} of it there and "
                f"{share(int(others[code]), int(others.sum()))} in the other files.",
            )
            if len(counts) == 2:
                return  # of two, each is unlike the other


def _value(cells: Cells, code: int) -> str:
    text = cells.texts[code].as_py()[:40] if len(cells.texts) else str(bool(code))
    return masked(text, None)


def _alert(column: Column, kind: AlertKind, text: str) -> Alert:
    return Alert(severity=Severity.HIGH, kind=kind, column=column.name, text=text)
