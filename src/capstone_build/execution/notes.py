"""
Notes: what was seen to be read while a stage ran, or while the pipeline was imported.

Knows the form in which the witness writes them (`capstone_build.witness`); does
not know what the stage declares, nor what follows from a note.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from capstone_build import witness
from capstone_build.core.artifact import spellable

_FOLDER = str(Path(witness.__file__).parent)


class Sight(Enum):
    """What was seen."""

    READ = "read"
    """A file was opened for reading."""
    USED = "uses"
    """A file was opened so that it may have been read, written or both."""
    NAMED = "named"
    """A file is named in the code, or in a command, and was there when the run began."""
    MISSED = "missed"
    """A file was asked for, and was not there."""
    WROTE = "wrote"
    """A file was opened for writing, or renamed into place."""
    LISTED = "listed"
    """The names in a folder were asked for."""
    SEARCHED = "searched"
    """The names in a folder decide what a pattern in a command stands for."""
    LOADED = "loaded"
    """A file of Python was executed as a module."""
    RAN = "ran"
    """A file of Python was executed as a program."""
    LOOKED_UP = "looked up"
    """A module, or a definition in it, was asked for by name."""
    VARIABLE = "variable"
    """An environment variable was read."""


@dataclass(frozen=True, slots=True)
class Note:
    """
    One thing that was seen.

    Attributes:
        sight: What it was.
        name: A path from the project's root, a symbol or a variable.
        by: The place in the project's source that did it; empty if none did.
        during: Lines of modules that were being executed, innermost first: file and line.
        state:
            Of a file, just before it was opened: size in bytes, times of its
            change in nanoseconds, inode; None if it was not there.
        names: Those in a folder.
    """

    sight: Sight
    name: str
    by: str = ""
    during: tuple[tuple[str, int], ...] = ()
    state: tuple[int, int, int, int] | None = None
    names: tuple[str, ...] = ()


def notes_from(records: Iterable[Mapping[str, Any]]) -> list[Note]:
    """Read what the witness gave; a record of another form is passed over."""
    notes = []
    for record in records:
        try:
            state = record.get("state")
            notes.append(
                Note(
                    Sight(record["kind"]),
                    spellable(record["name"]),
                    record["by"],
                    tuple((file, line) for file, line in record["during"]),
                    None if state is None else tuple(state),
                    tuple(map(spellable, record.get("names", ()))),
                )
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return notes


def taken_from(file: Path) -> list[Note]:
    """Read a file of notes, in the order in which they were taken, and remove it."""
    records = []
    try:
        lines = file.read_bytes().splitlines()
        file.unlink()
    except OSError:
        return []
    for line in lines:
        try:
            records.append(json.loads(line))
        except ValueError:
            continue  # cut short with the process that wrote it
    return notes_from(records)


def let_children_note(root: str, notes: str) -> None:
    """Let every Python that this process starts from now on take notes, into the file *notes*."""
    # Where a command replaces the path, no bytecode of ours is there to grow stale.
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ["CAPSTONE_WITNESS"] = json.dumps({"root": root, "notes": notes})
    path = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = f"{_FOLDER}{os.pathsep}{path}" if path else _FOLDER
