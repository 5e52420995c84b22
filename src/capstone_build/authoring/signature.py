"""
The signature of a stage's function, held against what its stage declares.

Knows names and annotations; does not know files, nor whether a value of some
form can arrive (`capstone_build.execution.conversion`).
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from capstone_build.authoring.declaration import Declaration

RETURNED = "return"
"""The name under which annotations keep that of what is returned."""


def signature_problems(
    declared: Declaration, parameters: Mapping[str, inspect.Parameter], hints: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """
    Find what the function takes and nobody gives, and what is given and nobody takes.

    Args:
        declared: What the stage declares.
        parameters: Those of the function.
        hints: Its annotations, evaluated.

    Yields:
        Each problem with its remedy.
    """
    known = {**declared.inputs, **declared.outputs, **declared.params}
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    for name, parameter in parameters.items():
        if parameter.kind in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}:
            continue
        if parameter.kind is parameter.POSITIONAL_ONLY:
            yield (
                f"its parameter {name!r} is positional-only",
                "Take the / out of the signature: values are passed by name.",
            )
        elif name not in known and parameter.default is parameter.empty:
            near = get_close_matches(name, known)
            yield (
                f"its function takes {name!r}, which is no input, output or parameter",
                f"Did you mean {near[0]!r}?" if near else "Declare it, or take it out.",
            )
    for name in declared.params:
        if name not in parameters and not takes_any:
            near = get_close_matches(name, parameters)
            yield (
                f"the parameter {name!r} names nothing: its function does not take it",
                f"Did you mean {near[0]!r}?" if near else "Take it, or leave it out of params.",
            )
    yield from _unwritten(declared, parameters, hints)


def _unwritten(
    declared: Declaration, parameters: Mapping[str, inspect.Parameter], hints: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Find outputs that the function neither takes nor returns."""
    for name, artifact in declared.outputs.items():
        if name in parameters:
            continue
        if str(getattr(artifact, "path", artifact)).endswith("/"):
            yield (
                f"nobody writes the folder {name!r}: its function does not take it",
                f"Take {name}: Path as a parameter, and write into it.",
            )
        elif hints.get(RETURNED, Any) is type(None):
            yield (
                f"nobody writes {name!r}: its function returns None and does not take it",
                f"Take {name}: Path as a parameter and write there, or return the content.",
            )


def spelled_form(annotation: Any) -> str:
    """Spell an annotation so that it is the same text in every process."""
    if annotation is None or annotation is inspect.Parameter.empty:
        return ""
    if isinstance(annotation, type) and not typing.get_args(annotation):
        module = "" if annotation.__module__ == "builtins" else f"{annotation.__module__}."
        return module + annotation.__qualname__
    return str(annotation)
