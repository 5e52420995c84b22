"""What the store gives back is what it was given, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capstone_build.storage.content import digest_file
from capstone_build.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "objects")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=200), st.booleans())
def test_what_is_kept_comes_back(
    store: Store, tmp_path: Path, content: bytes, can_run: bool
) -> None:
    """Bytes, and whether the file can be run; two files alike but for that are two objects."""
    file, copy = tmp_path / "file", tmp_path / "copy"
    file.write_bytes(content)
    file.chmod(0o755 if can_run else 0o644)
    digest = digest_file(file)

    store.keep(file, digest)
    copy.unlink(missing_ok=True)

    assert store.holds(digest)
    assert store.restore(digest, copy)
    assert copy.read_bytes() == content
    assert os.access(copy, os.X_OK) == can_run
    assert digest_file(copy) == digest


def test_a_damaged_object_is_dropped(store: Store, tmp_path: Path) -> None:
    """Content that is not what its digest says is not given back, and not kept."""
    file, copy = tmp_path / "file", tmp_path / "copy"
    file.write_text("good")
    digest = digest_file(file)
    store.keep(file, digest)
    (stored,) = (path for path in (tmp_path / "objects").rglob("*") if path.is_file())
    stored.write_text("evil")

    assert not store.restore(digest, copy)
    assert not copy.exists()
    assert not store.holds(digest)


def test_an_object_shares_nothing_with_the_file_it_came_from(store: Store, tmp_path: Path) -> None:
    """An edit in place of an artifact does not reach into the store."""
    file, copy = tmp_path / "file", tmp_path / "copy"
    file.write_text("good")
    digest = digest_file(file)
    store.keep(file, digest)
    with file.open("r+") as opened:
        opened.write("evil")

    assert store.restore(digest, copy)
    assert copy.read_text() == "good"
