"""What a person may accept without a run, and what nobody may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from capstone_build.core.acceptance import Obstacle, refusal, still_discovered
from capstone_build.core.artifact import Artifact, ArtifactPath
from capstone_build.core.declared_parts import declared_parts
from capstone_build.core.digest import Digest, digest_bytes
from capstone_build.core.fingerprint import Aspect, Part
from capstone_build.core.observation import Observation
from capstone_build.core.plan import compare
from capstone_build.core.stage import Input, Location, Output, ShellCommand, Stage, StageName
from capstone_build.core.trace import Trace
from tests.core.toy_world import ToyMemory

LOOKUP: Part = (Aspect.READ, "lookup.csv")
FILES = {"data.txt": "1", "lookup.csv": "a", "in/1.csv": "1", "out.txt": "result"}


def named(name: str, *paths: str) -> Input:
    """An input of these paths."""
    return Input(name, tuple(map(Artifact, paths)), is_list=len(paths) > 1)


def output(name: str, path: str) -> Output:
    """An output."""
    return Output(name, Artifact(path))


BEFORE = Stage(
    name=StageName("s"),
    action=ShellCommand("true"),
    inputs=(named("data", "data.txt"), named("all", "in/*.csv", "in2/*.csv")),
    outputs=(output("out", "out.txt"),),
    parameters={"rate": 2},
    environment=("MODE",),
    location=Location("pipeline.py", 1),
)
"""It ran, and was seen to read `lookup.csv`, which it does not declare."""


def observed(stage: Stage, files: Mapping[str, str], mode: str) -> Observation:
    """What *stage* sees, and what it left."""

    def digests(artifacts: tuple[Artifact, ...]) -> dict[ArtifactPath, Digest | None]:
        found: dict[ArtifactPath, Digest | None] = {
            ArtifactPath(path): digest_bytes(text.encode())
            for path, text in files.items()
            if any(each.stands_for(path) for each in artifacts)
        }
        return found

    return Observation(
        fingerprint={
            **{part: digest for part, digest, _ in declared_parts(stage)},
            **{
                (Aspect.ENVIRONMENT, name): digest_bytes(mode.encode())
                for name in stage.environment
            },
        },
        inputs=digests(stage.reads),
        outputs=digests(stage.writes),
        look=lambda part: digest_bytes(files[part[1]].encode()),
    )


def refused(now: Stage, files: Mapping[str, str] = FILES, mode: str = "a") -> Obstacle | None:
    """Why the stage cannot be accepted once it is declared so, and the files are these."""
    then = observed(BEFORE, FILES, "a")
    last = Trace(
        stage=BEFORE.name,
        fingerprint=then.fingerprint,
        inputs={path: digest for path, digest in then.inputs.items() if digest},
        discovered={LOOKUP: then.look(LOOKUP)},
        outputs={path: digest for path, digest in then.outputs.items() if digest},
        seconds=0,
    )
    memory = ToyMemory(latest={BEFORE.name: last})
    differences = compare(now.name, observed(now, files, mode), memory)
    assert differences, "there is something to accept"
    found = refusal(now, last, differences)
    return None if found is None else found.obstacle


DECLARED = {
    "a parameter": replace(BEFORE, parameters={"rate": 2, "digits": 3}),
    "a parameter less": replace(BEFORE, parameters={}),
    "a parameter of another name": replace(BEFORE, parameters={"factor": 2}),
    "an input that was read undeclared": replace(
        BEFORE, inputs=(*BEFORE.inputs, named("lookup", "lookup.csv"))
    ),
    "such an input in a list that was there": replace(
        BEFORE,
        inputs=(BEFORE.inputs[0], named("all", "in/*.csv", "in2/*.csv", "lookup.csv")),
    ),
    "an input less": replace(BEFORE, inputs=BEFORE.inputs[1:]),
    "an input of another name": replace(
        BEFORE, inputs=(named("numbers", "data.txt"), BEFORE.inputs[1])
    ),
    "a variable": replace(BEFORE, environment=("MODE", "LEVEL")),
    "a variable less": replace(BEFORE, environment=()),
    "an output of another name": replace(BEFORE, outputs=(output("result", "out.txt"),)),
    "another version": replace(BEFORE, version="2"),
}


@pytest.mark.parametrize("now", DECLARED.values(), ids=DECLARED)
def test_what_is_declared_for_the_first_time_or_no_longer_is_a_refactoring(now: Stage) -> None:
    """The data and the values are those of the last run, as far as anybody knows."""
    assert refused(now) is None


OTHERS = {
    "another value of a parameter": (
        replace(BEFORE, parameters={"rate": 3}),
        Obstacle.OTHER_VALUES,
    ),
    "another output": (
        replace(BEFORE, outputs=(output("out", "other.txt"),)),
        Obstacle.OTHER_FILES,
    ),
    "an output more": (
        replace(BEFORE, outputs=(*BEFORE.outputs, output("more", "more.txt"))),
        Obstacle.OTHER_FILES,
    ),
    "an output less": (
        replace(BEFORE, outputs=(output("more", "more.txt"),)),
        Obstacle.OTHER_FILES,
    ),
    "another path of an input": (
        replace(BEFORE, inputs=(named("data", "lookup2.csv"), BEFORE.inputs[1])),
        Obstacle.OTHER_DATA,
    ),
}


@pytest.mark.parametrize(("now", "obstacle"), OTHERS.values(), ids=OTHERS)
def test_what_a_declaration_changes_cannot_be_accepted(now: Stage, obstacle: Obstacle) -> None:
    """What was left is of other data, other values, or other files."""
    assert refused(now, {**FILES, "lookup2.csv": "b"}) is obstacle


CHANGED = {
    "an input": ({"data.txt": "2"}, Obstacle.OTHER_DATA),
    "a file that a pattern matches": ({"in/2.csv": "2"}, Obstacle.OTHER_DATA),
    "what is read undeclared": ({"lookup.csv": "b"}, Obstacle.OTHER_DATA),
    "an output": ({"out.txt": "mine"}, Obstacle.NOT_THERE),
}


@pytest.mark.parametrize(("files", "obstacle"), CHANGED.values(), ids=CHANGED)
def test_what_changed_on_disk_cannot_be_accepted(
    files: Mapping[str, str], obstacle: Obstacle
) -> None:
    """Whatever else is declared besides."""
    now = replace(BEFORE, parameters={}, inputs=(*BEFORE.inputs, named("lookup", "lookup.csv")))
    assert refused(now, {**FILES, **files}) is obstacle
    gone = {path: text for path, text in FILES.items() if path != "in/1.csv"}
    assert refused(now, gone) is Obstacle.OTHER_DATA


def test_another_value_of_a_variable_cannot_be_accepted() -> None:
    """That it is no longer declared can: then nobody says that it counts."""
    assert refused(BEFORE, mode="b") is Obstacle.OTHER_VALUES
    assert refused(replace(BEFORE, environment=()), mode="b") is None


def test_what_is_declared_by_now_is_no_longer_undeclared() -> None:
    """It is in the new trace as an input, and not once more as what was discovered."""
    found = {part: digest_bytes(b"") for part in (LOOKUP, (Aspect.ENVIRONMENT, "MODE"))}
    last = Trace(
        stage=BEFORE.name, fingerprint={}, inputs={}, discovered=found, outputs={}, seconds=0
    )
    assert list(still_discovered(BEFORE, last)) == [LOOKUP]
    declaring = replace(BEFORE, inputs=(named("lookup", "lookup.csv"),))
    assert list(still_discovered(declaring, last)) == []
