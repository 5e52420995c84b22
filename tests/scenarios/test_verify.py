"""
Verify: what rotted, in the store or in the project, is found, named and healed.

Bit rot keeps a file's size and times, so that no build sees it. It is made here by
writing to the file and telling the manifest the state that it has now.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.project import Project, wait_until

PIPELINE = """
from pathlib import Path

from capstone_build import stage


@stage(inputs={"seed": "seed.txt"}, outputs={"first": "output/first.txt"})
def first(seed: str) -> str:
    return seed.strip() * 3


@stage(inputs={"first": "output/first.txt"}, outputs={"parts": "output/parts/"})
def second(first: str, parts: Path) -> None:
    parts.mkdir(exist_ok=True)
    (parts / "one").write_text(first + "1")
    (parts / "two").write_text(first + "2")
"""


@pytest.fixture
def built(project: Project) -> Project:
    """Two stages, built."""
    project.write("pipeline.py", PIPELINE)
    project.write("seed.txt", "x")
    project.build()
    return project


def states(project: Project) -> dict[str, tuple[int, int, int]]:
    """Return size, time and inode of every file."""
    found = {}
    for path in sorted(project.root.rglob("*")):
        if path.is_file():
            status = path.lstat()
            found[str(path)] = (status.st_size, status.st_mtime_ns, status.st_ino)
    return found


def rot(project: Project, path: str, content: str) -> None:
    """Change a file so that its state does not tell."""
    file = project.root / path
    file.write_text(content, encoding="utf-8")
    status = file.stat()
    with sqlite3.connect(project.root / ".cache/manifest.sqlite3") as manifest:
        changed = manifest.execute(
            "UPDATE files SET size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?, looked_ns = ? "
            "WHERE path = ?",
            (
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
                status.st_ino,
                status.st_ctime_ns + 10**10,
                path,
            ),
        )
        assert changed.rowcount == 1
    manifest.close()


def sql(project: Project, statement: str, *values: object) -> None:
    """Write to the manifest."""
    with sqlite3.connect(project.root / ".cache/manifest.sqlite3") as manifest:
        manifest.execute(statement, values)
    manifest.close()


def objects(project: Project) -> list[Path]:
    """Return the files of the store."""
    shelves = (project.root / ".cache/objects").glob("??")
    return sorted(path for shelf in shelves for path in shelf.iterdir())


def of_content(project: Project, content: str) -> Path:
    """Return the file of the store that holds *content*."""
    return next(path for path in objects(project) if path.read_text() == content)


def test_where_all_is_well_it_says_so_and_writes_nothing(built: Project) -> None:
    """Not even a lock, and none of the user's code runs."""
    built.write("pipeline.py", "raise SystemExit('imported')\n")
    before = states(built)

    done = built.run("verify")

    assert (done.code, done.err) == (0, "")
    assert done.last_line.startswith("all well: ")
    assert states(built) == before
    assert json.loads(built.run("verify", "--json").out)["is_well"] is True


def test_where_nothing_was_built_there_is_nothing_to_verify(project: Project) -> None:
    """And nothing is made."""
    project.write("pipeline.py", PIPELINE)

    assert project.run("verify").last_line == "nothing to verify: nothing was built yet"
    assert not project.exists(".cache")


def test_an_output_that_rotted_is_found_and_healed(built: Project) -> None:
    """No build sees it before; the next one after it does, and restores it."""
    before = built.artifacts()
    rot(built, "output/parts/one", "yyy1")
    assert built.build().last_line.startswith("nothing to do")
    assert built.artifacts() != before

    done = built.run("verify")

    assert done.code == 1
    assert "rotten    output/parts/one is not what stage second left" in done.out
    assert "the next build sets aside what is there, and restores it" in done.out
    assert built.build().restored == ["second"]
    assert built.artifacts() == before
    assert built.run("verify").code == 0


def test_an_input_that_rotted_is_found(built: Project) -> None:
    """It is the user's: what reads it runs with it as it is, unless it is put back."""
    rot(built, "seed.txt", "z")
    assert built.build().last_line.startswith("nothing to do")

    done = built.run("verify")

    assert done.code == 1
    assert "seed.txt is not what was read" in done.out
    assert built.build().ran == ["first", "second"]
    assert built.read("output/first.txt") == "zzz"
    assert built.run("verify").code == 0


def test_a_rotten_object_is_moved_aside_and_stored_anew(built: Project) -> None:
    """From the output that stands; the object is never restored as it was."""
    rotten = of_content(built, "xxx1")
    rotten.write_text("yyy1")

    done = built.run("verify")

    assert done.code == 1
    assert "output/parts/one, as stage second left it, in the store" in done.out
    assert "set aside, and stored anew" in done.out
    assert rotten.read_text() == "xxx1"
    assert built.exists(".cache/objects/rotten")
    assert built.run("verify").code == 0


