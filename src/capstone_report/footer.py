"""
Footers: what stands below a table, at the end of its file.

Knows blank lines and notes; does not know types. A footer is told by the blank
line that parts it from the table, and by not being rows: a last row that is
only cut off is not taken for one.
"""

from __future__ import annotations

import re

from capstone_report.blocks import Block, decoded
from capstone_report.layout import Layout
from capstone_report.records import cells_of

_LINES = 20
_BYTES = 1 << 16
_TOTAL = re.compile(r"((grand |sub)?totals?|sum|summe|gesamt|totale|somme)\b", re.IGNORECASE)


def without_footer(block: Block, layout: Layout) -> tuple[bytes, tuple[str, ...]]:
    """
    Return the rows of a block, and the lines of the footer if the file ends with one.

    That is lines after a blank one that have not a cell for each column, have a value
    in the first of three or more only, or a word such as "Total" there.
    """
    if not block.is_last or len(layout.columns) < 2:
        return block.data, ()
    tail = block.data[-_BYTES:].splitlines(keepends=True)[-_LINES:]
    texts = [decoded(line) for line in tail]
    end = len(texts)
    while end and not texts[end - 1].strip():
        end -= 1
    blank = next((i for i in range(end - 1, 0, -1) if not texts[i].strip()), 0)
    # Where blank lines stand between rows, too, they part nothing.
    if not blank or any(not each.strip() for each in texts[:blank]):
        return block.data, ()
    if not all(_is_note(each, layout) for each in texts[blank + 1 : end]):
        return block.data, ()
    cut = len(block.data) - sum(map(len, tail[blank:]))
    quote = layout.marks.quote.encode()
    if quote and block.data[:cut].count(quote) % 2:  # a cell may hold a blank line
        return block.data, ()
    return block.data[:cut], tuple(each.rstrip("\r\n") for each in texts[blank + 1 : end])


def _is_note(line: str, layout: Layout) -> bool:
    cells = cells_of(line, layout.marks)
    if len(cells) != len(layout.columns):
        return True
    if _TOTAL.match(cells[0].strip()):
        return True
    return len(cells) > 2 and not any(each.strip() for each in cells[1:])
