"""Source files that are trusted by their state, and those that are not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from capstone_build.analysis import ProjectCode
from capstone_build.core.digest import Digest, digest_bytes
from capstone_build.core.stage import Symbol
from capstone_build.storage.file_state import KnownFile
from capstone_build.storage.source_files import SourceFiles

OLD = b"def work():\n    return 1\n"
NEW = b"def work():\n    return 2\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a source file that is old enough to be trusted by its state."""
    path = tmp_path / "pipeline.py"
    path.write_bytes(OLD)
    time.sleep(0.05)
    return path


def unknown(path: str) -> None:
    """Remember nothing of the file at *path*."""
    del path


def remembered(file: Path) -> dict[str, KnownFile]:
    """Return what is remembered of *file* when it has just been read."""
    files = SourceFiles(unknown)
    files.content(str(file))
    return files.take_fresh()


def test_file_that_did_not_move_is_known(file: Path) -> None:
    """What was read once need not be read again."""
    memory = remembered(file)

    assert SourceFiles(memory.get).known(str(file)) == digest_bytes(OLD)


def test_changed_file_is_not_known(file: Path) -> None:
    """Another content of the same size and the same mtime is read."""
    memory = remembered(file)
    status = file.stat()
    file.write_bytes(NEW)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert SourceFiles(memory.get).known(str(file)) is None


def test_young_file_is_not_known(tmp_path: Path) -> None:
    """A file as young as the look at it may have changed within a tick of the clock."""
    file = tmp_path / "pipeline.py"
    file.write_bytes(OLD)

    assert SourceFiles(remembered(file).get).known(str(file)) is None


def test_file_that_is_gone_is_not_known(file: Path) -> None:
    """What is remembered of a file does not outlive it."""
    memory = remembered(file)
    file.unlink()

    assert SourceFiles(memory.get).known(str(file)) is None


def test_name_that_is_no_text_is_not_kept(tmp_path: Path) -> None:
    """A name that the manifest cannot spell is read each time."""
    file = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py")
    Path(file).write_bytes(OLD)
    files = SourceFiles(unknown)

    assert files.content(file) == OLD
    assert not files.take_fresh()


class Reads(SourceFiles):
    """Source files that tell which of them were read."""

    def content(self, file: str, /) -> bytes:
        """Return what *file* holds now."""
        self.read = [*getattr(self, "read", []), Path(file).name]
        return super().content(file)


def test_known_files_are_not_read_and_count_the_same(file: Path) -> None:
    """A closure is made of what is remembered; the digests of its files are told all the same."""
    file.with_name("tools.py").write_bytes(b"def f():\n    return 1\n")
    file.write_bytes(b"import tools\n\n\ndef work():\n    return tools.f()\n")
    time.sleep(0.05)
    summaries: dict[str, str] = {}
    first = Reads(unknown)
    code = ProjectCode([file.parent], summaries, first)
    closure = code.closure([Symbol("pipeline:work")]).fingerprint()
    memory = first.take_fresh()

    second = Reads(memory.get)
    again = ProjectCode([file.parent], summaries, second)

    assert again.closure([Symbol("pipeline:work")]).fingerprint() == closure
    assert again.read() == code.read()
    assert first.read == ["pipeline.py", "tools.py"]
    assert not hasattr(second, "read")

    file.with_name("tools.py").write_bytes(b"def f():\n    return 2\n")
    third = Reads(memory.get)
    edited = ProjectCode([file.parent], summaries, third)

    assert edited.closure([Symbol("pipeline:work")]).fingerprint() != closure
    assert third.read == ["tools.py"]


def test_file_that_moves_under_the_reading_is_like_no_content(file: Path) -> None:
    """Where the text is no longer that of the summary, nothing compiled can equal what was read."""
    summaries: dict[str, str] = {}
    file.write_bytes(b"import inspect\n\n\ndef work():\n    return inspect.getsource(work)\n")
    time.sleep(0.05)
    first = SourceFiles(unknown)
    ProjectCode([file.parent], summaries, first).closure([Symbol("pipeline:work")])
    memory = first.take_fresh()
    digest = memory[str(file)].digest

    class Late(SourceFiles):
        """Tells what it knows, and then another content is there."""

        def known(self, path: str, /) -> Digest | None:
            """Return what was known a moment ago."""
            found = super().known(path)
            file.write_bytes(file.read_bytes() + b"# more\n")
            return found

    code = ProjectCode([file.parent], summaries, Late(memory.get))
    code.closure([Symbol("pipeline:work")])

    assert code.read()[str(file)] not in {digest, digest_bytes(file.read_bytes())}
