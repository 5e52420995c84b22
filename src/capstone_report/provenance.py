"""
Provenance: from which bytes, and by which programs, a report was made.

Knows files, digests and versions; does not know tables. It names no time of a
build and no machine: the same files give the same report, so that whoever has them
can make it again and compare.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pydantic
from pydantic import BaseModel, ConfigDict, NonNegativeInt

from capstone_build import __version__

_CHUNK = 1 << 20


class SourceFile(BaseModel):
    """
    A file that a report rests on, as it was when the report was made.

    Attributes:
        file: Its path from the project's root.
        bytes: Its size.
        sha256: Digest of its content, as `sha256sum` prints it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    bytes: NonNegativeInt
    sha256: str


class Provenance(BaseModel):
    """
    From what a report was made.

    Attributes:
        files: Those that were loaded.
        versions: Of the programs that decide what a report says, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[SourceFile, ...]
    versions: dict[str, str]


def provenance_of(files: Iterable[Path]) -> Provenance:
    """
    Read *files* once more, for their digests, and ask the programs for their versions.

    Args:
        files: The files that were loaded.
    """
    return Provenance(
        files=tuple(_source_file(path) for path in files),
        versions={
            "capstone": __version__,
            "Python": platform.python_version(),
            "pyarrow": pa.__version__,
            "pydantic": pydantic.VERSION,
        },
    )


def _source_file(path: Path) -> SourceFile:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return SourceFile(file=path.as_posix(), bytes=size, sha256=digest.hexdigest())
