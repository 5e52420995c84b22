"""
Kept sources: the text of the code that stages ran, so that old can be told from new.

Knows files and the store; does not know which passages of a file count
(`capstone_build.analysis.file.passage`).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from capstone_build.core.digest import Digest, digest_bytes
from capstone_build.core.stage import Stage
from capstone_build.world import World


class KeptSources:
    """
    The source files of stages, in every version that ran.

    Args:
        world: The project's files and its store.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: set[Digest] = set()

    def of(self, stage: Stage) -> dict[str, Digest]:
        """Return the source files of what *stage* reaches, with their digests."""
        return dict(self._world.fingerprints.of(stage).list_sources())

    def keep(self, stage: Stage) -> dict[str, Digest]:
        """Keep the source files of what *stage* reaches; return the digest of each."""
        sources = self.of(stage)
        for file, digest in sources.items():
            if digest not in self._kept:
                self._kept.add(digest)
                if (content := self._standing(file, digest)) is not None:
                    self._world.store.keep_text(content, digest)
        return sources

    def passage(self, part: str, sources: Mapping[str, Digest], file: str = "") -> str:
        """
        Return a piece of code as it was in a version of the project.

        Args:
            part: Its name in a fingerprint.
            sources: The digests of the source files then.
            file: Where it is; found from its module's name if it is not given.

        Returns:
            Its text, normalised; empty if it was not there or is not kept.
        """
        from capstone_build.analysis.file.passage import passage  # (not where nothing is shown)

        found = file if file in sources else _file_of(part, sources)
        if not found:
            return ""
        digest = sources[found]
        text = self._standing(found, digest) or self._world.store.text(digest)
        return "" if text is None else passage(text, part)

    def _standing(self, file: str, digest: Digest) -> bytes | None:
        """Return the content of a source file if it is still that of *digest*."""
        with suppress(OSError):
            content = (self._world.project.root / file).read_bytes()
            if digest_bytes(content) == digest:
                return content
        return None


def is_in_same_file(place: str, then: Mapping[str, Digest], now: Mapping[str, Digest]) -> bool:
    """Tell whether a *place*, `file:line`, is in a file that is what it was then."""
    file = place.rpartition(":")[0]
    return then.get(file) == now.get(file)


def _file_of(part: str, sources: Mapping[str, Digest]) -> str:
    """Return the file of the module that *part* is in; empty if none of *sources* is that."""
    module = part.partition(":")[0]
    if module in sources:
        return module  # a script goes by its path
    stem = module.replace(".", "/")
    endings = (f"{stem}.py", f"{stem}/__init__.py")
    found = [f for f in sources if any(f == e or f.endswith(f"/{e}") for e in endings)]
    return min(found, key=len, default="")
