"""Known links are those that were written, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from capstone_build.core.digest import Digest
from capstone_build.core.linking import Linking, Links, digest_joints
from capstone_build.storage.known_links import KnownLinks
from tests.core.toy_world import toy_stage

STAGES = [toy_stage("b", ["a.out"], ["b.out"]), toy_stage("a", ["source"], ["a.out"])]


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, Digest, Links]:
    """The file of what was written, and what that was."""
    joints, links = digest_joints(STAGES), Linking(STAGES).links()
    known = KnownLinks(tmp_path, "pipeline")
    known.take(joints, links)
    known.write()
    (file,) = (tmp_path / "links").iterdir()
    return file, joints, links


def test_what_was_written_is_known(written: tuple[Path, Digest, Links], tmp_path: Path) -> None:
    """By the same pipeline, for the same declarations, and no others."""
    _, joints, links = written

    assert KnownLinks(tmp_path, "pipeline").of(joints) == links
    assert KnownLinks(tmp_path, "another").of(joints) is None
    assert KnownLinks(tmp_path, "pipeline").of(digest_joints(STAGES[:1])) is None


def test_what_is_damaged_is_not_known(written: tuple[Path, Digest, Links], tmp_path: Path) -> None:
    """Any byte that is another, and any that is missing, is seen."""
    file, joints, _ = written
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert KnownLinks(tmp_path, "pipeline").of(joints) is None
        file.write_bytes(whole[:place])
        assert KnownLinks(tmp_path, "pipeline").of(joints) is None


def test_where_nothing_can_be_written_nothing_is_known(tmp_path: Path) -> None:
    """It costs the next look its time, and nobody an error."""
    (tmp_path / "links").write_text("in the way")
    known = KnownLinks(tmp_path, "pipeline")
    known.take(digest_joints(STAGES), Linking(STAGES).links())

    known.write()

    assert known.of(digest_joints(STAGES)) is None
