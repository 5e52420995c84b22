"""
Durable: what the machine's memory took with it is not taken for what is on disk.

The power is not cut here. Shown is what is seen onto the disk before a trace
vouches for it, and that what was not is read once more after a restart.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from tests.project import Project

PIPELINE = """
    import time

    from capstone_build import stage


    @stage(inputs={"a": "a.txt"}, outputs={"o": "output/dear.txt"})
    def dear(a: str) -> str:
        time.sleep(1.05)
        return "dear"


    @stage(inputs={"a": "a.txt"}, outputs={"o": "output/cheap.txt"})
    def cheap(a: str) -> str:
        return "cheap"
"""

WATCH = """
    import os
    import sys

    if "capstone" in sys.argv[0] or "-c" not in sys.orig_argv:
        sync = os.fsync

        def fsync(file):
            with open(os.environ["SYNCED"], "a") as log:
                log.write(os.readlink(f"/proc/self/fd/{file}") + "\\n")
            sync(file)

        os.fsync = fsync
"""


def test_what_took_long_to_make_is_seen_onto_the_disk(project: Project) -> None:
    """The output, its copy in the store and their folders: before the stage counts as built."""
    if not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
        pytest.skip("nothing tells here which file a descriptor is of")
    project.write("pipeline.py", PIPELINE)
    project.write("a.txt", "1")
    project.write("watch/sitecustomize.py", WATCH)
    log = project.root / "synced"

    project.build(
        env={"PYTHONPATH": str(project.root / "watch"), "SYNCED": str(log)},
    )

    synced = [os.path.relpath(line, project.root) for line in log.read_text().splitlines()]
    assert "output/dear.txt" in synced
    assert "output" in synced
    assert any(each.startswith(".cache/objects/") for each in synced)
    assert "output/cheap.txt" not in synced


def test_what_may_have_gone_with_the_machine_is_read_once_more(project: Project) -> None:
    """
    After a restart the state of a file that was never synced vouches for nothing.

    A file is given the state that is remembered, and other content; the name of
    the machine's run is changed in the manifest, as if it had been restarted.
    """
    project.write("pipeline.py", PIPELINE)
    project.write("a.txt", "1")
    project.build()
    for name in ("dear", "cheap"):
        _swap(project, f"output/{name}.txt", name.upper())
    assert project.build("-j1").ran == [], "the state alone is believed, this shows"

    with closing(sqlite3.connect(project.root / ".cache/manifest.sqlite3")) as manifest:
        manifest.execute("UPDATE files SET boot = 'earlier' WHERE boot != ''")
        manifest.commit()
    done = project.build("-j2")

    assert "output/cheap.txt" in done.out
    assert project.read("output/cheap.txt") == "cheap", "it is brought back"
    assert project.read("output/dear.txt") == "DEAR", "it was synced: it cannot have been lost"


def _swap(project: Project, path: str, content: str) -> None:
    """Put other content into a file as if no state of it told so."""
    project.write(path, content)
    status = (project.root / path).stat()
    with closing(sqlite3.connect(project.root / ".cache/manifest.sqlite3")) as manifest:
        manifest.execute(
            "UPDATE files SET size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?, "
            "looked_ns = ? WHERE path = ?",
            (
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
                status.st_ino,
                status.st_ctime_ns + 10**10,
                path,
            ),
        )
        manifest.commit()
