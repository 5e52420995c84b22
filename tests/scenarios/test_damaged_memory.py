"""Durable: a memory that is cut, overwritten, replaced or deleted costs time and nothing else."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.done import Done
from tests.project import Project

PIPELINE = """
    from pathlib import Path

    from capstone_build import command, stage


    @stage(inputs={"seed": "seed.txt"}, outputs={"first": "output/first.txt"})
    def first(seed: str) -> str:
        return seed * 1000


    second = command(
        "mkdir -p {outputs.parts}; split -l 300 {inputs.first} {outputs.parts}/part",
        name="second",
        inputs={"first": "output/first.txt"},
        outputs={"parts": "output/parts/"},
    )
"""


@pytest.fixture
def built(project: Project) -> Project:
    """A project that was built, and forgot where it came to rest: all is looked at."""
    project.write("pipeline.py", PIPELINE)
    project.write("seed.txt", "one\n")
    project.build()
    shutil.rmtree(project.root / ".cache/footings", ignore_errors=True)
    return project


def manifest(project: Project) -> Path:
    """The file that remembers the traces."""
    return project.root / ".cache/manifest.sqlite3"


def heals(project: Project, *, before: dict[str, bytes]) -> Done:
    """One plain build makes it right; the next has nothing to do."""
    done = project.build()
    assert "Traceback" not in done.out + done.err
    assert project.artifacts() == before
    assert project.build().ran == []
    return done


def _noise(content: bytes) -> bytes:
    return random.Random(1).randbytes(len(content))  # noqa: S311


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(lambda _: b"", id="emptied"),
        pytest.param(_noise, id="noise"),
        pytest.param(lambda c: c[:100] + _noise(c)[100:], id="noise after a sound head"),
        pytest.param(lambda _: b"cos\nsystem\n(S'touch pwned'\ntR.", id="a pickle"),
        pytest.param(lambda c: c[:20] + bytes([c[20] ^ 0xFF]) + c[21:], id="one byte of the head"),
        pytest.param(lambda c: c + _noise(c), id="more than there was"),
    ],
)
def test_a_manifest_overwritten_begins_anew(
    built: Project, damaged: Callable[[bytes], bytes]
) -> None:
    """A line says so, nothing of it is run, and what is there is right."""
    before = built.artifacts()
    content = manifest(built).read_bytes()
    manifest(built).write_bytes(damaged(content))

    done = heals(built, before=before)

    assert not built.exists("pwned")
    if done.ran:
        assert "memory    starts anew: " in done.out


def test_a_manifest_cut_anywhere_begins_anew(built: Project) -> None:
    """At the end of each page and in between: what is left is read as absent, or as it was."""
    before = built.artifacts()
    content = manifest(built).read_bytes()
    chance = random.Random(2)  # noqa: S311
    pages = range(0, len(content), 4096)
    for length in [*chance.sample(pages, 8), *(chance.randrange(len(content)) for _ in range(8))]:
        manifest(built).write_bytes(content[:length])
        done = built.build()

        assert "Traceback" not in done.out + done.err, length
        assert built.artifacts() == before, length


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_noise_beside_the_manifest_is_no_obstacle(built: Project, suffix: str) -> None:
    """What SQLite keeps beside it while it is open may be anything."""
    before = built.artifacts()
    beside = manifest(built).with_name(manifest(built).name + suffix)
    beside.write_bytes(_noise(bytes(40_000)))

    heals(built, before=before)


def test_a_manifest_of_a_newer_version_is_set_aside(built: Project) -> None:
    """And nothing in it is lost for the version that wrote it."""
    before = built.artifacts()
    with closing(sqlite3.connect(manifest(built))) as connection:
        connection.execute("PRAGMA user_version = 99")
    newer = manifest(built).read_bytes()

    done = heals(built, before=before)

    assert "it is of version 99" in done.out + done.err
    aside = manifest(built).with_name("manifest.sqlite3.unreadable")
    assert aside.read_bytes() == newer


def test_triggers_and_views_in_a_manifest_do_nothing(built: Project) -> None:
    """A manifest whose tables are not the engine's own is no manifest."""
    before = built.artifacts()
    with closing(sqlite3.connect(manifest(built))) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM traces; END")
        connection.commit()

    heals(built, before=before)


def test_a_row_that_was_altered_is_no_trace(built: Project) -> None:
    """An output that is made to lie outside the project is never written there."""
    outside = built.root.parent / "outside.txt"
    with closing(sqlite3.connect(manifest(built))) as connection:
        connection.execute(
            "UPDATE traces SET record = replace(record, 'output/first.txt', '../outside.txt')"
        )
        connection.commit()
    before = built.artifacts()
    (built.root / "output/first.txt").unlink()

    heals(built, before=before)

    assert not os.path.lexists(outside)


@pytest.mark.parametrize("damage", ["flipped", "cut", "emptied", "swapped", "a folder", "a link"])
def test_damaged_objects_are_never_brought_back(built: Project, damage: str) -> None:
    """What comes from the store is verified; where it is not what it was, the stage runs."""
    before = built.artifacts()
    objects = sorted(p for p in (built.root / ".cache/objects").glob("??/*") if p.is_file())
    contents = [path.read_bytes() for path in objects]
    for path, content, other in zip(objects, contents, contents[1:] + contents[:1], strict=True):
        path.unlink()
        if damage == "a folder":
            path.mkdir()
        elif damage == "a link":
            path.symlink_to("/etc/hostname")
        else:
            path.write_bytes(
                {
                    "flipped": bytes([content[0] ^ 1]) + content[1:],
                    "cut": content[:-1],
                    "emptied": b"",
                    "swapped": other,
                }[damage]
            )
    shutil.rmtree(built.root / "output")

    done = heals(built, before=before)

    assert done.ran == ["first", "second"]


@pytest.mark.parametrize("what", ["manifest.sqlite3", "objects", "footings", "lock", ""])
def test_what_is_deleted_is_made_again(built: Project, what: str) -> None:
    """Any part of it, or all of it."""
    before = built.artifacts()
    place = built.root / ".cache" / what
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)

    heals(built, before=before)
