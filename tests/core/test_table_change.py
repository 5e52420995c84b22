"""Two tables are compared by a key, by place or by what their rows hold."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.table_change import Spread, Table, ValueChange, compare_tables

HUGE = st.sampled_from([10**400, -(10**400), 1e308, -1e308])
NUMBERS = st.integers(-5, 5) | st.floats(allow_nan=True, width=16) | st.none() | HUGE


def table(**columns: list[Any]) -> Table:
    """Return a table; what its values are is told from the first of each column."""
    types = {name: type(values[0]).__name__ if values else "" for name, values in columns.items()}
    return Table(types=types, columns=columns)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table with a column of names, all different, and one of numbers."""
    names = draw(st.lists(st.integers(0, 20).map(str), unique=True, max_size=8))
    numbers = st.lists(NUMBERS, min_size=len(names), max_size=len(names))
    return Table({"name": "str", "number": "float"}, {"name": names, "number": draw(numbers)})


@given(tables())
def test_a_table_does_not_differ_from_itself(given_table: Table) -> None:
    """Whatever it holds, a NaN among it."""
    change = compare_tables(given_table, given_table)

    assert (change.columns, change.added, change.removed) == ((), 0, 0)
    assert (change.added_columns, change.removed_columns, change.is_reordered) == ((), (), False)


@given(tables(), tables())
def test_what_was_added_and_removed_accounts_for_the_number_of_rows(
    then: Table, now: Table
) -> None:
    """However rows are told apart."""
    change = compare_tables(then, now)

    assert then.rows - change.removed + change.added == now.rows


@given(tables(), st.data())
def test_a_value_that_is_another_is_named_by_its_row(then: Table, data: st.DataObject) -> None:
    """With what it was and what it is, wherever the row stands now."""
    if not then.rows:
        return
    row = data.draw(st.integers(0, then.rows - 1))
    numbers = [*then.columns["number"]]
    before = numbers[row]
    numbers[row] = 1000
    order = data.draw(st.permutations(range(then.rows)))
    columns = {"name": then.columns["name"], "number": numbers}
    now = Table(then.types, {n: [values[i] for i in order] for n, values in columns.items()})

    change = compare_tables(then, now)

    [column] = change.columns
    told = ValueChange(
        then.columns["name"][row], "nothing" if before is None else str(before), "1000"
    )
    assert (change.key, column.name, column.changed) == ("name", "number", 1)
    assert column.examples == (told,)


def test_numbers_that_drift_are_told_with_how_they_lie() -> None:
    """Also where no row can be compared with another."""
    change = compare_tables(table(x=[1, 1, 4]), table(x=[1, 1, 4, None, math.nan, 10]))

    assert (change.rows, change.key, change.removed, change.added) == ((3, 6), "", 0, 3)
    [column] = change.columns
    assert column.drift == (
        Spread(missing=0, least=1, mean=2.0, most=4),
        Spread(missing=2, least=1, mean=4.0, most=10),
    )


def test_columns_that_come_go_move_or_become_another_sort_are_told() -> None:
    """The schema comes first."""
    then = table(a=[1, 1], b=["x", "x"], c=[0, 0])
    now = table(b=["x", "x"], a=["1", "1"], d=[0, 0])

    change = compare_tables(then, now)

    assert (change.removed_columns, change.added_columns) == (("c",), ("d",))
    assert change.is_reordered
    assert [(each.name, each.types) for each in change.columns] == [("a", ("int", "str"))]
