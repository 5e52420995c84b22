"""A manifest that cannot be read is read as none, whatever happened to it."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.stage import StageName
from capstone_build.core.trace import Trace
from capstone_build.errors import MemoryFailedError
from capstone_build.storage.manifest import Manifest

TRACE = Trace(
    stage=StageName("s"),
    fingerprint={(Aspect.CODE, "m:f"): Digest("xxh3:1")},
    inputs={},
    outputs={},
    seconds=1.5,
    said={(Aspect.PARAMETER, "p"): "1"},
)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A manifest that remembers one run."""
    path = tmp_path / "manifest.sqlite3"
    memory = Manifest(path, "pipeline")
    memory.record(TRACE, [], {})
    memory.close()
    return path


def test_a_trace_comes_back_as_it_was(manifest: Path) -> None:
    """By stage, by key and by fingerprint; another pipeline's stage of that name is another."""
    memory = Manifest(manifest, "pipeline")

    assert memory.last(StageName("s")) == TRACE
    assert list(memory.recall(TRACE.key)) == [TRACE]
    assert Manifest(manifest, "other").last(StageName("s")) is None


def test_a_manifest_cut_anywhere_is_sound_or_absent(manifest: Path) -> None:
    """At each of many lengths: what is read is right, or nothing is; writing begins anew."""
    content = manifest.read_bytes()
    lengths = [*range(200), *range(200, len(content), 1499), len(content) - 1]
    for length in lengths:
        manifest.write_bytes(content[:length])
        memory = Manifest(manifest, "pipeline")
        assert memory.last(StageName("s")) in (None, TRACE)
        memory.record(TRACE, [], {})
        assert memory.last(StageName("s")) == TRACE
        memory.close()


def test_noise_in_a_manifest_never_becomes_a_trace(manifest: Path) -> None:
    """Bytes overwritten anywhere: a trace that is read is the one that was written."""
    content = manifest.read_bytes()
    chance = random.Random(1)  # noqa: S311 (a place, not a secret)
    for _ in range(60):
        noisy = bytearray(content)
        start = chance.randrange(len(noisy) - 64)
        noisy[start : start + 64] = chance.randbytes(64)
        manifest.write_bytes(noisy)
        try:
            memory = Manifest(manifest, "pipeline")
            found = memory.last(StageName("s"))
        except MemoryFailedError:
            continue
        assert found is None or found.outputs == TRACE.outputs
        memory.close()


def test_a_look_never_moves_a_manifest_away(manifest: Path) -> None:
    """Whoever only reads leaves what cannot be read where it is."""
    manifest.write_bytes(b"noise" * 1000)

    memory = Manifest(manifest, "pipeline")

    assert memory.problem
    assert memory.last(StageName("s")) is None
    assert [path.name for path in manifest.parent.iterdir()] == [manifest.name]


def test_a_manifest_that_is_locked_is_not_taken_for_a_bad_one(
    manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program that holds it is an error that says so, and nothing is lost."""
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda path, **more: connect(path, **{**more, "timeout": 0.1})
    )
    holder = connect(manifest, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")

    with pytest.raises(MemoryFailedError, match="locked"):
        Manifest(manifest, "pipeline")
    holder.close()
    assert Manifest(manifest, "pipeline").last(StageName("s")) == TRACE
