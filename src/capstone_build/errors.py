"""
Every error a pipeline author can cause, and nothing else.

* CapstoneError
  x PipelineError               the declaration is wrong; nothing has run (exit code 2)
    + InvalidPipelineError      several of the errors below, reported at once
    + PipelineNotFoundError     no pipeline file, and no data for the bundled one
    + PipelineLoadError         the pipeline file does not load
    + DeclarationError          one stage is declared wrongly
    + DuplicateStageError       two stages of one name
    + DuplicateOutputError      two stages write one artifact
    + NestedOutputError         one stage writes inside the output folder of another
    + OwnInputError             a stage reads what it writes
    + LookalikePathsError       paths that some file systems cannot tell apart
    + DependencyCycleError      stages that wait for each other
    + MissingSourceError        an input that nobody writes and that does not exist
    + UnknownParameterError     a parameter set that no stage has
    + UnknownTargetError        a target that names no stage, output, pattern, tag or state
    + UnusableFileError         a file that cannot be an artifact, by its name or its kind
    + UsageError                an option of the command line is wrong
    + MissingExtraError         an optional library is not installed
  x StageFailedError            a stage of a build failed, where that is asked for (exit code 1)
  x MemoryFailedError           the engine's memory or the disk failed (exit code 3)

Any other exception that reaches the terminal is a bug in capstone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar


class CapstoneError(Exception):
    """
    A problem that the author of a pipeline can fix.

    The message has three parts, in this order: what is wrong (one clause, no
    full stop), the facts needed to find it, and what to do about it.

    Args:
        problem: What is wrong, in the words of the user's own pipeline.
        facts: Label to value, printed as aligned lines below the problem.
        hint: The most likely remedy, as an imperative sentence.
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self, problem: str, *, facts: Mapping[str, str] | None = None, hint: str = ""
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.facts = dict(facts or {})
        self.hint = hint

    def __str__(self) -> str:
        """Lay out problem, facts and hint as the lines that a person reads."""
        width = max((len(label) for label in self.facts), default=0)
        lines = [self.problem]
        for label, value in self.facts.items():
            first, *more = value.splitlines() or [""]
            lines.append(f"  {label + ':':<{width + 1}} {first}")
            lines += [f"  {'':<{width + 1}} {line}" for line in more]
        lines += [f"hint: {self.hint}"] if self.hint else []
        return "\n".join(lines)

    def as_record(self) -> dict[str, object]:
        """Return the three parts as JSON can say them."""
        return {"problem": self.problem, "facts": self.facts, "hint": self.hint}


class PipelineError(CapstoneError):
    """The declaration is wrong; found before anything runs."""

    exit_code: ClassVar[int] = 2


class InvalidPipelineError(PipelineError):
    """
    All that is wrong with a declaration, reported at once.

    Args:
        problems: One error for each thing to mend; at least one.
    """

    def __init__(self, problems: Sequence[PipelineError]) -> None:
        super().__init__(f"{len(problems)} problems in the pipeline")
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Number nothing and leave a blank line between problems: each stands alone."""
        return "\n\n".join(str(problem) for problem in self.problems)


class PipelineNotFoundError(PipelineError):
    """There is nothing to build here."""


class PipelineLoadError(PipelineError):
    """The pipeline file, or a module that it imports, does not load."""


class DeclarationError(PipelineError):
    """One stage is declared in a way that cannot mean anything."""


class DuplicateStageError(PipelineError):
    """Two stages have one name, so "which of them?" has two answers."""

    def __init__(self, name: str, declared_at: Sequence[str]) -> None:
        super().__init__(
            f"{len(declared_at)} stages are called {name!r}",
            facts={"declared at": "\n".join(declared_at)},
            hint="Give each stage a name of its own: name=... in its declaration.",
        )


class DuplicateOutputError(PipelineError):
    """Two stages claim the same artifact, so "who builds it?" has two answers."""

    def __init__(self, artifact: str, claimed_by: Sequence[tuple[str, str]]) -> None:
        how_many = f"{len(claimed_by)} stages" if len(claimed_by) > 1 else "one stage twice"
        super().__init__(
            f"{artifact!r} is the output of {how_many}",
            facts={stage: f"declared at {where}" for stage, where in claimed_by},
            hint="Give each stage its own output path, or merge the stages.",
        )


class NestedOutputError(PipelineError):
    """One stage's output lies inside a folder that another one owns."""

    def __init__(
        self, inner: str, inner_stage: tuple[str, str], outer: str, outer_stage: tuple[str, str]
    ) -> None:
        super().__init__(
            f"{inner!r} lies inside {outer!r}, which another output owns",
            facts={
                f"{name} writes {path!r}": f"declared at {where}"
                for (name, where), path in ((inner_stage, inner), (outer_stage, outer))
            },
            hint="An output folder is replaced as a whole: move one of the two elsewhere.",
        )


