"""
Nodes: the things that code can reach.

Plain data; `resolution` finds them and `codegraph` says what each leads to.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Sort(Enum):
    """What a node of the graph of code is."""

    __hash__ = object.__hash__  # nodes are looked up by the million: that of Enum is slow

    SYMBOL = "symbol"
    """A module global, with all statements that bind it."""
    TEXTS = "texts"
    """A module global with its docstrings, annotations and local names."""
    SOURCE = "source"
    """A module global with its text as written."""
    LOADED = "loaded"
    """The execution of a module: its effects, and what it imports."""
    WHOLE = "whole"
    """All of a module."""
    MISSING = "missing"
    """A name that a module does not define."""
    TOP = "top"
    """A top-level module that is not the project's."""
    DISTRIBUTION = "distribution"
    """An installed distribution."""
    FILE = "file"
    """A file that counts by its bytes."""
    SCRIPT = "script"
    """A file that runs as a script."""
    ANY_MODULE = "any module"
    """Every module whose name begins in some way."""


class Node(NamedTuple):
    """
    One thing that code can reach.

    Attributes:
        sort: What it is.
        module: The module, distribution or file.
        name: The global of the module, where it is one.
    """

    sort: Sort
    module: str
    name: str = ""


class Link(NamedTuple):
    """
    What a path leads to.

    Attributes:
        node: The thing.
        rest: The attributes that are read from it further; empty for the thing itself.
    """

    node: Node
    rest: tuple[str, ...] = ()
