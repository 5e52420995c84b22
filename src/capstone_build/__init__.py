"""
capstone: make for data work in Python.

Declare stages with `stage` and `command`; the command `capstone build` runs
those whose inputs or code have changed.
"""

from capstone_build.authoring.declaration import DeclaredStage, command, stage
from capstone_build.core.artifact import Artifact
from capstone_build.core.contract import Violation
from capstone_build.errors import CapstoneError, MissingExtraError

__version__ = "0.1.0"

__all__ = [
    "Artifact",
    "CapstoneError",
    "DeclaredStage",
    "MissingExtraError",
    "Violation",
    "command",
    "stage",
]
