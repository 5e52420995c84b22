"""
Building: one effort to bring targets up to date, from the project to the report.

Knows when there is something to do, and holds the lock while it is done; what
is done with each stage is in `capstone_build.loop`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from capstone_build.authoring.project import Project
from capstone_build.core.report import (
    BuildReport,
    Listener,
    Outcome,
    PipelinePrinted,
    StageResult,
    Waiting,
)
from capstone_build.disk import disk_failed
from capstone_build.errors import MemoryFailedError
from capstone_build.interruption import interruptible
from capstone_build.loop import Loop
from capstone_build.request import Request
from capstone_build.rest import Rest, keep
from capstone_build.session import Forecast, OpenHost, Session, foresee, host_of_its_own
from capstone_build.storage.footing import Footing
from capstone_build.storage.lock import locked


def build(
    project: Project,
    request: Request,
    on_event: Listener,
    open_host: OpenHost = host_of_its_own,
    at_end: Callable[[Session], None] = lambda _: None,
) -> BuildReport:
    """
    Bring the targets up to date.

    Args:
        project: The project.
        request: What to build, and how.
        on_event: Called with each event, in this thread, as it happens.
        open_host: How the host of the pipeline is come by.
        at_end: Called with the session before it is closed, if the build could begin.

    Raises:
        PipelineError: If the declaration or a target is wrong; nothing has run.
        MemoryFailedError: If the engine's memory or the disk fails.
    """
    began = time.monotonic()
    waited = False

    def wait_for(pid: int | None) -> None:
        nonlocal waited
        waited = True
        on_event(Waiting(pid))

    with interruptible():
        session, forecast = foresee(project, request.wish, open_host)
        footing = None
        if session.printed:
            on_event(PipelinePrinted(session.printed))
        try:
            if forecast.is_nothing_to_do:
                report = _nothing_to_do(session, forecast, on_event, began)
            else:
                with locked(session.world.memory_folder, wait_for):
                    if waited:  # meanwhile anything may have changed, the pipeline included
                        session.close()
                        session, forecast = foresee(project, request.wish, open_host)
                    if waited and forecast.is_nothing_to_do:
                        report = _nothing_to_do(session, forecast, on_event, began)
                    else:
                        report = Loop(session, forecast, request, on_event, began).run()
            footing = _footing(session, forecast, request, report)
        except BrokenPipeError:
            raise  # whoever reads what is told has enough of it: click ends the program
        except OSError as error:
            # No code of the user's runs in this process: it is the disk.
            raise disk_failed(error.filename or project.root, error) from None
        finally:
            at_end(session)
            session.close()
            if footing is not None:
                keep(footing, session.world.memory_folder, request.wish.folder)
    return report


def _footing(
    session: Session, forecast: Forecast, request: Request, report: BuildReport
) -> Footing | None:
    """Return what a build rests on that has nothing more to say, if anything asks for it."""
    world = session.world
    is_at_rest = not (report.failures or report.unreached or report.interrupted is not None)
    is_silent = not (session.printed or world.manifest.problem or any(world.orphans_met()))
    here = Path.cwd()
    is_asked_for = request.words and here.is_relative_to(session.project.root)
    if not (is_asked_for and is_at_rest and is_silent) or forecast.forced:
        return None
    footing = Rest(session, here).footing(request.words, len(report.results))
    with suppress(MemoryFailedError):
        world.remember()  # what was looked at once more
    return footing


def _nothing_to_do(
    session: Session, forecast: Forecast, on_event: Listener, began: float
) -> BuildReport:
    """Report a build in which every stage is up to date."""
    try:
        session.world.remember()
    except MemoryFailedError:
        pass  # nothing was built, so nothing is lost: the next look reads the files again
    for event in session.world.orphans_met():
        on_event(event)
    return BuildReport(
        build="",
        results={n: StageResult(stage=n, outcome=Outcome.REUSED) for n in forecast.graph.stages},
        standing=tuple(a.path for stage in forecast.graph for a in stage.writes),
        seconds=time.monotonic() - began,
    )
