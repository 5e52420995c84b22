"""
capstone: make for data work in Python.

Declare stages with `stage` and `command`; the command `capstone build` runs
those whose inputs or code have changed. `Project` does the same from Python.
"""

from capstone_build.version import VERSION

# The command starts here too, and with nothing to do needs none of these: each is
# imported when it is first asked for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from capstone_build.answers.build_report import BuildReport
    from capstone_build.authoring.declaration import DeclaredStage, command, stage
    from capstone_build.core.artifact import Artifact
    from capstone_build.core.contract import Violation
    from capstone_build.core.report import Outcome
    from capstone_build.errors import CapstoneError, MissingExtraError
    from capstone_build.project import Project

__version__ = VERSION

__all__ = [
    "Artifact",
    "BuildReport",
    "CapstoneError",
    "DeclaredStage",
    "MissingExtraError",
    "Outcome",
    "Project",
    "Violation",
    "command",
    "stage",
]

_PLACES = {
    "Artifact": "core.artifact",
    "BuildReport": "answers.build_report",
    "CapstoneError": "errors",
    "DeclaredStage": "authoring.declaration",
    "MissingExtraError": "errors",
    "Outcome": "core.report",
    "Project": "project",
    "Violation": "core.contract",
    "command": "authoring.declaration",
    "stage": "authoring.declaration",
}


def __getattr__(name: str) -> object:
    """Import a public name from the room that it is in."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found
