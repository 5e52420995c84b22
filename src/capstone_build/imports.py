"""
Imports: what the project's modules are in the host, and what they read to get so.

Knows what was compiled, read and drawn at random while they were imported; does
not know what they declare.
"""

from __future__ import annotations

from pathlib import Path

from capstone_build.core.digest import Digest, digest_bytes
from capstone_build.execution.forking import Chance
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
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.chance = Chance()
        self.compiled: dict[str, Digest] = {}
        self.notes: list[Note] = []
        self.witness = Witness(root, self.notes.append)
        self.witness.start()
        see_variables(self.witness.variable)
        see_what_is_missing(self.witness.missing)
        let_children_be_seen(str(Path(__file__).with_name("witness")))

    def compile(self, file: str, source: bytes) -> None:
        """Take note of a module that is compiled from *source*."""
        self.compiled[file] = digest_bytes(source)
        self.witness.loaded(file)
