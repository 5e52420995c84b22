"""
Comparing: in what artifacts differ from what builds left before.

Knows the history, the store and the sorts of files; runs none of the user's
code. In what two files differ, `capstone_build.asking.file_change` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from capstone_build.asking.file_change import compare_files
from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.artifact_change import ArtifactChange, Version
from capstone_build.core.digest import EMPTY_FOLDER, Digest
from capstone_build.core.history import PastBuild
from capstone_build.errors import UsageError
from capstone_build.storage.content import digest_file
from capstone_build.storage.history import History
from capstone_build.storage.object_files import ObjectFiles


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


def _nearest(artifact: str, known: Sequence[str]) -> str:
    near = get_close_matches(artifact, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else "`capstone log` lists what builds left."
