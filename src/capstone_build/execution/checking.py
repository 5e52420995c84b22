"""
Checking contracts: whether an artifact is what was promised of it.

Knows the forms that a contract can take (pydantic model, pandera schema,
pyarrow schema, function); does not know what follows from a violation.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from capstone_build.core.contract import Violation
from capstone_build.core.function import hints_of
from capstone_build.execution.conversion import ConversionError, read_one, read_rows

MOST = 50
"""More violations of one contract than this are counted, not listed."""

_TABLES = {".csv", ".tsv", ".parquet", ".feather", ".arrow"}


def check(contract: object, path: Path, artifact: str) -> tuple[Violation, ...]:
    """
    Return how the content at *path* breaks *contract*; empty if it does not.

    Args:
        contract: As declared; see `capstone_build.core.artifact.Artifact`.
        path: Where the content is.
        artifact: What a violation calls it.
    """
    problems = list(_problems(contract, path))
    if len(problems) > MOST:
        problems = [*problems[:MOST], f"and {len(problems) - MOST} more"]
    return tuple(Violation(artifact, problem) for problem in problems)


def _problems(contract: Any, path: Path) -> Iterable[str]:
    try:
        if _is_pandera(contract):
            return list(_pandera_problems(contract, path))
        if hasattr(contract, "model_validate_json") or typing.get_origin(contract) is not None:
            return list(_pydantic_problems(contract, path))
        if type(contract).__module__.startswith("pyarrow") and hasattr(contract, "equals"):
            return list(_schema_problems(contract, path))
        if callable(contract):
            return list(_function_problems(contract, path))
    except ConversionError as error:
        return [str(error)]
    return [f"its contract {contract!r} is no model, schema or function"]


def _pydantic_problems(model: Any, path: Path) -> Iterator[str]:
    from pydantic import TypeAdapter, ValidationError

    try:
        if path.suffix.lower() in _TABLES:
            TypeAdapter(list[model]).validate_python(read_rows(path))
        elif path.suffix.lower() == ".jsonl":
            lines = path.read_bytes().splitlines()
            TypeAdapter(list[model]).validate_json(b"[" + b",".join(lines) + b"]")
        else:
            TypeAdapter(model).validate_json(path.read_bytes())
    except ValidationError as error:
        for each in error.errors(include_url=False):
            place = ".".join(str(part) for part in each["loc"])
            yield f"{place}: {each['msg']}" if place else each["msg"]


def _is_pandera(contract: Any) -> bool:
    kind = contract if isinstance(contract, type) else type(contract)
    return any(each.__module__.startswith("pandera.") for each in kind.__mro__)


def _pandera_problems(schema: Any, path: Path) -> Iterator[str]:
    import pandas as pd
    from pandera.errors import SchemaErrors

    try:
        schema.validate(read_one(pd.DataFrame, path), lazy=True)
    except SchemaErrors as error:
        for case in error.failure_cases.to_dict(orient="records"):
            column = case.get("column") or case.get("schema_context")
            row = case.get("index")
            where = f"{column}, row {row}" if row is not None and row == row else f"{column}"  # noqa: PLR0124 (NaN)
            yield f"{where}: {case['check']} fails for {case['failure_case']!r}"


def _schema_problems(schema: Any, path: Path) -> Iterator[str]:
    from pyarrow import Table

    found = read_one(Table, path).schema
    for field in schema:
        if field.name not in found.names:
            yield f"column {field.name!r} is missing"
        elif not (actual := found.field(field.name)).type.equals(field.type):
            yield f"column {field.name!r} is {actual.type}, where {field.type} is promised"
    for name in found.names:
        if name not in schema.names:
            yield f"column {name!r} is not in the schema"


def _function_problems(function: Callable[..., Any], path: Path) -> Iterator[str]:
    parameters = list(inspect.signature(function).parameters.values())
    hints = hints_of(function)
    annotation = hints.get(parameters[0].name) if parameters else None
    try:
        found = function(read_one(annotation, path))
    except AssertionError as error:
        yield str(error) or "an assertion of its contract does not hold"
        return
    if isinstance(found, str | Violation):
        found = [found]
    elif isinstance(found, bool):
        found = [] if found else [f"{getattr(function, '__name__', 'its contract')} does not hold"]
    for each in found or ():
        yield each.problem if isinstance(each, Violation) else str(each)
