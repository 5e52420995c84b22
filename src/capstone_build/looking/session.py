"""
A project that is open: its pipeline loaded and linked, its world in view.

Knows how a pipeline becomes a graph and a plan; does not run stages
(`capstone_build.build`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from capstone_build.authoring.parameters import Setting, apply_settings, read_configuration
from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import Plan, UpToDate, plan
from capstone_build.core.selection import Selection, reached
from capstone_build.core.stage import StageName
from capstone_build.core.stage_record import stage_from_record
from capstone_build.errors import InvalidPipelineError, PipelineError, PipelineLoadError, UsageError
from capstone_build.execution.host import Host
from capstone_build.execution.notes import notes_from
from capstone_build.looking.missing import missing_sources, wrong_names
from capstone_build.looking.world import World
from capstone_build.request import Wish

ATTEMPTS = 5
"""How often a project whose code moves while it is opened is opened again."""


OpenHost = Callable[[ProjectPlace], Host]
"""A way to have the host of a project's pipeline."""


def host_of_its_own(project: ProjectPlace) -> Host:
    """Start a host that nothing else comes from."""
    return Host(project.root, project.module)


class SourceMovedError(Exception):
    """
    A source file changed between its import and its reading.

    What is loaded is not what is fingerprinted, so the project is opened anew.
    """


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    What a build would do.

    Attributes:
        graph: The stages that the targets need.
        plan: A verdict for each of them.
        forced: Those that run whatever is known of them.
        left_out: Those that were asked for and need one that is excluded.
    """

    graph: StageGraph
    plan: Plan
    forced: frozenset[StageName]
    left_out: tuple[StageName, ...] = ()

    @property
    def is_nothing_to_do(self) -> bool:
        """Whether every stage is up to date."""
        return all(verdict == UpToDate() for verdict in self.plan.values())


class Session:
    """
    One project, open until `close`; to be used as a context manager.

    Args:
        project: The project that is open.
        host: The process that holds the loaded pipeline.
        world: What its stages see.
        graph: The whole pipeline, or the part of it that is looked at.

    Attributes:
        host: As given.
        world: As given.
        graph: As given.
        is_part: Whether the pipeline was not loaded, and a part of it is known from before.
        beyond: How many stages there are that are not looked at, being up to date.
    """

    is_part = False

    def __init__(
        self,
        project: ProjectPlace,
        host: Host,
        world: World,
        graph: StageGraph,
    ) -> None:
        self.project = project
        self.host = host
        self.world = world
        self.graph = graph
        self.beyond = 0

    @classmethod
    def opened(
        cls,
        project: ProjectPlace,
        settings: Sequence[Setting] = (),
        open_host: OpenHost = host_of_its_own,
    ) -> Session:
        """
        Load the pipeline of *project*, and link it.

        Args:
            project: The project to open.
            settings: Values of parameters from the command line, the last to win.
            open_host: How its host is come by.

        Raises:
            InvalidPipelineError: With all that is wrong with the declaration.
            PipelineLoadError: If the pipeline does not load.
        """
        host = open_host(project)
        world: World | None = None
        try:
            world = World(project, host.variable, notes_from(host.greeting.get("notes", ())))
            graph = _linked(project, host.greeting, world, settings)
            world.know(graph)
        except BaseException:
            host.close()
            if world is not None:
                world.close()
            raise
        return cls(project, host, world, graph)

    def __enter__(self) -> Self:
        """Return the session itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def printed(self) -> str:
        """What the pipeline's modules printed while they were imported."""
        return self.host.printed()

    def still_stands(self) -> bool:
        """Tell whether what was not looked at is surely as it was: here all was looked at."""
        return True

    def close(self) -> None:
        """End the host and let go of the memory."""
        self.host.close()
        self.world.close()

    def forecast(self, wish: Wish) -> Forecast:
        """
        Judge all that the targets need, or the whole pipeline.

        Raises:
            SourceMovedError: If the project's code changed since it was opened.
            InvalidPipelineError: With each target that is none, and each source
                of what is needed that does not exist.
        """
        problems: list[PipelineError] = []
        wanted = self._found(wish.targets, wish, problems) if wish.targets else [*self.graph.stages]
        excluded = self._found(wish.excluded, wish, problems)
        forced = self._found(wish.forced, wish, problems)
        out = reached(excluded, self.graph.downstream)
        needed = self.graph
        if wish.targets or out:
            needed = self.graph.leading_to(name for name in wanted if name not in out)
        left_out = [name for name in wanted if name in out.difference(excluded)]
        problems += [
            UsageError(
                f"stage {name!r} is forced, and no target needs it",
                hint="Add it to the targets, or leave out --force or --exclude.",
            )
            for name in forced
            if name not in needed.stages
        ]
        problems += missing_sources(self.world, self.graph.sources, list(needed), self.graph)
        problems += wrong_names(self.world, list(needed), list(self.graph))
        if problems:
            raise InvalidPipelineError(problems)
        now = {stage.name: self.world.observe(stage, self.graph) for stage in needed}
        compiled = self.host.greeting["compiled"]
        file = self.world.fingerprints.other_code(compiled) or self.world.moved_since_import()
        if file is not None:
            raise SourceMovedError(file)
        judged = plan(needed, now, self.world, forced)
        return Forecast(needed, judged, frozenset(forced), tuple(left_out))

    def selected(self, wish: Wish) -> list[StageName]:
        """
        Return the stages that the targets name, and no others, but for those excluded.

        Raises:
            InvalidPipelineError: With each word that names none.
        """
        problems: list[PipelineError] = []
        named = self._found(wish.targets, wish, problems) if wish.targets else [*self.graph.stages]
        excluded = self._found(wish.excluded, wish, problems)
        if problems:
            raise InvalidPipelineError(problems)
        return [name for name in named if name not in excluded]

    def _found(
        self, words: Sequence[str], wish: Wish, problems: list[PipelineError]
    ) -> list[StageName]:
        """Find the stages that *words* name, each once; add a problem for each that names none."""
        selection = Selection(self.graph, wish.folder, self._judged)
        found: dict[StageName, None] = {}
        for word in words:
            try:
                found |= dict.fromkeys(selection.of(word))
            except PipelineError as problem:
                problems.append(problem)
        return list(found)

    def _judged(self) -> Plan:
        """Judge the whole pipeline."""
        now = {stage.name: self.world.observe(stage, self.graph) for stage in self.graph}
        return plan(self.graph, now, self.world)


