"""`capstone why`: why a stage runs, or need not, down to the line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from capstone_build.asking.explaining import Explaining
from capstone_build.cli.options import (
    except_option,
    file_option,
    json_option,
    opened_project,
    read_wish,
    settings_option,
    stages_or_none_argument,
    tell_asides,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.core.plan import UpToDate
from capstone_build.errors import UsageError
from capstone_build.looking.session import foresee
from capstone_build.presentation.explanation import (
    UNLIMITED,
    USUAL,
    closure_lines,
    explanation_lines,
    overview_lines,
)
from capstone_build.presentation.explanation_json import explanations_record


@click.command("why")
@stages_or_none_argument
@except_option
@click.option("--closure", is_flag=True, help="List all that counts in its fingerprint.")
@click.option("--all", "everything", is_flag=True, help="Leave nothing out, however long it is.")
@settings_option
@json_option
@file_option
def why_command(
    stages: tuple[str, ...],
    excluded: tuple[str, ...],
    closure: bool,
    everything: bool,
    settings: tuple[str, ...],
    as_json: bool,
    file: Path | None,
) -> int:
    """
    Say why STAGE would run or not, and why it last ran.

    For code: the definition that changed, how the stage reaches it, and the
    lines, old and new. A STAGE may also be named by an artifact that it writes.
    Without any, say in short why each stage would run that is not up to date.
    """
    if closure and not stages:
        raise UsageError(
            "--closure lists what counts for a stage, and none is named",
            hint="`capstone why STAGE --closure`; `capstone status` lists the stages.",
        )
    project = opened_project(file)
    wish = read_wish(project, stages, settings, excluded=excluded)
    session, forecast = foresee(project, replace(wish, excluded=()))
    with session:
        tell_asides(session)
        terminal = Terminal.of(sys.stdout)
        limits = UNLIMITED if everything else USUAL
        # What goes into a pipe is searched there: a list that is cut would hide what it holds.
        listed = limits if sys.stdout.isatty() else UNLIMITED
        explaining = Explaining(session, forecast)
        stale = [s for s in forecast.graph if not isinstance(forecast.plan[s.name], UpToDate)]
        named = [session.graph.stages[name] for name in session.selected(wish)] if stages else stale
        if as_json:
            told = [explaining.explain(stage) for stage in named]
            counted = {s.name: explaining.counted(s) for s in named} if closure else {}
            click.echo(json.dumps(explanations_record(told, counted), indent=2))
            return 0
        if not (stages or everything):
            brief = map(explaining.in_brief, stale)
            _print(overview_lines(brief, len(forecast.graph) - len(stale), terminal.colour))
            return 0
        for stage in named:
            _print(explanation_lines(explaining.explain(stage), limits, terminal.colour))
            if closure:
                _print(closure_lines(explaining.counted(stage), listed))
    return 0


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line, color=True)  # whether it is coloured is decided already
