"""
Values: what a stage's function is given for an input, and what it returns.

Knows annotations and file formats; does not know stages. Libraries are
imported where a value needs them: whoever annotates with a table has them.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from inspect import Parameter
from pathlib import Path, PurePath
from typing import Any

from capstone_build.errors import MissingExtraError

FORMS = (
    "Path, str, bytes, dict, list, pandas.DataFrame, pyarrow.Table or a pydantic model; "
    "list[...] of one of these for a pattern or a list"
)
TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".feather", ".arrow", ".json", ".jsonl")


class ConversionError(Exception):
    """A file is not what the annotation says, or a value has no form as a file."""


def unsupported(annotation: Any, is_list: bool) -> bool:
    """Tell whether no input can arrive as *annotation*; see `FORMS`."""
    if is_list:
        if annotation in _ANYTHING:
            return False
        return typing.get_origin(annotation) not in _SEQUENCES or any(
            unsupported(each, is_list=False)
            for each in typing.get_args(annotation)
            if each is not Ellipsis
        )
    return _reader(annotation) is None


def read_value(annotation: Any, paths: Sequence[Path], is_list: bool) -> Any:
    """
    Return what a function gets for an input.

    Args:
        annotation: That of the function's parameter.
        paths: What the input stands for; one path unless it is a list.
        is_list: Whether a list arrives.

    Raises:
        ConversionError: If a file is not what the annotation says.
    """
    if is_list:
        element = next(iter(typing.get_args(annotation)), Path)
        values = [read_one(element, path) for path in paths]
        return tuple(values) if typing.get_origin(annotation) is tuple else values
    return read_one(annotation, paths[0])


def read_one(annotation: Any, path: Path) -> Any:
    """Return the content of one file or folder as *annotation* says; see `read_value`."""
    reader = _reader(annotation)
    if reader is None:
        raise ConversionError(f"nothing arrives as {annotation!r}: use {FORMS}")
    try:
        return reader(path)
    except (ConversionError, MissingExtraError):
        raise
    except Exception as error:
        raise ConversionError(
            f"{path} cannot be read as {_spelled(annotation)}: {error}"
        ) from error


def write_value(value: Any, path: Path) -> None:
    """
    Write what a function returned; its type and the path's suffix decide how.

    Text and bytes are written as they are; tables as their suffix says; models,
    mappings, lists and numbers as JSON.

    Raises:
        ConversionError: If the value has no form as such a file.
    """
    if isinstance(value, str):
        path.write_text(value, encoding="utf-8", newline="\n")
    elif isinstance(value, bytes | bytearray | memoryview):
        path.write_bytes(value)
    elif _is_a(value, "pandas", "DataFrame"):
        _write_frame(value, path)
    elif _is_a(value, "pyarrow", "Table"):
        _write_table(value, path)
    elif value is None or isinstance(value, PurePath):
        raise ConversionError(
            f"the function returned {value!r} for {path.name}: return its content, or take the "
            "path as a parameter and write there"
        )
    else:
        try:
            text = json.dumps(
                value, indent=2, ensure_ascii=False, allow_nan=False, default=_as_plain
            )
        except (TypeError, ValueError) as error:
            raise ConversionError(
                f"a {type(value).__name__} cannot be written to {path.name}: {error}"
            ) from None
        path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings from column to value."""
    rows: list[dict[str, Any]] = _read_table(path).to_pylist()
    return rows


def _reader(annotation: Any) -> Callable[[Path], Any] | None:  # noqa: PLR0911 (one line a form)
    origin = typing.get_origin(annotation) or annotation
    if annotation in _ANYTHING or (isinstance(origin, type) and issubclass(origin, PurePath)):
        return Path
    if annotation is str:
        return lambda path: path.read_text(encoding="utf-8")
    if annotation is bytes:
        return Path.read_bytes
    if annotation is dict or annotation is list:
        return lambda path: _read_json(path, annotation)
    if origin in {dict, list, Mapping, *_SEQUENCES}:
        return lambda path: _read_json_as(annotation, path)
    if _is_class(annotation, "pandas", "DataFrame"):
        return _read_frame
    if _is_class(annotation, "pyarrow", "Table"):
        return _read_table
    if hasattr(annotation, "model_validate_json"):
        return lambda path: annotation.model_validate_json(path.read_bytes())
    return None


_ANYTHING: tuple[Any, ...] = (None, Any, Parameter.empty)
_SEQUENCES = {list, tuple, Sequence, typing.get_origin(Sequence[int])}


def _read_json(path: Path, kind: type) -> Any:
    value = json.loads(path.read_bytes())
    if not isinstance(value, kind):
        raise ConversionError(
            f"{path} holds a JSON {type(value).__name__}, where a {kind.__name__} is expected"
        )
    return value


def _read_json_as(annotation: Any, path: Path) -> Any:
    """Read `dict[str, int]`, `list[Model]` and the like: checked where pydantic is there."""
    try:
        from pydantic import TypeAdapter
    except ImportError:
        return _read_json(path, dict if typing.get_origin(annotation) in {dict, Mapping} else list)
    return TypeAdapter(annotation).validate_json(path.read_bytes())


