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
    select_option,
    settings_option,
    targets_argument,
    tell_asides,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import Plan
from capstone_build.errors import UsageError
from capstone_build.looking.session import foresee
from capstone_build.presentation.cells import cut
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.forms import legible
from capstone_build.presentation.picture import Picture, files_picture, stages_picture

_FORMS = {
    "text": (".txt", ".text"),
    "mermaid": (".mmd", ".mermaid"),
    "dot": (".dot", ".gv"),
    "svg": (".svg",),
    "png": (".png",),
    "json": (".json",),
    "html": (".html", ".htm"),
}
_NOT_FOR_TERMINALS = frozenset({"png", "html"})
_FOLDED = "--all draws like stages one by one"


@click.command("graph")
@targets_argument
@select_option
@exclude_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    help="By default what the suffix of FILE says, else text. html is a page to open in a browser.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it there.",
)
@click.option("--files", is_flag=True, help="Draw the files too, between the stages.")
@click.option("--all", "everything", is_flag=True, help="Draw each stage, however many are alike.")
@settings_option
@json_option
@file_option
def graph_command(
    targets: tuple[str, ...],
    selected: tuple[str, ...],
    excluded: tuple[str, ...],
    form: str | None,
    output: Path | None,
    files: bool,
    everything: bool,
    settings: tuple[str, ...],
    as_json: bool,
    file: Path | None,
) -> int:
    """
    Draw what TARGETs need, or everything, each stage with its state.

    Of more than 30 stages (in pictures, more than 200), those that are alike are one
    line, which says how many there are and in which states; --all draws each. For
    example: capstone graph -o pipeline.html
    """
    form = "json" if as_json else form or _form_of(output)
    if output is None and form in _NOT_FOR_TERMINALS and sys.stdout.isatty():
        raise UsageError(
            f"{form} is nothing to be read on a terminal",
            hint=f"Write it into a file: capstone graph -o graph.{form}",
        )
    project = opened_project(file)
    session, forecast = foresee(project, read_wish(project, targets, settings, excluded=excluded))
    with session:
        tell_asides(session)
        graph = forecast.graph
        if selected:
            names = session.selected(read_wish(project, selected))
            graph = graph.part([name for name in names if name in graph.stages])
        picture = (files_picture if files else stages_picture)(graph, forecast.plan)
        if form == "html":
            # The page alone tells more than the forecast knows.
            from capstone_build.graph_page import page_of

            drawn: str | bytes = page_of(session, forecast, graph, picture)
        else:
            drawn = _drawn(picture, graph, forecast.plan, form, everything, files, output)
    _put(drawn, output, len(graph))
    return 0


def _form_of(output: Path | None) -> str:
    """Return the form that the suffix of a file says."""
    if output is None:
        return "text"
    for form, suffixes in _FORMS.items():
        if output.suffix.lower() in suffixes:
            return form
    known = ", ".join(suffix for suffixes in _FORMS.values() for suffix in suffixes)
    raise UsageError(
        f"{for_terminal(str(output))!r} does not say in which form the graph is to be drawn",
        facts={"known suffixes": known},
        hint="Give it one of them, or name the form: --format svg",
    )


def _drawn(
    picture: Picture,
    graph: StageGraph,
    plan: Plan,
    form: str,
    everything: bool,
    files: bool,
    output: Path | None,
) -> str | bytes:
    if form == "json":
        from capstone_build.presentation import graph_json

        return graph_json.draw(graph, plan, picture if files else None)
    whole = picture
    if not everything:
        picture = legible(whole, form)
    if form == "text":
        return _text(picture, output, _FOLDED if picture is not whole else "")
    if form == "png":
        from capstone_build.presentation import png

        return png.draw(picture)
    from capstone_build.presentation import dot, mermaid, svg

    if form == "svg":
        return svg.draw(picture)
    return mermaid.draw(picture) if form == "mermaid" else dot.draw(picture)


def _text(picture: Picture, output: Path | None, remark: str) -> str:
    """Draw for the terminal; for a file, as wide as may be."""
    from capstone_build.presentation import drawing

    if output is not None:
        return drawing.draw(picture, width=0) + (f"{remark}\n" if remark else "")
    terminal = Terminal.of(sys.stdout)
    drawn = drawing.draw(
        picture, colour=terminal.colour, width=terminal.width, ascii_only=terminal.ascii_only
    )
    return drawn + cut(remark, terminal.width)


def _put(drawn: str | bytes, output: Path | None, stages: int) -> None:
    if output is None:
        if isinstance(drawn, bytes):
            sys.stdout.buffer.write(drawn)
        else:
            click.echo(drawn.rstrip("\n"), color=True)
        return
    try:
        output.write_bytes(drawn if isinstance(drawn, bytes) else drawn.encode())
    except OSError as error:
        raise UsageError(
            f"{for_terminal(str(output))!r} cannot be written: {error.strerror or error}",
            hint="Name a file in a folder that exists.",
        ) from None
    noun = "stage" if stages == 1 else "stages"
    click.echo(f"wrote {for_terminal(str(output))}: {stages} {noun}")
