"""
The loop of a build: stage after stage, as they become ready.

Knows the order of the steps for a stage: look, judge, run, look again, put in
place, store, remember. Decides nothing itself (`core.plan`, `core.schedule`)
and shows nothing (`presentation` listens to its events).
"""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count

from capstone_build.build_name import new_build_name
from capstone_build.building.chronicle import Chronicle
from capstone_build.building.discovery import Discovery
from capstone_build.building.lookout import Lookout
from capstone_build.building.placing import Placing
from capstone_build.building.recording import Recording
from capstone_build.building.results import Results
from capstone_build.building.run import Run
from capstone_build.building.settling import Settling
from capstone_build.core.event import (
    BuildStarted,
    Listener,
    MemoryReset,
    StageRetried,
    StageStarted,
)
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.observation import Observation
from capstone_build.core.outcome import Cause, Failure, Outcome, StageResult
from capstone_build.core.plan import CanRestore, Difference, MustRun, UpToDate, judge
from capstone_build.core.prospect import prospects
from capstone_build.core.report import BuildReport
from capstone_build.core.stage import Stage
from capstone_build.core.stage_record import digest_declared
from capstone_build.execution.bounded_log import last_lines
from capstone_build.execution.executor import Executor, LocalExecutor
from capstone_build.execution.notes import taken_from
from capstone_build.execution.order import RunResult
from capstone_build.execution.staging import Staging
from capstone_build.interruption import Interrupted, signal_of, uninterruptible
from capstone_build.looking.session import Forecast, Session
from capstone_build.request import Request
from capstone_build.storage.file_state import file_clock_ns

_DEAR_SECONDS = 1.0
"""What took so long to make is seen onto the disk at once, in case the power fails."""


