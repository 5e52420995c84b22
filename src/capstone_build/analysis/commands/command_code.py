"""
The code of a command: what was found of it, made one.

Knows closures and files that were found one by one; does not find them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, reduce
from pathlib import Path

from capstone_build.analysis.file.notebook import without_outputs
from capstone_build.analysis.walk.closure import Closure, Parts, Reached
from capstone_build.analysis.walk.extent import Extent
from capstone_build.core.digest import Digest, digest_bytes, digest_fields
from capstone_build.core.fingerprint import CELLS, Aspect, Part
from capstone_build.core.stage import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCode:
    """
    What a command runs, and what else it names.

    Attributes:
        closure: All that is code to it.
        named:
            Other files that it names, from the project's folder, whether or not
            they exist; not those that stages make or that it declares to read.
        made:
            Files that stages make or that it declares to read, and that were
            read as code: once they are written anew, this has to be asked again.
    """

    closure: Closure
    named: tuple[str, ...]
    made: tuple[str, ...]


class Collection:
    """
    Collects what is found.

    Args:
        root: The project's folder.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._digests: dict[Part, Digest] = {}
        self._tellers: dict[Part, Callable[[], Reached]] = {}
        self._environment: dict[str, Location] = {}
        self._named: dict[str, None] = {}
        self._made: dict[str, None] = {}
        self._closures: list[Closure] = []
        self._notes: list[str] = []

    def add(self, closure: Closure, way: tuple[str, ...], note: str = "", own: str = "") -> None:
        """
        Add what a program can reach.

        Args:
            closure: That.
            way: How the program was come upon: names of what leads to it.
            note: Why it counts more coarsely than by symbol, if so.
            own: The name in the chains for code that is part of the command's text.
        """
        for part, digest in closure.fingerprint().items():
            if own and part[1].startswith(own):
                continue  # the text of the command counts already

            def tell(part: Part = part) -> Reached:
                reached = closure.parts[part]
                chain = tuple(e for e in reached.chain if not own or not e.startswith(own))
                return replace(reached, chain=(*way, *chain), note=reached.note or note)

            self._put(part, digest, tell)
        self._environment = {**closure.undeclared_environment, **self._environment}
        self._closures.append(closure)
        if note:
            self._notes.append(note)

    def add_file(self, path: str, way: tuple[str, ...]) -> None:
        """Add a file that counts by its bytes."""
        try:
            digest = digest_bytes(Path(path).read_bytes())
        except OSError:
            digest = digest_fields("not readable")
        self._put_file(self.spell(path), digest, path, way)

    def add_notebook(self, path: str, way: tuple[str, ...]) -> None:
        """Add a notebook that counts by its cells: outputs of an earlier run do not."""
        try:
            content = Path(path).read_bytes()
        except OSError:
            content = b""
        name = f"{self.spell(path)}{CELLS}"
        self._put_file(name, digest_bytes(without_outputs(content)), path, way)

    def _put_file(self, name: str, digest: Digest, path: str, way: tuple[str, ...]) -> None:
        where = Location(self.spell(path), 1)
        reached = Reached(
            digest=digest, where=where, chain=(*way, self.spell(path)), source="", note=""
        )
        self._put((Aspect.FILE, name), digest, lambda: reached)

    def name(self, path: str) -> None:
        """Add a file that is no code."""
        self._named[path] = None

    def read_made(self, path: str) -> None:
        """Add a file that counts elsewhere and was read as code."""
        self._made[path] = None

    def spell(self, path: str) -> str:
        """Return the name of a file: from the project's folder if it lies there, else absolute."""
        return inside(self._root, path) or path

    def result(self) -> CommandCode:
        """Return all that was added."""
        tellers = self._tellers
        return CommandCode(
            closure=Closure(
                parts=Parts(self._digests, lambda part: tellers[part](), self._reasons),
                undeclared_environment=self._environment,
                named=frozenset().union(*(each.named for each in self._closures)),
                extent=reduce(Extent.joined, (e.extent for e in self._closures), Extent()),
                identify=cache(lambda: digest_fields(*(e.identity for e in self._closures))),
            ),
            named=tuple(self._named),
            made=tuple(self._made),
        )

    def _reasons(self) -> Iterator[str]:
        yield from self._notes
        for closure in self._closures:
            yield from closure.coarse()

    def _put(self, part: Part, digest: Digest, tell: Callable[[], Reached]) -> None:
        """Add a part; another thing of the same name is told apart by a number."""
        aspect, name = part
        number = 1
        while self._digests.get(part, digest) != digest:
            number += 1
            part = (aspect, f"{name} ({number})")
        self._digests.setdefault(part, digest)
        self._tellers.setdefault(part, tell)


def inside(root: str, path: str) -> str:
    """Return *path* from *root*; empty if it does not lie there."""
    return path[len(root) + 1 :] if path.startswith(f"{root}/") else ""
