"""
What a project answers that only looks: its status, why it is so, its graph.

Knows plans and explanations; does not know how they were come by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from capstone_build.answers.answer import Answer
from capstone_build.core.explanation import Explanation
from capstone_build.core.graph import StageGraph
from capstone_build.core.leftover import Leftover
from capstone_build.core.plan import Plan, UpToDate
from capstone_build.core.stage import StageName
from capstone_build.presentation import dot, drawing, graph_json, mermaid, png, svg
from capstone_build.presentation.cleaning import orphans_line
from capstone_build.presentation.explanation import USUAL, explanation_lines
from capstone_build.presentation.explanation_json import explanations_record
from capstone_build.presentation.forms import legible
from capstone_build.presentation.picture import Picture, files_picture, stages_picture
from capstone_build.presentation.sentence import listed, needing_excluded
from capstone_build.presentation.status import status_lines
from capstone_build.presentation.status_json import status_record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Status(Answer):
    """
    What a build would do.

    Attributes:
        graph: The stages, linked, in an order in which they can be built.
        verdicts: For each stage `UpToDate`, `MayRun`, `CanRestore` or `MustRun`.
        orphans: Files that stages left which are no longer declared.
        left_out: Stages that were asked for and need one that is excluded.
        printed: What the pipeline's modules printed while they were imported.
    """

    graph: StageGraph
    verdicts: Plan
    orphans: tuple[Leftover, ...] = ()
    left_out: tuple[StageName, ...] = ()
    printed: str = ""

    @property
    def stale(self) -> tuple[StageName, ...]:
        """The stages that are not known to be up to date."""
        return tuple(n for n, each in self.verdicts.items() if not isinstance(each, UpToDate))

    def as_dict(self) -> Mapping[str, Any]:
        """Return what `capstone status --json` tells; documented in docs/json.md."""
        return status_record(self.graph, self.verdicts, self.orphans, self.left_out)

    def _lines(self, colour: bool) -> Iterable[str]:
        orphans = [orphans_line(self.orphans)] if self.orphans else []
        left = [f"left out: {needing_excluded(self.left_out)}"] if self.left_out else []
        return [*orphans, *left, *status_lines(self.graph, self.verdicts, colour, 0)]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Why(Answer):
    """
    Why stages are as they are.

    Attributes:
        stages: An explanation for each, by name.
    """

    stages: Mapping[StageName, Explanation]

    def as_dict(self) -> Mapping[str, Any]:
        """Return what `capstone why --json` tells; documented in docs/json.md."""
        return explanations_record(self.stages.values())

    def _lines(self, colour: bool) -> Iterable[str]:
        for each in self.stages.values():
            yield from explanation_lines(each, USUAL, colour)
        if not self.stages:
            yield "every stage is up to date"

    def __repr__(self) -> str:
        """Return of which stages."""
        return f"<Why: {listed(self.stages) or 'every stage is up to date'}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Graph(Answer):
    """
    The stages and what joins them.

    Attributes:
        graph: The stages, linked.
        verdicts: As in `Status`.
    """

    graph: StageGraph
    verdicts: Plan

    @property
    def stages(self) -> tuple[StageName, ...]:
        """The names of the stages, in an order in which they can be built."""
        return tuple(self.graph.stages)

    def mermaid(self, *, files: bool = False) -> str:
        """Return the drawing as Mermaid takes it, for Markdown; with the *files* between."""
        return mermaid.draw(legible(self._picture(files), "mermaid"))

    def dot(self, *, files: bool = False) -> str:
        """Return the drawing as Graphviz takes it; with the *files* between."""
        return dot.draw(self._picture(files))

    def svg(self, *, files: bool = False) -> str:
        """Return the drawing as an image; with the *files* between."""
        return svg.draw(legible(self._picture(files), "svg"))

    def png(self, *, files: bool = False) -> bytes:
        """Return the same for where SVG is not shown; it needs `capstone-build[png]`."""
        return png.draw(legible(self._picture(files), "png"))

    def _repr_html_(self) -> str:
        """Return the image for a notebook."""
        return self.svg()

    def _picture(self, files: bool) -> Picture:
        return (files_picture if files else stages_picture)(self.graph, self.verdicts)

    def as_dict(self) -> Mapping[str, Any]:
        """Return what `capstone graph --json` tells; documented in docs/json.md."""
        return graph_json.graph_record(self.graph, self.verdicts)

    def __repr__(self) -> str:
        """Return how many stages there are."""
        return f"<Graph: {len(self.stages)} stages>"

    def _lines(self, colour: bool) -> Iterable[str]:
        picture = legible(self._picture(files=False), "text")
        return drawing.draw(picture, colour=colour, width=0).splitlines()
