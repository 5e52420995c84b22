"""
YAML files, with the lines at which things stand in them.

Knows the library that reads them (YAML 1.2, as DVC has it); does not know what
they are about.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from capstone_build.errors import MissingExtraError, UsageError


def load_values(file: Path) -> Any:
    """
    Return what *file* holds, as plain values.

    Raises:
        MissingExtraError: If the library is not installed.
        UsageError: If it is no YAML.
    """
    return _loaded(file, "safe")


def load_lines(file: Path) -> Any:
    """Return what *file* holds, with its lines for `line_of`; raises what `load_values` does."""
    return _loaded(file, "rt")


def line_of(holder: Any, key: object = None) -> int:
    """Return the line at which *key* stands in *holder*, or *holder* itself; from 1."""
    marks = getattr(holder, "lc", None)
    if marks is None:
        return 1
    try:
        where = marks.key(key) if isinstance(holder, Mapping) else marks.item(key)
        line: int = where[0]
    except (AttributeError, KeyError, TypeError, IndexError):
        line = marks.line or 0
    return line + 1


def plain_value(value: Any) -> Any:
    """Return what YAML held as plain values."""
    if isinstance(value, Mapping):
        return {str(key): plain_value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(each) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    return str(value)


def _loaded(file: Path, kind: str) -> Any:
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
    except ModuleNotFoundError:
        raise MissingExtraError("ruamel.yaml", f"reading {file.name}", "init") from None
    try:
        text = file.read_text(encoding="utf-8-sig")
        return YAML(typ=kind, pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        problem = " ".join(str(error.problem or error.context or "it cannot be read").split())
        raise UsageError(
            f"{file.name} is no YAML: {problem}", facts={"at": f"{file.name}:{line}"}
        ) from None
    except (YAMLError, ValueError, RecursionError) as error:
        problem = " ".join(str(error).split())
        raise UsageError(f"{file.name} cannot be read: {problem}") from None
    except OSError as error:
        raise UsageError(f"{file.name} cannot be read: {error.strerror}") from None
