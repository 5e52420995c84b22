"""
What a stage reads and does not declare, with the line to paste.

Knows how a declaration is written; does not know how it was found out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from capstone_build.core.event import CalledBack, NotSettled, ReadUndeclared
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.stage import StageName

_FEW = 3


def undeclared(event: ReadUndeclared) -> str:
    """Return what was read, where, and the line that declares it."""
    what = _few(event.names)
    where = f" ({event.by})" if event.by else ""
    said = {
        Aspect.ENVIRONMENT: f"stage {event.stage} reads the environment variable {what}{where}",
        Aspect.IMPORTED: f"stage {event.stage} looks up {what} while it runs{where}",
    }.get(event.aspect, f"stage {event.stage} reads {what}{where}")
    return f"{said}, which it does not declare; to paste: {_paste(event.aspect, event.names)}"


def undeclared_event(event: ReadUndeclared | CalledBack | NotSettled) -> tuple[str, str]:
    """Return the word for what came of an undeclared reading in a build, and the sentence."""
    match event:
        case ReadUndeclared():
            return "counts", undeclared(event)
        case CalledBack():
            return "again", _called_back(event)
        case NotSettled():
            return "shared" if event.is_shared else "unsettled", _not_settled(event)


def _called_back(event: CalledBack) -> str:
    """Return what was written too late for a stage, and the line that orders the two."""
    files = [name for name in event.names if not name.endswith("/")]
    paste = f"; to paste: {_paste(Aspect.READ, files)}" if files else ""
    return (
        f"stage {event.stage} was looked at before {_written(event.names, event.writers)}, "
        f"which it reads and does not declare; it is looked at again{paste}"
    )


def _not_settled(event: NotSettled) -> str:
    """Return what stages change for each other, and what becomes of it."""
    what = _few(event.names)
    if event.is_shared:
        return (
            f"stage {event.stage} and others read and write {what} undeclared; "
            "what the last of them left counts as read"
        )
    return (
        f"stage {event.stage} is not settled: {_written(event.names, event.writers)} after it ran "
        f"for that once more; declare what it reads, or let it not read {what}"
    )


def _written(names: Sequence[str], writers: Sequence[StageName]) -> str:
    if not writers:
        return f"{_few(names)} changed"
    return f"stage{'s' * (len(writers) > 1)} {_few(writers)} wrote {_few(names)}"


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(each.rstrip(":") for each in names[:_FEW])
    more = len(names) - _FEW
    return f"{shown} and {more} more" if more > 0 else shown


def _paste(aspect: Aspect, names: Sequence[str]) -> str:
    if aspect is Aspect.ENVIRONMENT:
        return f"env=[{_quoted(names[0])}]"
    if aspect is Aspect.IMPORTED:
        return f"code=[{_quoted(names[0].rstrip(':'))}]"
    if len(names) < _FEW:
        items = ", ".join(f"{_quoted(_name_for(each))}: {_quoted(each)}" for each in names)
        return f"inputs={{{items}}}"
    folder, _, file = names[0].rpartition("/")
    pattern = f"{folder}/*.{file.rpartition('.')[2]}" if folder else f"*.{file.rpartition('.')[2]}"
    return f"inputs={{{_quoted(_name_for(folder or 'files'))}: {_quoted(pattern)}}}"


def _name_for(path: str) -> str:
    """Return a name that a parameter can have."""
    stem = path.rpartition("/")[2].partition(".")[0]
    name = re.sub(r"\W+", "_", stem).strip("_").lower()
    return name if name.isidentifier() else f"file_{name}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
