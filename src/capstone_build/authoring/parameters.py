"""
Values of parameters: the declared defaults, `capstone.toml`, then `--set`.

Knows the configuration file and the command line's spelling; does not know
how a parameter reaches a stage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from capstone_build.core.digest import JsonValue
from capstone_build.core.stage import Stage
from capstone_build.errors import (
    InvalidPipelineError,
    PipelineError,
    UnknownParameterError,
    UsageError,
)

CONFIGURATION = "capstone.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """
    One value that overrides a default.

    Attributes:
        stage: Whose parameter it is; None for every stage that has it.
        name: The parameter.
        value: Its new value.
        where: Where it is set, as a person would look for it.
    """

    stage: str | None
    name: str
    value: JsonValue
    where: str


def read_configuration(root: Path) -> list[Setting]:
    """
    Read `[params]` and `[params.<stage>]` of the project's `capstone.toml`.

    Raises:
        UsageError: If the file is there and is not what it should be.
    """
    path = root / CONFIGURATION
    try:
        text = path.read_text(encoding="utf-8-sig")
        import tomllib  # (8 ms, for most projects in vain)

        content = tomllib.loads(text)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{CONFIGURATION} cannot be read: {error}") from None
    unknown = content.keys() - {"params"}
    if unknown:
        raise UsageError(
            f"{CONFIGURATION} has no section {min(unknown)!r}",
            facts={"at": _place(text, None, min(unknown))},
            hint="Values of parameters stand under [params] or [params.<stage>].",
        )
    table = content.get("params", {})
    if not isinstance(table, dict):
        raise UsageError(f"params in {CONFIGURATION} is no table", hint="Write [params].")
    settings: list[Setting] = []
    for name, value in table.items():
        if isinstance(value, dict):
            settings += [
                Setting(name, inner, _plain(each), _place(text, name, inner))
                for inner, each in value.items()
            ]
        else:
            settings.append(Setting(None, name, _plain(value), _place(text, None, name)))
    return settings


def read_option(option: str) -> Setting:
    """
    Read one `--set stage.name=value`, or `name=value` for every stage that has it.

    The value is read as JSON (`10`, `true`, `["a"]`); what is no JSON is text.

    Raises:
        UsageError: If there is no name or no `=`.
    """
    key, equals, text = option.partition("=")
    stage, _, name = key.strip().rpartition(".")
    if not equals or not name:
        raise UsageError(f"--set {option}: no value is set", hint="Write --set stage.name=value.")
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    return Setting(stage or None, name, value, f"--set {option}")


def apply_settings(stages: Sequence[Stage], settings: Sequence[Setting]) -> tuple[Stage, ...]:
    """
    Return *stages* with their parameters set; later settings win, a stage's own before all.

    Raises:
        InvalidPipelineError: With each setting that no stage takes.
    """
    problems: list[PipelineError] = []
    by_name = {stage.name: stage for stage in stages}
    values = {stage.name: dict(stage.parameters) for stage in stages}
    ranked = sorted(settings, key=lambda setting: setting.stage is not None)
    for setting in [s for s in ranked if not _is_option(s)] + [s for s in ranked if _is_option(s)]:
        takers = [
            name
            for name, stage in by_name.items()
            if setting.stage in {None, name} and setting.name in stage.parameters
        ]
        if not takers:
            problems.append(_unknown(setting, stages))
        for name in takers:
            values[name][setting.name] = setting.value
    if problems:
        raise InvalidPipelineError(problems)
    return tuple(replace(stage, parameters=values[stage.name]) for stage in stages)


def _is_option(setting: Setting) -> bool:
    return setting.where.startswith("--set ")


def _unknown(setting: Setting, stages: Sequence[Stage]) -> UnknownParameterError:
    from difflib import get_close_matches

    written = setting.name if setting.stage is None else f"{setting.stage}.{setting.name}"
    known = [f"{stage.name}.{name}" for stage in stages for name in stage.parameters]
    if setting.stage is None:
        known += [name for stage in stages for name in stage.parameters]
    return UnknownParameterError(
        written, setting.where, get_close_matches(written, dict.fromkeys(known), n=3)
    )


def _plain(value: object) -> JsonValue:
    """Turn what TOML can say and JSON cannot, dates and times, into text."""
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    assert value is None or isinstance(value, str | int | float | bool)  # noqa: S101 (TOML has no more)
    return value


def _place(text: str, section: str | None, key: str) -> str:
    """Find the line that sets *key*; the parser does not tell."""
    inside: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\s*params\s*(?:\.\s*[\"']?([^\"'\]]+?)[\"']?\s*)?\]", line):
            inside = header[1]
        elif inside == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return f"{CONFIGURATION}:{number}"
        if re.match(rf"\s*\[\s*{re.escape(key)}\b", line):
            return f"{CONFIGURATION}:{number}"
    return CONFIGURATION