def _read_frame(path: Path) -> Any:
    pandas = _library("pandas", "a table as pandas.DataFrame", "pandas")
    readers: dict[str, Callable[[Path], Any]] = {
        ".csv": pandas.read_csv,
        ".tsv": lambda path: pandas.read_csv(path, sep="\t"),
        ".parquet": pandas.read_parquet,
        ".feather": pandas.read_feather,
        ".arrow": pandas.read_feather,
        ".json": lambda path: pandas.read_json(path, orient="records"),
        ".jsonl": lambda path: pandas.read_json(path, orient="records", lines=True),
    }
    return _for_suffix(readers, path)(path)


def _write_frame(frame: Any, path: Path) -> None:
    pandas = _library("pandas", "a table as pandas.DataFrame", "pandas")
    # Numbers of rows without a name are no content, and are dropped; any other
    # index is, and becomes columns. Parquet has a place of its own for it.
    is_content = any(frame.index.names) or not pandas.api.types.is_integer_dtype(frame.index)
    table = frame.reset_index(drop=not is_content)
    writers: dict[str, Callable[[Path], Any]] = {
        ".csv": lambda path: table.to_csv(path, index=False, lineterminator="\n"),
        ".tsv": lambda path: table.to_csv(path, sep="\t", index=False, lineterminator="\n"),
        ".parquet": frame.to_parquet if is_content else table.to_parquet,
        ".feather": table.to_feather,
        ".arrow": table.to_feather,
        ".json": lambda path: table.to_json(path, orient="records", indent=2, date_format="iso"),
        ".jsonl": lambda path: table.to_json(path, orient="records", lines=True, date_format="iso"),
    }
    _for_suffix(writers, path)(path)


def _read_table(path: Path) -> Any:
    csv, feather, parquet, arrow_json = _arrow_modules()
    readers: dict[str, Callable[[Path], Any]] = {
        ".csv": csv.read_csv,
        ".tsv": lambda path: csv.read_csv(path, parse_options=csv.ParseOptions(delimiter="\t")),
        ".parquet": parquet.read_table,
        ".feather": feather.read_table,
        ".arrow": feather.read_table,
        ".jsonl": arrow_json.read_json,
        ".json": lambda path: _library("pyarrow", "a table", "report").Table.from_pylist(
            _read_json(path, list)
        ),
    }
    return _for_suffix(readers, path)(path)


def _write_table(table: Any, path: Path) -> None:
    csv, feather, parquet, _ = _arrow_modules()
    writers: dict[str, Callable[[Path], Any]] = {
        ".csv": lambda path: csv.write_csv(table, path),
        ".tsv": lambda path: csv.write_csv(table, path, csv.WriteOptions(delimiter="\t")),
        ".parquet": lambda path: parquet.write_table(table, path),
        ".feather": lambda path: feather.write_feather(table, str(path)),
        ".arrow": lambda path: feather.write_feather(table, str(path)),
        ".json": lambda path: write_value(table.to_pylist(), path),
        ".jsonl": lambda path: path.write_text(
            "".join(json.dumps(row, default=_as_plain) + "\n" for row in table.to_pylist()),
            encoding="utf-8",
        ),
    }
    _for_suffix(writers, path)(path)


def _arrow_modules() -> tuple[Any, Any, Any, Any]:
    _library("pyarrow", "a table as pyarrow.Table", "report")
    from pyarrow import csv, feather, parquet
    from pyarrow import json as arrow_json

    return csv, feather, parquet, arrow_json


def _library(name: str, needed_for: str, extra: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(name, needed_for, extra) from None


def _for_suffix(ways: Mapping[str, Callable[[Path], Any]], path: Path) -> Callable[[Path], Any]:
    """Choose by the path's suffix; `.csv.gz` and the like count by what is compressed."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compressed = len(suffixes) > 1 and suffixes[-1] in {".gz", ".bz2", ".xz", ".zst"}
    suffix = suffixes[-2] if compressed else (suffixes or [""])[-1]
    if suffix not in ways:
        raise ConversionError(
            f"a table has no form as {path.name!r}: use one of {', '.join(TABLE_SUFFIXES)}"
        )
    return ways[suffix]


def _as_plain(value: Any) -> Any:
    """Return what JSON can say for values that it cannot."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, PurePath):
        return value.as_posix()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):  # numpy's numbers
        return value.item()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"JSON has no {type(value).__name__}")


def _is_class(annotation: Any, package: str, name: str) -> bool:
    module = getattr(annotation, "__module__", "")
    return (
        isinstance(annotation, type)
        and annotation.__name__ == name
        and module.partition(".")[0] == package
    )


def _is_a(value: Any, package: str, name: str) -> bool:
    return any(_is_class(each, package, name) for each in type(value).__mro__)


def _spelled(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
