"""
Rebuilding: stages run a second time, apart from the project, and are compared.

Knows which stages can be compared and how their second run is kept apart: each has
a copy of what it needs as its working directory, and a host of its own that imports
the pipeline from there. What a stage does outside of its working directory, by
absolute paths, in databases or over the network, it does again. Nothing is recorded.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.build_name import new_build_name
from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.event import BuildStarted, StageStarted
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.outcome import Cause, Failure
from capstone_build.core.plan import UpToDate
from capstone_build.core.rebuilt import Contrast, Rebuilding, Rebuilt, Sameness
from capstone_build.core.stage import Stage, StageName
from capstone_build.core.trace import Trace
from capstone_build.disk import disk_failed
from capstone_build.errors import PipelineLoadError
from capstone_build.execution.bounded_log import last_lines
from capstone_build.execution.executor import LocalExecutor
from capstone_build.execution.host import Host
from capstone_build.execution.notes import Sight, notes_from
from capstone_build.execution.order import RunResult, WorkOrder
from capstone_build.execution.staging import Staging
from capstone_build.interruption import Interrupted, signal_of, uninterruptible
from capstone_build.looking.session import Forecast, Session, foresee
from capstone_build.request import Wish
from capstone_build.tending.scratch import FOLDER, Scratch, dead_scratches, spare_of
from capstone_build.tending.second_run import SecondRun

_TICK_SECONDS = 0.05
"""How often runs are looked after."""

Listener = Callable[[BuildStarted | StageStarted | Rebuilt], None]


def rebuild(project: ProjectPlace, wish: Wish, jobs: int, tell: Listener) -> Rebuilding:
    """
    Run stages a second time and compare what they leave with what is recorded.

    Args:
        project: Whose.
        wish: Which stages; all, if it names none.
        jobs: How many at the same time.
        tell: Called as each stage starts and ends.

    Raises:
        PipelineError: If the pipeline does not load, or a target is none.
        MemoryFailedError: If a copy cannot be made.
    """
    began = time.monotonic()
    session, forecast = foresee(project, Wish(settings=wish.settings))
    with session:
        stages = [session.graph.stages[name] for name in session.selected(wish)]
        work = _Rebuilding(session, forecast, tell)
        interrupted = work.run(stages, jobs)
        return Rebuilding(
            stages=work.done,
            seconds=time.monotonic() - began,
            printed=session.printed,
            interrupted=interrupted,
        )


class _Rebuilding:
    """All second runs of one session."""

    def __init__(self, session: Session, forecast: Forecast, tell: Listener) -> None:
        self._session = session
        self._forecast = forecast
        self._tell = tell
        self._root = session.project.root
        self._memory = self._root / MEMORY_FOLDER
        self._place = self._memory / FOLDER / new_build_name()
        self._spare = spare_of(self._root, session.graph)
        notes = notes_from(session.host.greeting["notes"])
        reads = {Sight.READ, Sight.USED}
        self._imported = [(Aspect.READ, note.name) for note in notes if note.sight in reads]
        self._numbers = count(1)
        self._running: list[SecondRun] = []
        self.done: dict[StageName, Rebuilt] = {}

    def run(self, stages: list[Stage], jobs: int) -> int | None:
        """Run *stages*; return the signal that ended it, if one did."""
        for folder in dead_scratches(self._memory):
            shutil.rmtree(folder, ignore_errors=True)
        waiting = deque(stages)
        self._tell(BuildStarted(len(stages)))
        try:
            while waiting or self._running:
                while waiting and len(self._running) < jobs:
                    self._take_up(waiting.popleft())
                time.sleep(_TICK_SECONDS if self._running else 0)
                for run in list(self._running):
                    for result in run.executor.wait(0):
                        self._running.remove(run)
                        self._end(run, result)
        except (Interrupted, KeyboardInterrupt) as interruption:
            return signal_of(interruption)
        except OSError as error:
            raise disk_failed(error.filename or self._place, error) from None
        finally:
            with uninterruptible():
                for run in self._running:
                    run.executor.stop()
                    run.host.close()
                shutil.rmtree(self._place, ignore_errors=True)
                with suppress(OSError):  # another one may be at work in it
                    self._place.parent.rmdir()
        return None

    def _take_up(self, stage: Stage) -> None:
        verdict = self._forecast.plan[stage.name]
        trace = self._session.world.last(stage.name)
        if not isinstance(verdict, UpToDate) or trace is None:
            self._note(Rebuilt(stage=stage.name, sameness=Sameness.SKIPPED, verdict=verdict))
            return
        place = self._place / str(next(self._numbers))
        scratch = Scratch(self._root, place, self._imported)
        self._tell(StageStarted(stage.name, ()))
        if moved := scratch.fill(stage, trace, self._spare):
            self._skip(stage, scratch, f"{moved} changed meanwhile")
            return
        try:
            host = Host(scratch.folder, self._session.project.module)
        except PipelineLoadError as error:
            self._not_loaded(stage, scratch, error.problem)
            return
        try:
            if problems := host.greeting["problems"]:
                host.close()
                self._not_loaded(stage, scratch, problems[0]["problem"])
                return
            if file := self._other_code(scratch, host):
                host.close()
                self._skip(stage, scratch, f"{file} changed meanwhile")
                return
            self._running.append(self._start(stage, trace, scratch, host))
        except BaseException:
            host.close()
            raise

    def _start(self, stage: Stage, trace: Trace, scratch: Scratch, host: Host) -> SecondRun:
        memory = scratch.folder / MEMORY_FOLDER
        staging = Staging(scratch.folder, memory, "second")
        order = WorkOrder(
            number=1,
            stage=stage.name,
            inputs=self._session.world.paths(stage, self._session.graph),
            outputs=staging.prepare(stage, 1),
            parameters=stage.parameters,
            timeout=stage.timeout,
            memory=stage.memory,
            log=(memory / "log").relative_to(scratch.folder).as_posix(),
            notes=staging.notes_file(1).relative_to(scratch.folder).as_posix(),
            result=staging.result_file(1).relative_to(scratch.folder).as_posix(),
        )
        executor = LocalExecutor(host, scratch.folder)
        executor.submit(order)
        return SecondRun(
            root=self._root,
            stage=stage,
            trace=trace,
            scratch=scratch,
            staging=staging,
            host=host,
            executor=executor,
            order=order,
        )

    def _other_code(self, scratch: Scratch, host: Host) -> str | None:
        """Return a file whose code in the copy is not what was judged; None if there is none."""
        copied, original = f"{scratch.folder}{os.sep}", f"{self._root}{os.sep}"
        compiled = {
            original + file.removeprefix(copied) if file.startswith(copied) else file: digest
            for file, digest in host.greeting["compiled"].items()
        }
        return self._session.world.fingerprints.other_code(compiled)

    def _end(self, run: SecondRun, result: RunResult) -> None:
        failure = result.failure
        contrasts: tuple[Contrast, ...] = ()
        note = ""
        if failure is not None:
            failure = self._explained(run, failure)
            sameness = Sameness.FAILED
            note = self._lacking()
        else:
            contrasts = tuple(run.contrasts())
            telling = tuple(each for each in contrasts if each.what)
            sameness = Sameness.DIFFERS if telling else Sameness.SAME
            if contrasts and not telling:
                note = "same but for the path of the folder that it ran in"
            contrasts = telling
        run.host.close()
        run.scratch.remove()
        self._note(
            Rebuilt(
                stage=run.stage.name,
                sameness=sameness,
                seconds=result.seconds,
                contrasts=contrasts,
                note=note,
                failure=failure,
            )
        )

    def _explained(self, run: SecondRun, failure: Failure) -> Failure:
        """Add what it printed, for its log goes with the copy, and leave out where that was."""
        copy = f"{run.scratch.folder}{os.sep}"
        return Failure(
            cause=failure.cause,
            message=failure.message.replace(copy, ""),
            traceback=failure.traceback.replace(copy, ""),
            violations=failure.violations,
            printed=tuple(
                line.replace(copy, "") for line in last_lines(run.scratch.folder / run.order.log)
            ),
        )

    def _lacking(self) -> str:
        """Say what was not in the copy and may have been missed."""
        if not self._spare.left_out:
            return "it ran in a copy of the project, with all that it was seen to read"
        names = ", ".join(self._spare.left_out[:3])
        more = len(self._spare.left_out) - 3
        tail = f" and {more} more" if more > 0 else ""
        return f"the copy that it ran in has no {names}{tail}: large, and declared by no stage"

    def _not_loaded(self, stage: Stage, scratch: Scratch, problem: str) -> None:
        """Tell that in the copy something is missing that the pipeline needs to be imported."""
        said = problem.replace(f"{scratch.folder}{os.sep}", "")
        failure = Failure(cause=Cause.RAISED, message=f"the pipeline does not load there: {said}")
        scratch.remove()
        self._note(
            Rebuilt(
                stage=stage.name, sameness=Sameness.FAILED, failure=failure, note=self._lacking()
            )
        )

    def _skip(self, stage: Stage, scratch: Scratch, note: str) -> None:
        scratch.remove()
        self._note(Rebuilt(stage=stage.name, sameness=Sameness.SKIPPED, note=note))

    def _note(self, rebuilt: Rebuilt) -> None:
        self.done[rebuilt.stage] = rebuilt
        self._tell(rebuilt)
