"""
The page of the graph: the picture, and what is remembered of each stage.

Knows where the past, logs and lines of code are, and takes so much of each that the page
of ten thousand stages can be opened; does not know how a page looks.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from capstone_build.asking.explaining import Explaining
from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import CanRestore, MustRun
from capstone_build.core.stage import StageName
from capstone_build.core.variable import is_secret
from capstone_build.looking.session import Forecast, Session
from capstone_build.presentation.escaping import block_for_terminal
from capstone_build.presentation.explanation import Limits, explanation_lines
from capstone_build.presentation.page import page
from capstone_build.presentation.page.told import Run, Told
from capstone_build.presentation.picture import Picture

_RUNS_OF_A_STAGE = 8
_RUNS_READ = 30_000
"""Of all stages, the latest: to read more takes seconds."""

_LOG_BYTES = 4_000
_LOG_LINES = 40
_LOGS_BYTES = 4_000_000
_EXPLAINED = 100
_LIMITS = Limits(changes=6, lines=30, rows=20)
_SHORTEST_SECRET = 4


def page_of(session: Session, forecast: Forecast, graph: StageGraph, picture: Picture) -> str:
    """Return the page of *graph*, with what is remembered of its stages."""
    secrets = _secrets()
    runs = _runs(session, graph)
    logs = dict(_logs(session.project.root, runs))
    why = dict(_why(session, forecast, graph))
    told = {
        name: Told(
            runs=tuple(runs.get(name, ())[:_RUNS_OF_A_STAGE]),
            log=logs.get(name, ("", ""))[0],
            log_place=logs.get(name, ("", ""))[1],
            why=why.get(name, ()),
        )
        for name in graph.stages
    }
    return page.draw(
        picture,
        graph,
        forecast.plan,
        told,
        title=session.project.root.name or "pipeline",
        hide=lambda text: secrets.sub("...", text) if secrets else text,
        when=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S"),
    )


def _runs(session: Session, graph: StageGraph) -> Mapping[StageName, list[Run]]:
    """Return what earlier builds did with each stage, the latest first."""
    found: dict[StageName, list[Run]] = defaultdict(list)
    read = 0
    for build in session.world.manifest.history().backwards():
        for past in build.stages:
            if past.stage in graph.stages:
                found[past.stage].append(Run(build.build, past))
        read += len(build.stages)
        if read > _RUNS_READ:
            break
    return found


def _logs(
    root: Path, runs: Mapping[StageName, list[Run]]
) -> Iterator[tuple[StageName, tuple[str, str]]]:
    """Yield for each stage the end of its latest log that is kept, and where that is."""
    room = _LOGS_BYTES
    for name, those in runs.items():
        for run in those:
            place = Path(MEMORY_FOLDER, "logs", run.build, f"{name}.log")
            if room > 0 and (text := _end(root / place)):
                room -= len(text)
                yield name, (text, place.as_posix())
                break


def _end(log: Path) -> str:
    """Return the last lines of a log as text that steers nothing; nothing if there is none."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = file.seek(max(0, size - _LOG_BYTES))
            text = file.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
    lines = block_for_terminal(text).rstrip().split("\n")
    if start or len(lines) > _LOG_LINES:
        # Of a line that was cut, nothing is shown.
        lines = ["...", *lines[1:][-_LOG_LINES:]]
    return "\n".join(lines)


def _secrets() -> re.Pattern[str] | None:
    """Return what finds the values of variables that are keys by their names."""
    values = {
        value
        for name, value in os.environ.items()
        if is_secret(name) and len(value) >= _SHORTEST_SECRET
    }
    longest_first = sorted(values, key=lambda value: (-len(value), value))
    return re.compile("|".join(map(re.escape, longest_first))) if values else None


def _why(
    session: Session, forecast: Forecast, graph: StageGraph
) -> Iterator[tuple[StageName, tuple[str, ...]]]:
    """Yield the lines, old and new, for which stages would run, as far as they are known."""
    explaining = Explaining(session, forecast)
    explained = 0
    for stage in graph:
        if explained < _EXPLAINED and isinstance(forecast.plan[stage.name], MustRun | CanRestore):
            explained += 1
            told = explaining.explain(stage)
            if any(change.old or change.new for change in told.changes):
                # The first line says what the page says above it; the others are below it.
                _, *lines = explanation_lines(told, _LIMITS, colour=False)
                yield stage.name, tuple(line.removeprefix("  ") for line in lines)
