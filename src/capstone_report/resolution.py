"""
Resolution: which type a column has, and how each file writes it.

Knows the evidence of each file; does not know cells. What the cells of one
column leave open (is the day first, is the comma a decimal one) is told by the
other files, and by the other columns of the same file; else it stays text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from capstone_report.column_type import ColumnType, arrow_type_of, joined
from capstone_report.date_writing import DAY_FIRST, OTHER_DAYS, order_of
from capstone_report.evidence import Evidence
from capstone_report.writing import EMPTY, FLOAT, TEXT, Writing

Evidences = Sequence[Mapping[str, Evidence]]
"""For each file, by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlan:
    """
    How a column is loaded.

    Attributes:
        type: Its type in the table.
        arrow_type: The Arrow type for that.
        writings: How each file that has the column writes it, by the file's position.
        own: The writing that each would have if there were only this file.
        ambiguous: The ways in which its dates could be read, where it is text for that.
    """

    type: ColumnType
    arrow_type: pa.DataType
    writings: Mapping[int, Writing]
    own: Mapping[int, Writing]
    ambiguous: tuple[str, ...] = ()

    def loads_as(self, other: ColumnPlan) -> bool:
        """Tell whether a table loaded by *other* is the same."""
        return (self.arrow_type, self.type, self.writings) == (
            other.arrow_type,
            other.type,
            other.writings,
        )


def resolve(names: Sequence[str], files: Evidences) -> dict[str, ColumnPlan]:
    """Return how each of the columns *names* is loaded, given what its files have shown."""
    usable: dict[str, dict[int, list[Writing]]] = {}
    for name in names:
        shown = {i: file[name] for i, file in enumerate(files) if name in file}
        usable[name] = _usable(shown)
    decimals = _decimals(usable, files)
    for name, found in usable.items():
        for i, writings in found.items():
            if decimals[i] == ",":  # what the file does elsewhere, this column needs not prove
                writings += [
                    each
                    for each in files[i][name].live or ()
                    if each.decimal == "," and not each.thousands and each not in writings
                ]
    orders = _orders(usable, files)
    for i, decimal in enumerate(decimals):
        if decimal == ",":  # who writes 1,5 does not put the month first
            orders.setdefault(i, DAY_FIRST)
    return {
        name: _planned(
            {i: file[name] for i, file in enumerate(files) if name in file},
            {i: _ranked(found, decimals[i]) for i, found in usable[name].items()},
            orders,
            name,
        )
        for name in names
    }


def _usable(shown: Mapping[int, Evidence]) -> dict[int, list[Writing]]:
    """Return for each file the writings of which all that they need was seen in some file."""
    facts: dict[Writing, set[str]] = defaultdict(set)
    for evidence in shown.values():
        for writing, seen in evidence.facts.items():
            facts[writing] |= seen
    return {
        i: [
            each
            for each in evidence.live or ()
            if each.needs <= facts[each] or _is_declared(each, evidence)
        ]
        for i, evidence in shown.items()
    }


def _is_declared(writing: Writing, evidence: Evidence) -> bool:
    """Tell whether the user said that numbers are written so."""
    dialect = evidence.dialect
    return writing.type in {ColumnType.INTEGER, ColumnType.FLOAT} and (
        (dialect.thousands == writing.thousands != "")
        or (dialect.decimal == writing.decimal == "," and not writing.thousands)
    )


def _decimals(usable: Mapping[str, Mapping[int, list[Writing]]], files: Evidences) -> list[str]:
    """Return the decimal mark of each file: a comma where some column can mean nothing else."""
    marks = [next(iter(file.values())).dialect.decimal if file else None for file in files]
    for found in usable.values():
        for i, writings in found.items():
            kinds = {each.decimal for each in writings if each.type is ColumnType.FLOAT}
            if kinds == {","} and not any(each.thousands == "," for each in writings):
                marks[i] = marks[i] or ","
    return [mark or "." for mark in marks]


def _ranked(writings: list[Writing], decimal: str) -> list[Writing]:
    """Put first what goes with the decimal mark of the file."""
    if decimal == ".":
        return writings
    misread = [
        each for each in writings if each.thousands == "," or (each is FLOAT and len(writings) > 1)
    ]
    return [*(each for each in writings if each not in misread), *misread]


def _orders(
    usable: Mapping[str, Mapping[int, list[Writing]]], files: Evidences
) -> dict[int | str | None, str]:
    """Return the order of a date's parts where it is certain: by file, by column, and in all."""
    seen: dict[int | str | None, set[str]] = defaultdict(set)
    declared: dict[int | str | None, str] = {}
    for name, found in usable.items():
        for i, writings in found.items():
            if (said := files[i][name].dialect.date_order) is not None:
                declared[i] = said
            orders = {order_of(each) for each in writings} - {""}
            if len(orders) == 1:
                for key in (i, name, None):
                    seen[key] |= orders
    return {key: next(iter(orders)) for key, orders in seen.items() if len(orders) == 1} | declared


def _planned(
    shown: Mapping[int, Evidence],
    usable: Mapping[int, list[Writing]],
    orders: Mapping[int | str | None, str],
    name: str,
) -> ColumnPlan:
    """Choose the type that holds the values of all files, and a writing for each."""
    ordered = {
        i: _in_order(found, shown[i], (i, name, None), orders) for i, found in usable.items()
    }
    undecided = [usable[i] for i, found in ordered.items() if found is None]
    best = {i: EMPTY if shown[i].is_empty() else next(iter(ordered[i] or ()), TEXT) for i in shown}
    wanted = joined(each.type for each in best.values())
    writings = {i: _writing_as(wanted, best[i], ordered[i] or ()) for i in best}
    doubtful = any(each.has_only_doubtful_words() for each in shown.values())
    if None in writings.values() or (wanted is ColumnType.EMPTY and doubtful):
        wanted = ColumnType.TEXT
        writings = dict.fromkeys(best, TEXT)
    nanoseconds = any(each.needs_nanoseconds for each in shown.values())
    return ColumnPlan(
        type=wanted,
        arrow_type=arrow_type_of(wanted, nanoseconds=nanoseconds),
        writings={i: each for i, each in writings.items() if each is not None},
        own=best,
        ambiguous=tuple(each.style for each in undecided[0] if order_of(each)) if undecided else (),
    )


def _in_order(
    writings: list[Writing],
    evidence: Evidence,
    keys: tuple[int | str | None, ...],
    orders: Mapping[int | str | None, str],
) -> list[Writing] | None:
    """Leave out the dates of the other order; None if nothing tells which that is."""
    dates = [each for each in writings if order_of(each)]
    if len({order_of(each) for each in dates}) <= 1:
        return writings
    order = next((orders[key] for key in keys if key in orders), None)
    if order is None:
        # Read one way all are firsts of a month, over years: no daily table is like that.
        firsts = {
            order_of(each)
            for each in dates
            if OTHER_DAYS not in evidence.facts[each] and len(evidence.facts[each]) > 1
        }
        if len(firsts) != 1:
            return None
        order = next(iter(firsts))
    return [each for each in writings if order_of(each) in {"", order}]


def _writing_as(wanted: ColumnType, best: Writing, usable: Sequence[Writing]) -> Writing | None:
    """Return how a file writes what becomes a *wanted*; None if that would lose something."""
    if wanted is ColumnType.TEXT:
        return TEXT
    if best.type in {ColumnType.EMPTY, wanted}:
        return best
    if wanted is ColumnType.TIMESTAMP and best.type is ColumnType.DATE:
        return best
    return next((each for each in usable if each.type is wanted), None)