def _linked(
    project: ProjectPlace, greeting: dict[str, Any], world: World, settings: Sequence[Setting]
) -> StageGraph:
    """Read what the host told of the pipeline; report all that is wrong with it at once."""
    from capstone_build.core.linking import Linking, digest_joints  # (3 ms, where all is known)

    problems = [
        PipelineError(each["problem"], facts=each["facts"], hint=each["hint"])
        for each in greeting["problems"]
    ]
    stages = tuple(stage_from_record(record) for record in greeting.pop("stages"))
    if problems:
        # What a stage that means nothing would have read, written or taken is
        # unknown, so only what is surely wrong with the others is added.
        raise InvalidPipelineError([*problems, *Linking(stages).problems])
    try:
        configured = read_configuration(project.root)
        stages = apply_settings(stages, [*configured, *settings])
    except InvalidPipelineError as error:
        problems += error.problems
    except PipelineError as error:
        problems.append(error)
    joints = digest_joints(stages)
    links = None if problems else world.known_links.of(joints)
    if links is not None:
        return links.graph(stages)
    linking = Linking(stages)
    if problems or linking.problems:
        missing = missing_sources(world, linking.sources, stages)
        wrong = wrong_names(world, stages, stages)
        raise InvalidPipelineError([*problems, *linking.problems, *missing, *wrong])
    links = linking.links()
    world.known_links.take(joints, links)
    return links.graph(stages)


def foresee(
    project: ProjectPlace, wish: Wish, open_host: OpenHost = host_of_its_own
) -> tuple[Session, Forecast]:
    """
    Open *project* and judge its stages; the caller closes the session.

    A project whose code is edited at that very moment is opened again.

    Raises:
        PipelineError: If the declaration or a target is wrong.
    """
    for _ in range(ATTEMPTS):
        session = Session.opened(project, wish.settings, open_host)
        try:
            return session, session.forecast(wish)
        except SourceMovedError as moved:
            session.close()
            file = str(moved)
        except BaseException:
            session.close()
            raise
    raise PipelineLoadError(
        f"{file!r} changes all the time",
        hint="Build again when whatever writes it is done.",
    )
