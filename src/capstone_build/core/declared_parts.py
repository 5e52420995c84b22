"""
The parts of a fingerprint that a stage's declaration contributes.

Knows what is declared, in the pipeline itself; does not know code, packages or
the environment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from capstone_build.core.digest import Digest, digest_fields, digest_value, spell_value
from capstone_build.core.fingerprint import Aspect, Part
from capstone_build.core.stage import PythonCall, Stage
from capstone_build.core.template import places
from capstone_build.core.variable import is_secret, without_secrets

VALUE_FORMAT = "1"
"""Counts in every Python stage; raised when a value of the same form is written otherwise."""


def declared_parts(stage: Stage) -> Iterator[tuple[Part, Digest, str]]:
    """List the parts: for each its digest, and what a person would call its value."""
    forms: Mapping[str, str] = {}
    if isinstance(stage.action, PythonCall):
        forms = stage.action.forms
        yield (Aspect.DECLARATION, "format of values"), digest_fields(VALUE_FORMAT), VALUE_FORMAT
        yield (Aspect.DECLARATION, "function"), digest_fields(stage.action.function), ""
        if form := forms.get("return"):
            yield (Aspect.DECLARATION, "returned value"), digest_fields(form), form
    else:
        text = stage.action.text
        words = [text] if isinstance(text, str) else list(text)
        kind = "line" if isinstance(text, str) else "list"
        yield (Aspect.COMMAND, "command"), digest_fields(kind, *words), " ".join(words)
    for group, names in _orders(stage).items():
        yield (Aspect.DECLARATION, f"order of {group}"), digest_fields(*names), ", ".join(names)
    for each in stage.inputs:
        paths = [artifact.path for artifact in each.artifacts]
        form = forms.get(each.name, "")
        kind = "list" if each.is_list else "one"
        yield (
            (Aspect.DECLARATION, f"input {each.name}"),
            digest_fields(kind, form, *paths),
            f"{', '.join(paths)} as {form}" if form else ", ".join(paths),
        )
    for output in stage.outputs:
        yield (
            (Aspect.DECLARATION, f"output {output.name}"),
            digest_fields(forms.get(output.name, ""), output.artifact.path),
            output.artifact.path,
        )
    for name, value in stage.parameters.items():
        said = "" if is_secret(name) else spell_value(without_secrets(value))
        yield (Aspect.PARAMETER, name), digest_value(value), said
    if stage.version is not None:
        yield (Aspect.VERSION, "version"), digest_fields(stage.version), stage.version
    for name, text in stage.captured.items():
        yield (Aspect.DECLARATION, f"captured {name}"), digest_fields(text), text


def _orders(stage: Stage) -> dict[str, list[str]]:
    """Return the names whose order matters to *stage*: those it is given, or gives, as a row."""
    names = {
        "inputs": [each.name for each in stage.inputs],
        "outputs": [each.name for each in stage.outputs],
        "params": list(stage.parameters),
    }
    if isinstance(stage.action, PythonCall):
        returned = [name for name in names["outputs"] if name not in stage.action.forms]
        return {"returned values": returned} if len(returned) > 1 else {}
    as_row = {group for group, name in places(stage.action.text) if name is None}
    return {group: names[group] for group in sorted(as_row)}
