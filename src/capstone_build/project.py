"""
A project, from Python: all that the command does, in the same way.

Knows what may be asked of a project and puts it into the engine's words; does none of
it. It neither prints nor ends the program, and works in a program that is somebody
else's: it takes no signals, watches nothing but its own files, and leaves the working
directory and the environment as they are. The pipeline is loaded in a process of its
own, as ever, and sees the working directory of the project.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from capstone_build.answers.build_report import BuildReport
from capstone_build.answers.looking import Graph, Status, Why
from capstone_build.answers.looking_after import (
    Acceptance,
    Cleaned,
    Collection,
    Rebuilding,
    Verification,
)
from capstone_build.answers.looking_back import Diff, Log
from capstone_build.asking.comparing import Comparing
from capstone_build.asking.explaining import Explaining
from capstone_build.asking.past import opened_history, the_build, the_log
from capstone_build.authoring.project_place import find_project
from capstone_build.build import build
from capstone_build.core.collection import Bounds
from capstone_build.core.digest import JsonValue
from capstone_build.core.event import Event
from capstone_build.core.history import PastBuild, PastStage
from capstone_build.core.plan import UpToDate
from capstone_build.errors import UsageError
from capstone_build.graph_page import page_of
from capstone_build.guest import Heard, ListenerError, guest, ignored
from capstone_build.looking.session import foresee
from capstone_build.presentation.explanation import accepted_clause
from capstone_build.presentation.picture import stages_picture
from capstone_build.request import Request
from capstone_build.tending.accepting import accept
from capstone_build.tending.cleaning import clean, orphans_of
from capstone_build.tending.collecting import collect
from capstone_build.tending.rebuilding import rebuild
from capstone_build.tending.verifying import verify
from capstone_build.wishing import jobs_of, wish_of


class Project:
    """
    A project, to be built and asked from Python or a notebook.

    Every answer prints as the command prints it, shows itself in a notebook, and has
    `as_dict()`. Each call looks at the project anew: edit the pipeline, call again.

    All calls block. In a running asyncio loop, call them in a thread
    (`await asyncio.to_thread(project.build)`); one `Project` may be used by several
    threads, and builds of one project wait for each other, as with the command.

    Args:
        path: The project's folder or one inside it, as the command's working directory; or
            its pipeline file.

    Attributes:
        root: The project's root, absolute. Paths in targets and answers start here.

    Raises:
        PipelineNotFoundError: If there is no pipeline, nor data for the bundled one.
        UsageError: If the pipeline file named does not exist or cannot be imported.

    Example:
        >>> from capstone_build import Project
        >>> report = Project(".").build("report")  # doctest: +SKIP
        >>> report.ok  # doctest: +SKIP
        True
    """

    def __init__(self, path: str | Path = ".") -> None:
        given = Path(path).resolve()
        start, file = (given.parent, given) if given.suffix == ".py" else (given, None)
        self._place = find_project(start, file)
        self.root = self._place.root

    def __repr__(self) -> str:
        """Return what was given."""
        return f"Project({str(self._place.file or self.root)!r})"

    @guest
    def build(
        self,
        *targets: str | Path,
        jobs: int | None = None,
        exclude: Iterable[str | Path] = (),
        keep_going: bool = False,
        force: Iterable[str | Path] = (),
        params: Mapping[str, JsonValue] | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> BuildReport:
        """
        Bring targets up to date, or everything.

        A stage that fails is no exception: look at `report.ok` and `report.failures`, or
        call `report.raise_if_failed()`.

        Args:
            targets: Stages, or paths of artifacts from the root, or what else selects
                stages: "plot_*", "load+", "tag:slow", "state:stale"; none for all.
            jobs: How many stages run at the same time; None for as many as there are cores.
            exclude: Stages that are left out, and what needs them.
            keep_going: Go on with what does not depend on a failure.
            force: Stages that run whatever is known of them.
            params: Values of parameters, `{"stage.name": value}` or `{"name": value}` for
                every stage that has it, as `--set`.
            on_event: Called with each event (`capstone_build.events`) as it happens, in the
                thread that called `build`. What it raises ends the build in order.

        Raises:
            PipelineError: If the declaration or a target is wrong; nothing has run.
            MemoryFailedError: If the engine's memory or the disk fails.
            KeyboardInterrupt: If Ctrl-C interrupted it: what was running was ended, what
                stands stands, and the next build goes on from there.
        """
        heard = Heard(on_event or ignored)
        wish = wish_of(self._place, targets, params, exclude, force)
        request = Request(wish=wish, jobs=jobs_of(jobs), keep_going=keep_going)
        try:
            report = build(self._place, request, heard)
        except ListenerError:
            raise heard.raised from None
        if report.interrupted is not None:
            raise KeyboardInterrupt
        return BuildReport.of(report)

    @guest
    def status(
        self,
        *targets: str | Path,
        exclude: Iterable[str | Path] = (),
        params: Mapping[str, JsonValue] | None = None,
    ) -> Status:
        """
        Say which stages are up to date, and why the others are not; nothing runs.

        Args:
            targets: As in `build`.
            exclude: As in `build`.
            params: As in `build`.

        Raises:
            PipelineError: If the declaration or a target is wrong.
        """
        session, forecast = foresee(
            self._place, wish := wish_of(self._place, targets, params, exclude)
        )
        with session:
            orphans = () if wish.targets or wish.excluded else tuple(orphans_of(session))
            return Status(
                graph=forecast.graph,
                verdicts=forecast.plan,
                orphans=orphans,
                left_out=forecast.left_out,
                printed=session.printed,
            )

    @guest
    def why(self, *stages: str | Path, params: Mapping[str, JsonValue] | None = None) -> Why:
        """
        Say why stages would run or not, and why they last ran, down to the line.

        Args:
            stages: Names, or paths of artifacts that they write; none for all that are not
                up to date.
            params: As in `build`.

        Raises:
            PipelineError: If the declaration or a name is wrong.
        """
        session, forecast = foresee(self._place, wish := wish_of(self._place, stages, params))
        with session:
            explaining = Explaining(session, forecast)
            plan = forecast.plan
            names = (
                session.selected(wish)
                if stages
                else [n for n, verdict in plan.items() if not isinstance(verdict, UpToDate)]
            )
            return Why(stages={n: explaining.explain(session.graph.stages[n]) for n in names})

    @guest
    def graph(
        self,
        *targets: str | Path,
        exclude: Iterable[str | Path] = (),
        params: Mapping[str, JsonValue] | None = None,
    ) -> Graph:
        """
        Return the stages and what joins them, each with its state.

        Args:
            targets: As in `build`.
            exclude: As in `build`.
            params: As in `build`.

        Raises:
            PipelineError: If the declaration or a target is wrong.
        """
        session, forecast = foresee(self._place, wish_of(self._place, targets, params, exclude))
        session.close()
        return Graph(graph=forecast.graph, verdicts=forecast.plan)

    @guest
    def page(
        self,
        *targets: str | Path,
        exclude: Iterable[str | Path] = (),
        params: Mapping[str, JsonValue] | None = None,
    ) -> str:
        """
        Return the graph as a page to open in a browser, with what is known of each stage.

        Args:
            targets: As in `build`.
            exclude: As in `build`.
            params: As in `build`.

        Raises:
            PipelineError: If the declaration or a target is wrong.
        """
        session, forecast = foresee(self._place, wish_of(self._place, targets, params, exclude))
        with session:
            picture = stages_picture(forecast.graph, forecast.plan)
            return page_of(session, forecast, forecast.graph, picture)

    @guest
    def log(self, build: str | None = None, *, count: int = 10) -> Log:
        """
        Tell what the latest builds did; none of the project's code is run.

        Args:
            build: One build by its name or the beginning of it, or "last"; None for the latest.
            count: How many of the latest.

        Raises:
            UsageError: If there is no such build, or more than one.
        """
        with opened_history(self._place, ignored) as history:
            builds = history.latest(count) if build is None else [the_build(history, build)]
        return Log(builds=tuple(builds), log=self._log)

    @guest
    def printed(self, stage: str, build: str = "last") -> str:
        """
        Return what a stage printed in a build: its first megabyte and its last.

        Args:
            stage: Its name.
            build: As in `log`.

        Raises:
            UsageError: If there is no such build, or it did nothing with such a stage.
        """
        (past,) = self.log(build).builds
        if stage not in {each.stage for each in past.stages}:
            raise UsageError(
                f"nothing was done with a stage {stage!r} in build {past.build}",
                facts={"its stages": ", ".join(each.stage for each in past.stages)},
            )
        log = the_log(self._place, past.build, stage)
        return (self.root / log).read_text("utf-8", "replace") if log else ""

    @guest
    def diff(self, artifact: str | Path, since: str | None = None) -> Diff:
        """
        Say what changed in an artifact: since it was last another, or since a build.

        Args:
            artifact: A file or a folder, from the root.
            since: A build, as in `log`; None for before it last changed.

        Raises:
            UsageError: If no build left such an artifact, or what it left is not kept.
        """
        path = posixpath.relpath(posixpath.join(self.root.as_posix(), str(artifact)), self.root)
        with opened_history(self._place, ignored) as history:
            past = None if since is None else the_build(history, since)
            return Diff(changes=tuple(Comparing(self.root, history).changes(path, past)))

    @guest
    def accept(
        self, *stages: str | Path, params: Mapping[str, JsonValue] | None = None
    ) -> Acceptance:
        """
        Take what stages left for what a run would leave, though their code changed.

        Args:
            stages: Names, or paths of artifacts that they write; at least one.
            params: As in `build`.

        Raises:
            PipelineError: If one of them cannot be accepted; then none is.
        """
        if not stages:
            raise UsageError("no stage is named", hint="accept() takes what is named only.")
        wish = wish_of(self._place, stages, params)
        return Acceptance(stages=tuple(accept(self._place, wish, accepted_clause, ignored)))

    @guest
    def clean(
        self,
        *targets: str | Path,
        orphans: bool = False,
        outputs: bool = False,
        dry_run: bool = False,
    ) -> Cleaned:
        """
        Take away what stages left; what was edited by hand since is set aside.

        Args:
            targets: Of which stages the outputs go; none for all.
            orphans: Take away what stages left that are no longer declared.
            outputs: Take away what stages write.
            dry_run: Take nothing away, only tell.

        Raises:
            UsageError: If neither *orphans* nor *outputs* is asked for.
            PipelineError: If the pipeline does not load, or a target is none.
            MemoryFailedError: If something cannot be read or removed.
        """
        if not (orphans or outputs):
            raise UsageError("nothing says what to remove", hint="Give orphans=True, outputs=True.")
        wish = wish_of(self._place, targets)
        do = partial(clean, self._place, wish, ignored, orphans=orphans, outputs=outputs)
        return Cleaned.of(do(dry_run=dry_run), dry_run=dry_run)

    @guest
    def gc(
        self,
        *,
        keep_seconds: float | None = None,
        max_size: int | None = None,
        kept: bool = False,
        dry_run: bool = False,
    ) -> Collection:
        """
        Let go of results that nothing used for long; none of the project's code is run.

        Args:
            keep_seconds: Results used in this time stay, in seconds; where neither this nor
                *max_size* is given, 30 days.
            max_size: No more results than so many bytes: the longest unused go first.
            kept: Bound what is set aside in `.cache/kept/` as well.
            dry_run: Let go of nothing, only tell.

        Raises:
            MemoryFailedError: If the memory cannot be read or written.
        """
        bounds = Bounds.asked(keep_seconds, max_size, kept)
        done = collect(self.root, bounds, ignored, dry_run=dry_run)
        return Collection.of(done, bounds=bounds, dry_run=dry_run)

    @guest
    def verify(self, *, jobs: int | None = None) -> Verification:
        """
        Read all that builds rely on, byte by byte, and say what is not as it should be.

        Args:
            jobs: How many files are read at the same time; None for as many as cores.
        """
        return Verification.of(verify(self.root, jobs_of(jobs), ignored, ignored))

    @guest
    def rebuild(
        self,
        *stages: str | Path,
        jobs: int | None = None,
        params: Mapping[str, JsonValue] | None = None,
    ) -> Rebuilding:
        """
        Run stages a second time, each in a copy of the project, and compare what they leave.

        Args:
            stages: As in `why`; none for all.
            jobs: As in `build`.
            params: As in `build`.

        Raises:
            PipelineError: If the pipeline does not load, or a name is wrong.
            MemoryFailedError: If a copy cannot be made.
            KeyboardInterrupt: If Ctrl-C interrupted it.
        """
        wish = wish_of(self._place, stages, params)
        done = rebuild(self._place, wish, jobs_of(jobs), ignored)
        if done.interrupted is not None:
            raise KeyboardInterrupt
        return Rebuilding.of(done)

    def _log(self, past: PastBuild, stage: PastStage) -> str:
        return the_log(self._place, past.build, stage.stage)
