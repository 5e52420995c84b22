"""
Quotes of a whole file: whether they stand around fields, or are text.

Knows how to ask all rows; does not know values. One that is never closed takes
in all rows up to the next one, so the reading that more rows fit is the right
one, unless a column is quoted throughout: then a quote is only missing.
"""

from __future__ import annotations

from dataclasses import replace

from capstone_report.blocks import blocks_of
from capstone_report.dialect import NO_QUOTE
from capstone_report.layout import CsvFile, Layout
from capstone_report.rows import has_quoted_column, read_rows


def with_quotes_of_all(file: CsvFile, layout: Layout) -> Layout:
    """Return *layout* with the quotes that all rows of *file* speak for."""
    quoted = replace(layout, is_quote_sure=True)
    plain = replace(quoted, marks=quoted.marks._replace(quote=NO_QUOTE, escape=""))
    fit_quoted = fit_plain = 0
    is_column_quoted = False
    for block in blocks_of(file, quoted):
        fit_quoted += read_rows(block, quoted, ()).table.num_rows
    for block in blocks_of(file, plain):
        table = read_rows(block, plain, ()).table
        fit_plain += table.num_rows
        is_column_quoted |= has_quoted_column(table, layout.marks.quote)
    return plain if fit_plain > fit_quoted and not is_column_quoted else quoted
