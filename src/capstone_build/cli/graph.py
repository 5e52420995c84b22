"""`capstone graph`: the stages and what joins them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from capstone_build.cli.options import (
    exclude_option,
    file_option,
    json_option,
    opened_project,
    read_wish,
    settings_option,
    targets_argument,
    tell_asides,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.presentation import dot, drawing, graph_json, mermaid
from capstone_build.session import foresee


@click.command("graph")
@targets_argument
@exclude_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "dot", "json"]),
    default="text",
    show_default=True,
    help="A drawing for the terminal, or text for another program.",
)
@settings_option
@json_option
@file_option
def graph_command(
    targets: tuple[str, ...],
    excluded: tuple[str, ...],
    form: str,
    settings: tuple[str, ...],
    as_json: bool,
    file: Path | None,
) -> int:
    """Draw what TARGETs need, or everything, each stage with its state."""
    project = opened_project(file)
    session, forecast = foresee(project, read_wish(project, targets, settings, excluded=excluded))
    with session:
        tell_asides(session)
    form = "json" if as_json else form
    if form == "text":
        terminal = Terminal.of(sys.stdout)
        text = drawing.draw(
            forecast.graph,
            forecast.plan,
            colour=terminal.colour,
            width=terminal.width,
            ascii_only=terminal.ascii_only,
        )
    else:
        module = {"mermaid": mermaid, "dot": dot, "json": graph_json}[form]
        text = module.draw(forecast.graph, forecast.plan)
    click.echo(text.rstrip("\n"), color=True)
    return 0
