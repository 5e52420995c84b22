"""
Entry points: the programs that Python distributions bring (console scripts).

Knows the metadata of the project and of what is installed; does not know what
the functions behind them do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from capstone_build.analysis.names.packages import Packages


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """
    A function that is a program.

    Attributes:
        module: Where it is.
        attribute: What it is called there.
        distribution: Who brings it, by normalised name; empty for the project itself.
    """

    module: str
    attribute: str
    distribution: str


class EntryPoints:
    """
    Finds entry points by name.

    Args:
        root: The project's folder.
        packages: What is installed.
    """

    def __init__(self, root: str, packages: Packages) -> None:
        self._root = root
        self._packages = packages

    def find(self, program: str) -> EntryPoint | None:
        """Return the entry point called *program*; the project's own come first."""
        return self._own.get(program) or self._installed.get(program)

    @cached_property
    def _own(self) -> Mapping[str, EntryPoint]:
        try:
            text = Path(self._root, "pyproject.toml").read_text(encoding="utf-8")
            said: Any = tomllib.loads(text)
        except (OSError, ValueError):
            return {}
        project, tool = _table(said, "project"), _table(said, "tool")
        tables = [
            _table(project, "scripts"),
            _table(project, "gui-scripts"),
            _table(_table(tool, "poetry"), "scripts"),
        ]
        return {
            name: _entry_point(value, "")
            for table in tables
            for name, value in table.items()
            if isinstance(value, str)
        }

    @cached_property
    def _installed(self) -> Mapping[str, EntryPoint]:
        return {
            program: _entry_point(value, name)
            for name, program, value in self._packages.console_scripts()
        }


def _entry_point(value: str, distribution: str) -> EntryPoint:
    module, _, attribute = value.partition("[")[0].strip().partition(":")
    return EntryPoint(module.strip(), attribute.strip(), distribution)


def _table(said: Any, name: str) -> Mapping[str, Any]:
    found = said.get(name) if isinstance(said, Mapping) else None
    return found if isinstance(found, Mapping) else {}
