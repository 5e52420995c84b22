"""
Commands with declared paths and values in their places.

Knows what a stage declares; the paths that a run is given (staging, the files
of a pattern) are others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from capstone_build.core.stage import ShellCommand, Stage
from capstone_build.core.template import argument_list, shell_line, words_of


def declared_command(stage: Stage) -> str | tuple[str, ...] | None:
    """Return the line, or the words, of the command that *stage* is; None if it is a function."""
    if not isinstance(stage.action, ShellCommand):
        return None
    values: Mapping[str, Mapping[str, str | Sequence[str]]] = {
        "inputs": {each.name: [a.location for a in each.artifacts] for each in stage.inputs},
        "outputs": {each.name: each.artifact.location for each in stage.outputs},
        "params": {name: words_of(value) for name, value in stage.parameters.items()},
    }
    text = stage.action.text
    return shell_line(text, values) if isinstance(text, str) else tuple(argument_list(text, values))
