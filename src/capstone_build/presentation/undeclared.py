"""
What a stage reads and does not declare, with the line to paste.

Knows how a declaration is written; does not know how it was found out.
"""

from __future__ import annotations

import re

from capstone_build.core.fingerprint import Aspect
from capstone_build.core.report import ReadUndeclared

_FEW = 3


def undeclared(event: ReadUndeclared) -> str:
    """Return what was read, where, and the line that declares it."""
    shown = ", ".join(each.rstrip(":") for each in event.names[:_FEW])
    more = len(event.names) - _FEW
    what = f"{shown} and {more} more" if more > 0 else shown
    where = f" ({event.by})" if event.by else ""
    said = {
        Aspect.ENVIRONMENT: f"stage {event.stage} reads the environment variable {what}{where}",
        Aspect.IMPORTED: f"stage {event.stage} looks up {what} while it runs{where}",
    }.get(event.aspect, f"stage {event.stage} reads {what}{where}")
    return f"{said}, which it does not declare; to paste: {_paste(event)}"


def _paste(event: ReadUndeclared) -> str:
    if event.aspect is Aspect.ENVIRONMENT:
        return f"env=[{_quoted(event.names[0])}]"
    if event.aspect is Aspect.IMPORTED:
        return f"code=[{_quoted(event.names[0].rstrip(':'))}]"
    if len(event.names) < _FEW:
        items = ", ".join(f"{_quoted(_name_for(each))}: {_quoted(each)}" for each in event.names)
        return f"inputs={{{items}}}"
    folder, _, file = event.names[0].rpartition("/")
    pattern = f"{folder}/*.{file.rpartition('.')[2]}" if folder else f"*.{file.rpartition('.')[2]}"
    return f"inputs={{{_quoted(_name_for(folder or 'files'))}: {_quoted(pattern)}}}"


def _name_for(path: str) -> str:
    """Return a name that a parameter can have."""
    stem = path.rpartition("/")[2].partition(".")[0]
    name = re.sub(r"\W+", "_", stem).strip("_").lower()
    return name if name.isidentifier() else f"file_{name}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
