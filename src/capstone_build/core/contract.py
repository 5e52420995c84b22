"""
Contracts: what a stage promises of its artifacts, and the ways to break it.

Knows violations as data; does not know pydantic, pandera or files: contracts
are checked where the data is (`capstone_build.execution`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """
    One way in which an artifact breaks its contract.

    Attributes:
        artifact: The path of the artifact, from the project's root.
        problem: What is wrong with it, as one clause.
    """

    artifact: str
    problem: str

    def __str__(self) -> str:
        """Say which artifact breaks what."""
        return f"{self.artifact}: {self.problem}"