def test_a_rotten_object_of_an_earlier_run_is_never_restored(built: Project) -> None:
    """What it was is computed again."""
    built.write("seed.txt", "w")
    built.build()
    of_content(built, "xxx1").write_text("yyy1")

    done = built.run("verify")

    assert done.code == 1
    assert "it can be computed again, not restored" in done.out
    assert built.run("verify").code == 0
    built.write("seed.txt", "x")
    done = built.build()
    assert (done.ran, done.restored) == (["second"], ["first"])
    assert built.read("output/parts/one") == "xxx1"


def test_an_output_and_its_object_that_both_rotted_are_computed_again(built: Project) -> None:
    """The report says so beforehand."""
    before = built.artifacts()
    of_content(built, "xxx1").write_text("yyy1")
    rot(built, "output/parts/one", "yyy1")

    done = built.run("verify")

    assert "output/parts/one is not what stage second left" in done.out
    assert "the next build runs the stage" in done.out
    assert built.build().ran == ["second"]
    assert built.artifacts() == before


def test_two_objects_that_changed_places_are_found(built: Project) -> None:
    """Each is a good file, and not the one that it is named."""
    one, two = of_content(built, "xxx1"), of_content(built, "xxx2")
    one.rename(one.with_name("swap"))
    two.rename(one)
    one.with_name("swap").rename(two)

    told = json.loads(built.run("verify", "--json").out)

    assert [each["flaw"] for each in told["findings"]] == ["object rotten"] * 2
    assert (one.read_text(), two.read_text()) == ("xxx1", "xxx2")


def test_what_was_edited_or_deleted_is_named_with_what_comes_of_it(built: Project) -> None:
    """The next build would see that itself."""
    built.write("output/first.txt", "mine")
    (built.root / "output/parts/two").unlink()

    done = built.run("verify")

    assert done.code == 1
    assert "changed   output/first.txt is not what stage first left" in done.out
    assert "missing   output/parts/two, which stage second left, is not there" in done.out
    assert built.build().restored == ["first", "second"]
    assert built.run("verify").code == 0


def test_a_store_that_is_gone_is_filled_again_from_what_stands(built: Project) -> None:
    """Outputs, and the code for `why`."""
    held = [path.name for path in objects(built)]
    for path in objects(built):
        path.unlink()

    done = built.run("verify")

    assert "missing   output/first.txt, which stage first left, is not in the store" in done.out
    assert "missing   pipeline.py, which stage first ran, is not in the store" in done.out
    assert [path.name for path in objects(built)] == held
    assert built.run("verify").code == 0


def test_a_trace_that_was_altered_is_forgotten(built: Project) -> None:
    """Another digest in it would make another file the output: it is no trace at all."""
    good = "output/first.txt"
    sql(built, "UPDATE traces SET record = replace(record, ?, 'output/other.txt')", good)

    done = built.run("verify")

    assert done.code == 1
    assert "what is remembered of stage first is not what was written" in done.out
    assert built.run("verify").code == 0
    assert built.build().ran == ["first", "second"]


def test_a_trace_under_another_key_is_never_restored(built: Project) -> None:
    """It is a good record of another run."""
    built.write("seed.txt", "w")
    built.build()
    sql(
        built,
        "UPDATE traces SET key = (SELECT key FROM traces WHERE number = 1) || '!' WHERE number = 1",
    )
    sql(built, "UPDATE traces SET key = substr(key, 1, 37) WHERE number = 1")
    assert built.run("verify").code == 0
    sql(built, "UPDATE traces SET key = 'xxh3:' || hex(randomblob(16)) WHERE number = 1")

    assert built.run("verify").code == 1
    assert built.run("verify").code == 0


def test_paths_that_lead_out_of_the_project_are_refused(built: Project, tmp_path: Path) -> None:
    """However they came into the manifest; nothing outside is touched."""
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    for path in ("../precious.txt", str(precious), "output/../../precious.txt"):
        sql(
            built,
            "INSERT INTO made SELECT ?, digest, pipeline, stage FROM made LIMIT 1",
            path,
        )

    done = built.run("verify")

    assert done.out.count("is no path of the project") == 3
    assert built.run("verify").code == 0
    assert precious.read_text() == "mine"