class OwnInputError(PipelineError):
    """A stage reads what it writes, so no order of work exists."""

    def __init__(self, stage: str, where: str, artifact: str) -> None:
        super().__init__(
            f"stage {stage!r} reads its own output {artifact!r}",
            facts={"declared at": where},
            hint="Write to another path, or leave it out of the inputs.",
        )


class LookalikePathsError(PipelineError):
    """Paths that differ only in case or in Unicode normalisation."""

    def __init__(self, paths: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "paths differ only in case or Unicode normalisation: "
            + ", ".join(ascii(path) for path, _ in paths),
            facts={ascii(path): f"declared at {where}" for path, where in paths},
            hint="Spell the path one way: many file systems take these for the same file.",
        )


class DependencyCycleError(PipelineError):
    """Stages wait for each other in a ring."""

    def __init__(self, ring: Sequence[tuple[str, str, str]]) -> None:
        """
        Describe the ring.

        Args:
            ring: For each stage of the ring in order: its name, where it is
                declared, and the artifact through which the next one needs it.
        """
        names = [name for name, _, _ in ring]
        super().__init__(
            "stages depend on each other in a cycle: " + " -> ".join([*names, names[0]]),
            facts={
                name: f"writes {artifact!r}, declared at {where}" for name, where, artifact in ring
            },
            hint="Break the cycle: let one of these stages read something else.",
        )


class MissingSourceError(PipelineError):
    """An input that no stage writes and that is not on disk."""

    def __init__(self, artifact: str, stage: str, where: str, nearest: Sequence[str]) -> None:
        what = "matches no file" if any(c in artifact for c in "*?[") else "does not exist"
        super().__init__(
            f"{artifact!r} {what}, and no stage writes it",
            facts={"read by": f"{stage}, declared at {where}"},
            hint=(
                "Did you mean " + " or ".join(repr(path) for path in nearest) + "?"
                if nearest
                else "Create it, correct the path, or declare the stage that writes it."
            ),
        )


class UnknownParameterError(PipelineError):
    """A parameter is set that no stage declares."""

    def __init__(self, parameter: str, where: str, nearest: Sequence[str]) -> None:
        super().__init__(
            f"no stage has a parameter {parameter!r}",
            facts={"set in": where},
            hint=(
                "Did you mean " + " or ".join(repr(name) for name in nearest) + "?"
                if nearest
                else "Declare it with params={...} on a stage, or take it out."
            ),
        )


class UnknownTargetError(PipelineError):
    """
    A target names nothing that there is.

    Args:
        target: As it was written.
        problem: What is wrong with it.
        among: What there is, of which the nearest are named.
        hint: What to do if nothing is near.
    """

    def __init__(
        self,
        target: str,
        problem: str = "is no stage, and no stage writes it",
        *,
        among: Iterable[str] = (),
        hint: str = "`capstone status` lists the stages.",
    ) -> None:
        from difflib import get_close_matches

        nearest = get_close_matches(target, list(among), n=3)
        super().__init__(
            f"{target!r} {problem}",
            hint=(
                "Did you mean " + " or ".join(repr(name) for name in nearest) + "?"
                if nearest
                else hint
            ),
        )


class UnusableFileError(PipelineError):
    """A file that no stage can read: a pipe or device, or a name that is no text."""


class UsageError(PipelineError):
    """An option of the command line or of the configuration is wrong."""


class MissingExtraError(PipelineError):
    """A library that only part of the users need is not installed."""

    def __init__(self, library: str, needed_for: str, extra: str) -> None:
        super().__init__(
            f"{library} is not installed, and {needed_for} needs it",
            hint=f"pip install 'capstone-build[{extra}]'",
        )


class StageFailedError(CapstoneError):
    """
    A stage of a build failed: only `BuildReport.raise_if_failed` raises it.

    Args:
        stage: The first that did.
        message: How.
        log: Where what it printed is kept, from the project's root; empty if it printed nothing.
        more: How many others did.
    """

    def __init__(self, stage: str, message: str, log: str, more: int) -> None:
        others = {"also failed": f"{more} more"} if more else {}
        super().__init__(
            f"stage {stage!r} failed: {message}",
            facts={**({"log": log} if log else {}), **others},
            hint="Mend it and build again: what stands is not built twice.",
        )
        self.stage = stage


class MemoryFailedError(CapstoneError):
    """The engine's own memory under `.cache/`, or the disk below it, failed."""

    exit_code: ClassVar[int] = 3
