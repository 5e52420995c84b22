"""
Imports: what the project's modules are in the host, and what they read to get so.

Knows what was compiled, read and drawn at random while they were imported; does
not know what they declare.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import FrameType
from typing import Any

from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.digest import Digest, digest_bytes
from capstone_build.execution.forking import Chance
from capstone_build.hosting.libraries import Libraries
from capstone_build.storage.looks import Looks, digest_held
from capstone_build.witness.capstone_children import let_children_be_seen
from capstone_build.witness.capstone_environment import see_variables
from capstone_build.witness.capstone_existence import see_what_is_missing
from capstone_build.witness.capstone_witness import Note, Witness


class Imports:
    """
    What the project's modules are as this process runs them, and what it read for that.

    Args:
        root: The project's folder.

    Attributes:
        root: The same.
        compiled: The content of each module that was compiled, by its file.
        notes: What was read since the beginning.
        witness: Whoever notes it.
        chance: What the modules made of the random numbers.
        libraries: What they import from outside, where that is asked for.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.chance = Chance()
        self.libraries: Libraries | None = None
        self.compiled: dict[str, Digest] = {}
        self.notes: list[Note] = []
        self.witness = Witness(root, self.notes.append)
        self.witness.start()
        self._variables: set[str] = set()
        self._reads_all = False

        def variable(name: str, reader: FrameType) -> None:
            self.witness.variable(name, reader)
            if self._looks.is_seeing and self._looks.is_counted():
                self._variables.add(name)

        def all_variables(_reader: FrameType) -> None:
            if self._looks.is_seeing and self._looks.is_counted():
                self._reads_all = True

        see_variables(variable, all_variables)
        see_what_is_missing(self.witness.missing)
        let_children_be_seen(str(Path(__file__).parents[1] / "witness"))
        memory = os.path.join(root, MEMORY_FOLDER)  # noqa: PTH118 (as a text)
        self._looks = Looks(memory, counts=self.witness.is_project)
        self._looks.start()

    def end(self) -> dict[str, Any]:
        """
        Look no more; return what the import rests on, as JSON can say it.

        Of all that was asked: the `states` of paths, `listed` folders, `variables`,
        and `elsewhere`, what brought answers that nobody can ask for again.
        """
        self._looks.stop()
        elsewhere = sorted(self._looks.elsewhere) + ["os.environ"] * self._reads_all
        return {
            "states": {
                path: [[state, looked_ns] for state, looked_ns in seen.items()]
                for path, seen in self._looks.states.items()
            },
            "listed": {
                path: list(map(digest_held, seen)) for path, seen in self._looks.listed.items()
            },
            "variables": sorted(self._variables),
            "elsewhere": elsewhere,
        }

    def compile(self, file: str, source: bytes) -> None:
        """Take note of a module that is compiled from *source*."""
        self.compiled[file] = digest = digest_bytes(source)
        if self.libraries is not None:
            self.libraries.compiled(digest, source)
        self.witness.loaded(file)