@pytest.mark.parametrize("damage", ["cut", "noise", "version"])
def test_a_damaged_manifest_is_named_and_begun_anew(built: Project, damage: str) -> None:
    """By the next build; the objects are found sound."""
    manifest = built.root / ".cache/manifest.sqlite3"
    before = built.artifacts()
    if damage == "version":
        sql(built, "PRAGMA user_version = 99")
    elif damage == "cut":
        manifest.write_bytes(manifest.read_bytes()[:5000])
    else:
        content = manifest.read_bytes()
        manifest.write_bytes(content[:4096] + b"\xa5" * 8192 + content[12288:])

    done = built.run("verify")

    assert done.code == 1
    assert "damaged   the manifest: " in done.out
    assert "Traceback" not in done.err
    assert built.build().ran == ["first", "second"]
    assert built.artifacts() == before
    assert built.run("verify").code == 0


def test_an_index_that_disagrees_with_its_table_is_found(built: Project) -> None:
    """A build reads only part of the file at its start: it would miss traces in silence."""
    manifest = sqlite3.connect(built.root / ".cache/manifest.sqlite3")
    index = manifest.execute(
        "SELECT * FROM sqlite_master WHERE name = 'traces_by_fingerprint'"
    ).fetchone()
    manifest.execute("PRAGMA writable_schema = ON")
    manifest.execute("DELETE FROM sqlite_master WHERE name = 'traces_by_fingerprint'")
    manifest.commit()
    manifest.close()
    sql(built, "UPDATE traces SET fingerprint = fingerprint || 'x'")
    manifest = sqlite3.connect(built.root / ".cache/manifest.sqlite3")
    manifest.execute("PRAGMA writable_schema = ON")
    manifest.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", index)
    manifest.commit()
    manifest.close()

    done = built.run("verify")

    assert done.code == 1
    assert "traces_by_fingerprint" in done.out
    assert built.build().ran == ["first", "second"]
    assert built.run("verify").code == 0


def test_a_build_at_work_is_not_taken_for_damage(built: Project) -> None:
    """What seems wrong while outputs are replaced is looked at again once the build is over."""
    built.write(
        "slow.py",
        """
        from capstone_build import command

        slow = command(
            "echo 2 > output/slow.txt; touch started; while [ ! -e go ]; do sleep 0.05; done",
            name="slow", outputs={"out": "output/slow.txt"},
        )
        """,
    )
    built.write("go", "")
    built.build("--file", "slow.py")
    (built.root / "go").unlink()
    (built.root / "started").unlink()
    building = built.start("build", "--file", "slow.py", "--force", "slow")
    wait_until(lambda: built.exists("started"), "the stage runs")
    (built.root / "output/slow.txt").write_text("half")
    verifying = built.start("verify")
    assert verifying.stderr is not None
    assert str(building.pid) in verifying.stderr.readline(), "it waits, for something seems wrong"
    (built.root / "output/slow.txt").write_text("2\n")
    built.write("go", "")
    building.communicate(timeout=60)

    out, _ = verifying.communicate(timeout=60)

    assert verifying.returncode == 0, out
    assert "all well" in out


def test_on_a_disk_that_cannot_be_written_everything_can_be_looked_at(
    tmp_path: Path,
) -> None:
    """Status, verify and dry runs answer; what would have to write says so and changes nothing."""
    root = tmp_path / "disk"
    root.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(root)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        project = Project(root)
        project.write("pipeline.py", PIPELINE)
        project.write("seed.txt", "x")
        project.build()
        subprocess.run(["mount", "-o", "remount,ro", str(root)], check=True)

        assert project.run("status").last_line == "nothing to do"
        assert project.run("verify").last_line.startswith("all well")
        assert project.run("gc", "-n").code == 0
        assert project.run("clean", "--outputs", "-n").code == 0
        for arguments in (["gc"], ["clean", "--outputs"], ["verify", "--rebuild"]):
            done = project.run(*arguments)
            assert done.code == 3, arguments
            assert "Read-only file system" in done.err

        subprocess.run(["mount", "-o", "remount,rw", str(root)], check=True)
        project.write("output/first.txt", "mine")
        subprocess.run(["mount", "-o", "remount,ro", str(root)], check=True)
        done = project.run("verify")
        assert done.code == 1
        assert "changed   output/first.txt" in done.out
        assert "nothing could be mended" in done.last_line
    finally:
        subprocess.run(["umount", "-l", str(root)], check=True)


def test_what_cannot_be_read_is_named(built: Project) -> None:
    """And is no reason to stop."""
    (built.root / "output/first.txt").chmod(0)
    try:
        with (built.root / "output/first.txt").open() as file:
            file.read()
    except PermissionError:
        pass
    else:
        pytest.skip("this user may read everything")

    done = built.run("verify")

    assert done.code == 1
    assert "unread    output/first.txt cannot be read: Permission denied" in done.out
