"""
Durable: a disk that is full or cannot be written ends a build with a clear word.

A real disk, some megabytes large, is filled: a tmpfs in a namespace of mounts of
its own, in which this file is run once more (`INSIDE`).
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.project import COMMAND, Project

INSIDE = "CAPSTONE_TEST_HAS_DISK"

PIPELINE = """
    import os
    from pathlib import Path

    from capstone_build import stage


    @stage(outputs={"a": "output/a"})
    def first(a: Path) -> None:
        a.write_bytes(b"a" * 500_000)


    @stage(inputs={"a": "output/a"}, outputs={"b": "output/b"})
    def second(a: Path, b: Path) -> None:
        b.write_bytes(b"b" * 2_000_000)


    @stage(inputs={"b": "output/b"}, outputs={"c": "output/c"})
    def third(b: Path, c: Path) -> None:
        c.write_bytes(b"c" * 100_000)
"""


def test_a_disk_that_fills_up_loses_nothing() -> None:
    """The tests below that need a small disk, in a namespace that has one."""
    here = Path(__file__)
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("no namespaces of mounts here")
    mounting = ["unshare", "--mount", "--map-root-user"]
    if subprocess.run([*mounting, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine forbids namespaces of mounts")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(here)]
    done = subprocess.run(
        [*mounting, *command, "-k", "small_disk"],
        cwd=here.parents[2],
        env={**os.environ, INSIDE: "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Project, Callable[[str], None]]]:
    """A project on a disk of its own, and what gives that disk another size."""
    if INSIDE not in os.environ:
        pytest.skip("run by the first test of this file, where there is such a disk")
    disk = tmp_path / "disk"
    disk.mkdir()

    def resize(size: str) -> None:
        options = f"remount,{size}"
        subprocess.run(["mount", "-o", options, str(disk)], check=True)

    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)], check=True)
    project = Project(disk / "project")
    project.root.mkdir()
    project.write("pipeline.py", PIPELINE)
    yield project, resize
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("size", ["3m", "3500k", "4m", "4500k"])
def test_on_a_small_disk_the_build_says_what_is_missing(
    small: tuple[Project, Callable[[str], None]], size: str
) -> None:
    """With path and room; what was built stands, and with more room it goes on from there."""
    project, resize = small
    resize(f"size={size}")

    done = project.run("build")

    assert "Traceback" not in done.err
    assert done.ran == ["first"]
    assert done.code in {1, 3}
    if done.code == 3:  # the engine found no room; else the stage itself did
        assert "cannot be written: No space left on device" in done.err
        needed = (
            r"(It needs [\d.]+ ([kM]B|bytes)|More room is needed), and the disk of '.*' has .* left"
        )
        assert re.search(needed, done.err)
        assert "make room" in done.err
    else:
        assert "No space left on device" in done.out
    assert project.artifacts()["output/a"] == b"a" * 500_000
    assert not project.exists("output/b")

    resize("size=40m")
    done = project.build()

    assert done.ran == ["second", "third"]
    assert {name: len(content) for name, content in project.artifacts().items()} == {
        "output/a": 500_000,
        "output/b": 2_000_000,
        "output/c": 100_000,
    }
    assert project.build().ran == []


def test_on_a_small_disk_that_is_full_nothing_to_do_is_no_matter(
    small: tuple[Project, Callable[[str], None]],
) -> None:
    """A build with nothing to do needs no room, nor does a look."""
    project, resize = small
    resize("size=40m")
    project.build()
    with (project.root / "filling").open("wb") as file:
        try:
            while True:
                file.write(bytes(1 << 16))
                file.flush()
        except OSError:
            pass
    shutil.rmtree(project.root / ".cache/footings", ignore_errors=True)

    assert project.build().ran == []
    for look in ("status", "graph", "why"):
        assert project.run(look).code == 0


def test_on_a_small_disk_without_inodes_the_hint_says_so(
    small: tuple[Project, Callable[[str], None]],
) -> None:
    """No file can be added, of whatever size."""
    project, resize = small
    resize("size=40m,nr_inodes=14")

    done = project.run("build")

    assert done.code in {1, 3}
    assert "Traceback" not in done.err
    resize("size=40m,nr_inodes=1000")
    project.build()
    assert project.build().ran == []


def test_on_a_small_disk_that_is_read_only_a_build_says_so(
    small: tuple[Project, Callable[[str], None]],
) -> None:
    """Nothing to do is done; something to do names the folder that cannot be written."""
    project, resize = small
    resize("size=40m")
    project.build()
    resize("ro")
    assert project.build().ran == []
    resize("rw")
    project.edit("pipeline.py", 'b"c"', 'b"d"')
    resize("ro")

    done = project.run("build")

    assert done.code == 3
    assert ".cache' cannot be written: Read-only file system" in done.err
    assert "See that you may write there." in done.err
    resize("rw")
    assert project.build().ran == ["third"]


@pytest.mark.parametrize(
    ("limit", "most", "hint"),
    [
        (resource.RLIMIT_FSIZE, 1_000_000, "ulimit -f"),
        (resource.RLIMIT_NOFILE, 12, "ulimit -n"),
    ],
)
def test_a_limit_of_the_process_is_told(project: Project, limit: int, most: int, hint: str) -> None:
    """Files too large, or too many open ones: what was built stands, and it goes on from there."""
    project.write("pipeline.py", PIPELINE)
    assert COMMAND is not None
    soft, hard = resource.getrlimit(limit)

    done = subprocess.run(
        [COMMAND, "build"],
        cwd=project.root,
        preexec_fn=lambda: resource.setrlimit(limit, (most, hard)),
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode in {1, 3}, (done.stdout, done.stderr, soft)
    assert 'Traceback (most recent call last):\n  File "/' not in done.stderr
    said = done.stdout + done.stderr
    assert hint in said or "File too large" in said or "Too many open files" in said
    project.build()
    assert project.build().ran == []