class Loop:
    """The state of one build. Holds the lock as long as it lives."""

    def __init__(
        self,
        session: Session,
        forecast: Forecast,
        request: Request,
        on_event: Listener,
        began: float,
    ) -> None:
        self._session = session
        self._world = session.world
        self._graph = forecast.graph
        self._forced = set(forecast.forced)
        self._request = request
        self._began = began
        self._id = new_build_name()
        root = session.project.root
        self._logs = self._world.memory_folder / "logs" / self._id
        self._staging = Staging(root, self._world.memory_folder, self._id)
        self._chronicle = Chronicle(self._world, self._id, on_event)
        self._tell = self._chronicle.tell
        self._placing = Placing(self._world, self._staging, on_event)
        self._executor: Executor = LocalExecutor(session.host, root)
        self._recording = Recording(self._world)
        self._results = Results(forecast.graph, self._tell)
        self._settling = Settling(self._world, forecast.graph, on_event)
        self._runs: dict[int, Run] = {}
        self._numbers = count(1)
        self._lookout = Lookout(self._world.states)
        self._expected = prospects(forecast.graph, forecast.plan, self._world.took)

    def run(self) -> BuildReport:
        """Take up stage after stage until nothing is ready; return what came of them."""
        interrupted: int | None = None
        self._staging.sweep()
        if problem := self._world.manifest.problem:
            self._tell(MemoryReset(problem))
        self._tell(BuildStarted(len(self._graph), self._request.jobs, self._expected))
        try:
            self._loop()
            while self._goes_on and (again := self._settling.called_back(self._results.settled)):
                self._results.schedule.reopen(again)
                self._loop()
        except (Interrupted, KeyboardInterrupt) as interruption:
            interrupted = signal_of(interruption)
        except BaseException:
            self._chronicle.break_off()
            raise
        finally:
            with uninterruptible():
                self._executor.stop()
                for run in self._runs.values():
                    self._staging.abandon(run.stage, run.number)
                self._staging.clear()
        self._world.remember()
        for event in self._world.orphans_met():
            self._tell(event)
        report = self._results.report(
            build=self._id,
            seconds=time.monotonic() - self._began,
            interrupted=interrupted,
            beyond=self._session.beyond,
        )
        self._chronicle.end(report)
        return report

    @property
    def _goes_on(self) -> bool:
        return self._request.keep_going or not self._results.has_failed

    def _loop(self) -> None:
        schedule = self._results.schedule
        while True:
            while (
                schedule.running < self._request.jobs
                and self._goes_on
                and (name := schedule.next_ready()) is not None
            ):
                schedule.start(name)
                self._take_up(self._graph.stages[name])
            if not schedule.running:
                return
            for result in self._executor.wait(self._lookout.pause):
                self._come_back(self._runs.pop(result.number), result)
            for number in self._lookout.vain({n: run.states for n, run in self._runs.items()}):
                self._executor.end(number)

    # One stage.

    def _take_up(self, stage: Stage) -> None:
        """Look at a stage all of whose inputs are settled, and do what that calls for."""
        before = self._world.observe(stage, self._session.graph)
        verdict: UpToDate | CanRestore | MustRun
        if stage.name in self._forced:
            self._forced.remove(stage.name)  # once is enough, though it may be called back
            verdict = MustRun((Difference(Aspect.FORCED, stage.name),))
        else:
            verdict = judge(stage.name, before, self._world)
        if isinstance(verdict, UpToDate):
            self._results.done(StageResult(stage=stage.name, outcome=Outcome.REUSED))
            return
        if isinstance(verdict, CanRestore) and self._placing.restore(
            stage, verdict.trace, before, next(self._numbers)
        ):
            trace = verdict.trace
            self._recording.restored(stage, before, trace, verdict.because)
            self._settling.left(stage.name)
            self._results.done(
                StageResult(
                    stage=stage.name,
                    outcome=Outcome.RESTORED,
                    because=verdict.because,
                    changed=trace.outputs != before.outputs,
                    outputs=trace.outputs,
                )
            )
            return
        self._start(stage, before, verdict.because)

    def _start(
        self,
        stage: Stage,
        before: Observation,
        because: tuple[Difference, ...],
        attempt: int = 1,
        moved: int = 0,
    ) -> None:
        """Hand an order to a worker; note before it starts that a run is under way."""
        missing = [path for path, digest in before.inputs.items() if digest is None]
        if missing:
            message = f"its input {missing[0]!r} is not there"
            failure = Failure(cause=Cause.INPUT_MISSING, message=message)
            self._results.failed(stage.name, because, failure)
            return
        run = Run(
            stage=stage,
            number=next(self._numbers),
            because=because,
            before=before,
            states=self._world.states([*before.inputs, *before.files]),
            late=self._world.files.states(self._world.read_late(stage)),
            named=self._world.named(stage),
            began_ns=file_clock_ns(),
            attempt=attempt,
            moved=moved,
        )
        order = self._placing.order(
            stage,
            before,
            run.number,
            inputs=self._world.paths(stage, self._session.graph),
            log=self._logs / f"{stage.name}.log",
            # Of a part it is only known what it declared: the host sees whether it does so still.
            declared=digest_declared(stage) if self._session.is_part else None,
        )
        self._world.manifest.begin(stage.name, self._id)
        self._runs[run.number] = run
        self._tell(StageStarted(stage.name, because, attempt, order.log))
        self._executor.submit(order)

    def _come_back(self, run: Run, result: RunResult) -> None:
        """Deal with a run that ended: again, failed, or outputs in place."""
        stage = run.stage
        after = self._world.inputs(stage, self._session.graph)
        before = run.before.inputs
        moved = [p for p in after.keys() | before.keys() if after.get(p) != before.get(p)]
        late = self._world.files.touched(run.late)
        states = self._world.states(run.states)
        touched = [p for p, then in run.states.items() if states[p] != then and p not in late]
        if moved or touched:
            self._moved(run, min([*moved, *touched]))
            return
        if result.failure is not None:
            kept = self._staging.abandon(stage, run.number)
            failure = self._explained(stage, result.failure, kept)
            if run.attempt <= stage.retries:
                self._again(run, failure, attempt=run.attempt + 1)
            else:
                self._results.failed(stage.name, run.because, failure, result.seconds)
            return
        file = self._world.fingerprints.other_code(result.compiled, of=stage)
        if late or file is not None:
            kept = self._staging.abandon(stage, run.number)
            message = f"its code changed after the build began: {min(late, default=file)}"
            failure = Failure(cause=Cause.CODE_MOVED, message=message, kept=kept)
            self._results.failed(stage.name, run.because, failure, result.seconds)
            return
        notes = [*taken_from(self._staging.notes_file(run.number)), *run.named]
        found = Discovery(self._world, stage, notes, run.began_ns, settles=run.moved > 0).found
        if found.moved and run.moved == 0:
            self._moved(run, found.moved)
            return
        is_dear = result.seconds >= _DEAR_SECONDS
        with self._world.looks.as_artifacts():
            outputs = self._placing.publish(stage, run.number)
            if is_dear:
                self._placing.sync(outputs)
        self._recording.built(
            stage,
            run.before,
            found.parts,
            outputs,
            run.because,
            seconds=result.seconds,
            places=found.places,
            said=found.said,
        )
        if is_dear:
            self._world.manifest.sync()
        self._settling.left(stage.name, notes)
        for each in found.undeclared:
            self._tell(each)
        self._results.done(
            StageResult(
                stage=stage.name,
                outcome=Outcome.BUILT,
                because=run.because,
                seconds=result.seconds,
                changed=outputs != run.before.outputs,
                memory=result.memory,
                outputs=outputs,
            )
        )

    def _moved(self, run: Run, path: str) -> None:
        """An input changed while its stage ran: what it left belongs to neither version."""
        kept = self._staging.abandon(run.stage, run.number)
        message = f"its input {path!r} changed while it ran"
        failure = Failure(cause=Cause.INPUT_MOVED, message=message, kept=kept)
        if run.moved == 0:
            self._again(run, failure, moved=1)
        else:
            message += ", and again while it ran a second time"
            self._results.failed(run.stage.name, run.because, replace(failure, message=message))

    def _again(self, run: Run, failure: Failure, attempt: int = 1, moved: int = 0) -> None:
        self._tell(StageRetried(run.stage.name, failure))
        before = self._world.observe(run.stage, self._session.graph)
        self._start(run.stage, before, run.because, attempt, moved)

    def _explained(self, stage: Stage, failure: Failure, kept: str) -> Failure:
        """Add to a failure what the stage printed, and where things are."""
        log = self._logs / f"{stage.name}.log"
        printed = last_lines(log)
        place = log.relative_to(self._session.project.root).as_posix() if printed else ""
        return replace(failure, kept=kept, printed=printed, log=place)
