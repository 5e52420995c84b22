"""The same table gives the same profile, to the byte, however it lies on disk and in memory."""

import json
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from capstone_report import loaded_table, row_sample
from capstone_report.column_type import type_of
from capstone_report.load_report import LoadedFile, LoadReport, with_report
from capstone_report.profile import Profile
from capstone_report.profile_page import profile_page
from capstone_report.profiling import profile_file, profile_table

ROWS = st.lists(
    st.tuples(
        st.integers(-5, 5) | st.none(),
        st.floats(allow_nan=True, allow_infinity=True) | st.none(),
        st.sampled_from(["a", "b", "é", "x@y.org", "2024-01-01", " "]) | st.none(),
        st.booleans() | st.none(),
        st.dates(date(1969, 1, 1), date(2030, 1, 1)) | st.none(),
        st.datetimes(datetime.fromisoformat("1969-01-01"), datetime.fromisoformat("2030-01-01")),
    ),
    max_size=40,
)
TYPES = {
    "whole": pa.int64(),
    "decimal": pa.float64(),
    "word": pa.string(),
    "truth": pa.bool_(),
    "day": pa.date32(),
    "time": pa.timestamp("us"),
}


def as_loaded(arrays: dict[str, pa.Array]) -> pa.Table:
    """Return columns as a table that two files were loaded into."""
    count = len(next(iter(arrays.values())))
    sizes = {"a.csv": count // 2, "b.csv": count - count // 2}
    files = tuple(
        LoadedFile(file=name, rows_read=n, rows_loaded=n, rows_rejected=0, columns=len(arrays))
        for name, n in sizes.items()
    )
    types = {name: type_of(each.type) for name, each in arrays.items()}
    report = LoadReport.model_validate({"files": files, "types": types, "source_column": "_source"})
    origins = [name for name, n in sizes.items() for _ in range(n)]
    return with_report(pa.table(arrays | {"_source": pa.array(origins, pa.string())}), report)


def table_of(rows: list[tuple[object, ...]]) -> pa.Table:
    """Return rows as a table that two files were loaded into."""
    columns = list(zip(*rows, strict=True)) or [()] * len(TYPES)
    return as_loaded(
        {
            name: pa.array(list(values), kind)
            for (name, kind), values in zip(TYPES.items(), columns, strict=True)
        }
    )


@settings(max_examples=40)
@given(ROWS, st.integers(1, 7), st.integers(1, 7))
def test_row_groups_and_chunks_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[object, ...]],
    groups: int,
    chunks: int,
) -> None:
    """Row groups of any size, and chunks of any size in memory, give the same document."""
    table = table_of(rows)
    path = tmp_path_factory.getbasetemp() / "loaded.parquet"
    whole = profile_table(table).model_dump_json()
    parquet.write_table(table, path, row_group_size=groups)

    assert profile_file(path).model_dump_json() == whole
    parts = [table.slice(start, chunks) for start in range(0, len(rows), chunks)]
    if parts:
        assert profile_table(pa.concat_tables(parts)).model_dump_json() == whole


@settings(max_examples=40)
@given(ROWS)
def test_every_profile_is_a_document(rows: list[tuple[object, ...]]) -> None:
    """Whatever is in a table, its profile is JSON without NaN, reads back, and has a page."""
    profile = profile_table(table_of(rows))
    text = json.dumps(profile.model_dump(mode="json"), allow_nan=False)

    assert Profile.model_validate_json(text) == profile
    assert profile_page(profile).startswith("# Profile\n")


def test_threads_do_not_matter(tmp_path: Path) -> None:
    """A table of many numbers has the same profile with one thread and with many."""
    count = 3_000
    numbers = {
        f"n{k}": pa.array(
            [(i * (7919 + k) % 1009) / 8 if i % (k + 2) else None for i in range(count)]
        )
        for k in range(30)
    }
    table = as_loaded(numbers)
    parquet.write_table(table, tmp_path / "loaded.parquet", row_group_size=700)
    code = "import sys, pathlib; from capstone_report.profiling import profile_file; "
    code += "print(profile_file(pathlib.Path(sys.argv[1])).model_dump_json())"
    found = [
        subprocess.run(
            [sys.executable, "-c", code, tmp_path / "loaded.parquet"],
            env=os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "4")
    ]

    assert found[0] == found[1]
    assert Profile.model_validate_json(found[0]).table.rows == count


def test_blocks_of_columns_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns read one by one, and again to count in all rows, are those of the table in memory."""
    monkeypatch.setattr(row_sample, "MOST_ROWS", 50)
    count = 400
    table = as_loaded(
        {
            "city": pa.array([f"c{i % 20}" for i in range(count)]),
            "city.code": pa.array([i % 20 for i in range(count)]),
            "land": pa.array([f"l{i % 20 // 5}" for i in range(count)]),
            "turn": pa.array([i // 20 for i in range(count)]),
        }
    )
    parquet.write_table(table, tmp_path / "loaded.parquet", row_group_size=64)
    whole = profile_table(table)

    assert whole.relations.rows == 50
    assert [(each.determinant, each.dependent) for each in whole.relations.dependencies] == [
        ("city", "city.code"),
        ("city", "land"),
        ("city.code", "land"),
    ]
    assert ("city", "turn") in whole.relations.keys
    for cells in (1, 2 * count, 10 * count):
        monkeypatch.setattr(loaded_table, "CELLS_AT_ONCE", cells)
        assert profile_file(tmp_path / "loaded.parquet") == whole


def test_a_table_without_its_story(tmp_path: Path) -> None:
    """A Parquet file that `load` did not write is refused with the reason."""
    parquet.write_table(pa.table({"x": [1]}), tmp_path / "other.parquet")

    with pytest.raises(ValueError, match="carries no load report"):
        profile_file(tmp_path / "other.parquet")
