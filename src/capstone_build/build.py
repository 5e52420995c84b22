"""
Building: one effort to bring targets up to date, from the project to the report.

Knows when there is something to do, and holds the lock while it is done; what
is done with each stage is in `capstone_build.building.loop`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.core.event import Listener, PipelinePrinted, StagesLeftOut, Waiting
from capstone_build.core.outcome import Outcome, StageResult
from capstone_build.core.report import BuildReport
from capstone_build.disk import disk_failed
from capstone_build.errors import MemoryFailedError
from capstone_build.execution.host import HostDiffersError
from capstone_build.looking.session import Forecast, OpenHost, Session, foresee, host_of_its_own
from capstone_build.request import Request
from capstone_build.resting.reach import Reach, reached
from capstone_build.resting.rest import Rest, keep
from capstone_build.storage.footing import Footing
from capstone_build.storage.lock import locked


def build(
    project: ProjectPlace,
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

    What signals do is the caller's to say (`capstone_build.interruption`): a build that
    one of them interrupts ends in order, and the report tells.
    """
    effort = _Effort(project, request, on_event, open_host)
    effort.look()
    footing = None
    try:
        report = effort.brought_up_to_date()
        footing = _footing(effort.session, effort.forecast, request, report)
    except BrokenPipeError:
        raise  # whoever reads what is told has enough of it: click ends the program
    except OSError as error:
        # No code of the user's runs in this process: it is the disk.
        raise disk_failed(error.filename or project.root, error) from None
    finally:
        at_end(effort.session)
        effort.session.close()
        if footing is not None:
            keep(footing, effort.session.world.memory_folder)
    return report


class _Effort:
    """
    One effort to bring targets up to date.

    Args:
        project: The project.
        request: What to build, and how.
        on_event: Called with each event.
        open_host: How the host is come by.

    Attributes:
        session: The project, as it was opened last.
        forecast: What is to be done there.
    """

    session: Session
    forecast: Forecast

    def __init__(
        self, project: ProjectPlace, request: Request, on_event: Listener, open_host: OpenHost
    ) -> None:
        self._project = project
        self._open_host = open_host
        self._request = request
        self._tell = on_event
        self._began = time.monotonic()
        self._waited = False

    def look(self) -> None:
        """Open what the effort concerns: what moved since the last, or else all."""
        if (found := reached(self._project, self._request)) is None:
            found = foresee(self._project, self._request.wish, self._open_host)
        self.session, self.forecast = found

    def brought_up_to_date(self) -> BuildReport:
        """Do what there is to do, under the lock, and report."""
        if self.session.printed:
            self._tell(PipelinePrinted(self.session.printed))
        if self.forecast.left_out:
            self._tell(StagesLeftOut(self.forecast.left_out))
        if self.forecast.is_nothing_to_do:
            return _nothing_to_do(self.session, self.forecast, self._tell, self._began)
        with locked(self.session.world.memory_folder, self._wait):
            if self._waited or not self.session.still_stands():
                self._look_again()
                if self.forecast.is_nothing_to_do:
                    return _nothing_to_do(self.session, self.forecast, self._tell, self._began)
            try:
                return self._run()
            except HostDiffersError:  # the pipeline changed since it was known
                self._look_again()
                return self._run()

    def _run(self) -> BuildReport:
        from capstone_build.building.loop import Loop  # (20 ms, where there is nothing to run)

        return Loop(self.session, self.forecast, self._request, self._tell, self._began).run()

    def _look_again(self) -> None:
        """Open all of the project: meanwhile anything may have changed, the pipeline included."""
        self.session.close()
        wish = self._request.wish
        self.session, self.forecast = foresee(self._project, wish, self._open_host)

    def _wait(self, pid: int | None) -> None:
        self._waited = True
        self._tell(Waiting(pid))


def _footing(
    session: Session, forecast: Forecast, request: Request, report: BuildReport
) -> Footing | None:
    """Return what a build rests on that has nothing more to say, if anything asks for it."""
    if request.wish.is_of_the_moment:
        return None
    if report.failures or report.unreached or report.interrupted is not None:
        return None
    world = session.world
    is_silent = not (session.printed or world.manifest.problem or any(world.orphans_met()))
    if not (request.words and is_silent) or forecast.forced or forecast.left_out:
        return None
    here = Path.cwd()
    if not here.is_relative_to(session.project.root):
        return None
    rest = Rest(session, here)
    if isinstance(session, Reach):
        ran = [n for n, result in report.results.items() if result.outcome is not Outcome.REUSED]
        footing = rest.renewed(session, ran)
    else:
        footing = rest.footing(request.words, forecast.graph)
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
        beyond=session.beyond,
    )
