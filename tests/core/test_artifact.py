"""Paths and patterns mean what a shell would take them for."""

from __future__ import annotations

import glob
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.artifact import (
    Artifact,
    Kind,
    fixed_prefix,
    matches,
    may_match_below,
)
from capstone_build.storage.tree import Tree


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("data/a.csv", Kind.FILE),
        ("data/parts/", Kind.FOLDER),
        ("data/*.csv", Kind.PATTERN),
        ("data/**/x?.csv", Kind.PATTERN),
        ("data/[ab].csv", Kind.PATTERN),
    ],
)
def test_the_spelling_tells_the_kind(path: str, kind: Kind) -> None:
    """A slash at the end is a folder, a wildcard a pattern, anything else a file."""
    assert Artifact(path).kind is kind


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("data/*.csv", "data/a.csv", True),
        ("data/*.csv", "data/deep/a.csv", False),
        ("data/**/*.csv", "data/a.csv", True),
        ("data/**/*.csv", "data/x/y/a.csv", True),
        ("data/**", "data/x/y/a.csv", True),
        ("data/*", "data/.hidden", False),
        ("data/**/*.csv", "data/.git/a.csv", False),
        ("data/.*", "data/.hidden", True),
        ("data/[!a]*.csv", "data/b1.csv", True),
        ("data/[!a]*.csv", "data/a1.csv", False),
        ("data/a+b(1).csv*", "data/a+b(1).csv.gz", True),
        ("*.csv", "a\nb.csv", True),
    ],
)
def test_patterns_match_as_in_a_shell(pattern: str, path: str, expected: bool) -> None:
    """`*` stays within a folder, `**` crosses folders, no wildcard matches a leading dot."""
    assert matches(pattern, path) is expected


names = st.sampled_from(["a", "b", "ab", "a.csv", "b.csv", ".hidden"])
parts = st.sampled_from(["*", "?", "a*", "*.csv", "[ab]*", "a", "**"])


@given(
    st.sets(st.lists(names, min_size=1, max_size=3).map("/".join), min_size=1, max_size=8),
    st.lists(parts, min_size=1, max_size=3).map("/".join),
)
def test_the_disk_is_searched_as_the_pattern_says(
    tmp_path_factory: pytest.TempPathFactory, paths: set[str], pattern: str
) -> None:
    """What is found on disk is what matches by name, and what Python's glob finds."""
    if not any(character in pattern for character in "*?["):
        return
    root = tmp_path_factory.mktemp("project")
    files = set()
    for path in sorted(paths):
        try:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text("")
            files.add(path)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue

    found = set(Tree(str(root)).matching(pattern))

    assert found == {path for path in files if matches(pattern, path)}
    with_glob = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207 (the peer)
    # Given a file for a folder, glob spells it with a slash.
    files_found = {e for e in with_glob if Path(root, e).is_file() and not e.endswith("/")}
    assert found == files_found


@given(
    st.lists(parts, min_size=1, max_size=4).map("/".join),
    st.lists(names, min_size=2, max_size=4),
    st.data(),
)
def test_a_pattern_that_matches_inside_a_folder_may_match_below_it(
    pattern: str, path: list[str], data: st.DataObject
) -> None:
    """Linking by folder never misses a match that the disk could later show."""
    folder = "/".join(path[: data.draw(st.integers(1, len(path) - 1))])

    if matches(pattern, "/".join(path)):
        assert may_match_below(pattern, folder)


def test_every_match_lies_below_the_fixed_prefix() -> None:
    """The part before the first wildcard bounds the search."""
    assert fixed_prefix("data/raw/*/x.csv") == "data/raw"
    assert fixed_prefix("*.csv") == ""
