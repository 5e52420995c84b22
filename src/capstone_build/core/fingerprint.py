"""
Fingerprints: all that decides a stage's outputs apart from its inputs.

Knows the parts of a fingerprint and their digests; does not know how a part is
found (`capstone_build.analysis` reads source, `capstone_build.looking.world` gathers).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias

from capstone_build.core.digest import Digest, digest_fields


class Aspect(Enum):
    """One of the ways in which the world can depart from what a stage last saw."""

    __hash__ = object.__hash__  # parts are looked up by the thousand: that of Enum is slow

    CODE = "code"
    """A function, class or global of the project that the stage reaches."""
    PACKAGE = "package"
    """An installed distribution, by version; or Python itself."""
    FILE = "file"
    """A file that is code to the stage: a script, a query, a compiled module."""
    COMMAND = "command"
    """The text of a command stage."""
    PARAMETER = "parameter"
    """The value of a parameter."""
    ENVIRONMENT = "environment"
    """The value of an environment variable that is declared, or that the code reads."""
    READ = "read"
    """A file that was seen to be read and is not declared; with a `/`, the names in a folder."""
    IMPORTED = "imported"
    """Code that was seen to be looked up by name, and all that it reaches."""
    VERSION = "version"
    """What the stage's author calls the present state of it."""
    DECLARATION = "declaration"
    """What the stage declares: which name stands for which path, and how it arrives."""
    INPUT = "input"
    """The content of an artifact that the stage reads."""
    OUTPUT = "output"
    """The content of an artifact that the stage wrote."""
    NEW = "new"
    """The stage has not run before."""
    UNFINISHED = "unfinished"
    """The last run began and did not end well."""
    FORCED = "forced"
    """The user asked for a run."""


Part: TypeAlias = tuple[Aspect, str]
"""Which thing a digest in a fingerprint is of: its aspect and its name there."""

Fingerprint: TypeAlias = Mapping[Part, Digest]
"""
Every part that counts, with its digest.

Kept as the map, not as one digest: the difference of two maps is the
explanation of why a stage runs.
"""

CELLS = " (cells)"
"""Ends the name of a notebook that counts by what in it is written by hand."""

ABSENT = digest_fields("absent")
"""Stands for a file that was looked for and not found."""

UNSETTLED = digest_fields("unsettled")
"""Stands for what changed whenever it was looked at: it equals nothing that can be there."""


def digest_fingerprint(fingerprint: Fingerprint) -> Digest:
    """Return one digest that stands for the whole *fingerprint*."""
    lines = sorted((aspect.value, name, digest) for (aspect, name), digest in fingerprint.items())
    return digest_fields(*(text for line in lines for text in line))
