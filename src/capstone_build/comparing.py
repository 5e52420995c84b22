"""
Comparing: in what artifacts differ from what builds left before.

Knows the history, the store and the sorts of files; runs none of the user's
code. All of a difference is told, where `capstone_build.contrasting` names the
first place of it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from difflib import get_close_matches, unified_diff
from pathlib import Path
from typing import Any

from capstone_build.contrasting import LARGEST, arrow_table, contrast, json_differences
from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.artifact_change import (
    ArtifactChange,
    Content,
    JsonChange,
    OtherChange,
    TextChange,
    Version,
)
from capstone_build.core.digest import EMPTY_FOLDER, Digest
from capstone_build.core.history import PastBuild
from capstone_build.core.table_change import Table, compare_tables
from capstone_build.errors import UsageError
from capstone_build.storage.content import digest_file
from capstone_build.storage.history import History
from capstone_build.storage.object_files import ObjectFiles

_CONTEXT = 3
_ARROW = frozenset({".parquet", ".feather", ".arrow"})
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


class Comparing:
    """
    Compares artifacts of one project.

    Args:
        root: The project's folder.
        history: What its builds did.
    """

    def __init__(self, root: Path, history: History) -> None:
        self._root = root
        self._history = history
        self._objects = ObjectFiles(root / MEMORY_FOLDER / "objects")

    def changes(self, artifact: str, since: PastBuild | None) -> list[ArtifactChange]:
        """
        Return in what an artifact differs from what it was.

        Args:
            artifact: A file or a folder, from the project's root.
            since: The build after which it was so; None for before it last changed.

        Raises:
            UsageError: If no build left such an artifact, or what it left is not kept.
        """
        place = artifact.rstrip("/")
        known = self._history.artifacts()
        files = [path for path in known if path == place or path.startswith(f"{place}/")]
        if not files:
            raise UsageError(
                f"no build left {artifact!r}, as far as it is remembered",
                hint=_nearest(artifact, known),
            )
        found = [self._change(path, since) for path in files if not path.endswith("/")]
        return [each for each in found if each.then != each.now]

    def _change(self, path: str, since: PastBuild | None) -> ArtifactChange:
        versions = [
            Version(build=build, digest=digest)
            for build, at, digest in self._history.versions(path)
            if since is None or (at, build) <= (since.at, since.build)
        ]
        file = self._root / path
        now = None
        if file.is_file():
            digest = digest_file(file)
            left = [v for v in self._versions(path) if v.digest == digest]
            now = Version(build=left[-1].build if left else "", digest=digest)
        if since is None:
            versions = [each for each in versions if now is None or each.digest != now.digest]
        # What never was another is what it was.
        then = versions[-1] if versions else now if since is None else None
        if then is not None and now is not None and then.digest == now.digest:
            now = then
        content = None
        if then is not None and now is not None and then != now:
            content = compare_files(path, self._content(path, then), file)
        return ArtifactChange(path=path, then=then, now=now, content=content)

    def _versions(self, path: str) -> list[Version]:
        return [Version(build=b, digest=d) for b, _, d in self._history.versions(path)]

    def _content(self, path: str, version: Version) -> Path:
        digest = Digest(version.digest)
        found = None if digest == EMPTY_FOLDER else self._objects.find(digest)
        if found is None or not found.is_sound():
            raise UsageError(
                f"what build {version.build} left at {path!r} is not kept any more",
                hint="`capstone gc` let go of it; `capstone log` lists later builds.",
            )
        return Path(found.path)


def compare_files(path: str, then: Path, now: Path) -> Content:
    """
    Return in what two files differ, which do.

    Args:
        path: What they are called: the suffix tells what they hold.
        then: The earlier one.
        now: The later one.
    """
    suffix = Path(path).suffix.lower()
    ways: list[Callable[[str, Path, Path], Content | None]] = []
    if max(then.stat().st_size, now.stat().st_size) <= LARGEST:
        ways += [_tables] if suffix in _ARROW or suffix in _DELIMITERS else []
        ways += [_json] if suffix == ".json" else []
        ways += [_text]
    for way in ways:
        try:
            found = way(suffix, then, now)
        except (OSError, ValueError, csv.Error, RecursionError, ImportError):
            continue  # it is not what its suffix says, or nothing here reads it
        if found is not None:
            return found
    told = contrast(path, then, now)
    values = f": {told.then} -> {told.now}" if told.then or told.now else ""
    return OtherChange(f"{told.what}{values}")


def _json(_suffix: str, then: Path, now: Path) -> Content | None:
    values = tuple(json_differences(then, now))
    return JsonChange(values) if values else None


def _text(_suffix: str, then: Path, now: Path) -> Content | None:
    one, other = (file.read_text(encoding="utf-8") for file in (then, now))
    if "\0" in one or "\0" in other:
        return None
    lines = unified_diff(_lines(one), _lines(other), n=_CONTEXT, lineterm="")
    return TextChange(tuple(lines)[2:]) if one != other else None


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [*lines, f"{last} (no newline)"] if last else lines


def _tables(suffix: str, then: Path, now: Path) -> Content | None:
    read = _read_arrow if suffix in _ARROW else _read_csv
    before, after = read(suffix, then), read(suffix, now)
    if before == after:
        return None  # spelled or laid out in another way
    return compare_tables(before, after)


def _read_arrow(suffix: str, file: Path) -> Table:
    table = arrow_table(suffix, file)
    return Table(
        types={field.name: str(field.type) for field in table.schema},
        columns={name: table.column(name).to_pylist() for name in table.schema.names},
    )


def _read_csv(suffix: str, file: Path) -> Table:
    with file.open(newline="", encoding="utf-8") as lines:
        header, *rows = csv.reader(lines, delimiter=_DELIMITERS[suffix])
    if len(set(header)) != len(header) or any(len(row) != len(header) for row in rows):
        raise ValueError(file)
    columns = dict(
        zip(header, zip(*rows, strict=True) if rows else [()] * len(header), strict=True)
    )
    typed = {name: _typed(values) for name, values in columns.items()}
    return Table(
        types={name: kind for name, (kind, _) in typed.items()},
        columns={name: values for name, (_, values) in typed.items()},
    )


def _typed(texts: Sequence[str]) -> tuple[str, Sequence[Any]]:
    """Return what the texts of a column are, in words, and their values."""
    for kind, read in (("whole numbers", int), ("numbers", float)):
        try:
            return kind, [read(text) if text else None for text in texts]
        except ValueError:
            continue
    return "text", texts


def _nearest(artifact: str, known: Sequence[str]) -> str:
    near = get_close_matches(artifact, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else "`capstone log` lists what builds left."
