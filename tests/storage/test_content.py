"""Files are known by what is in them, however many are read at a time."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.digest import digest_bytes
from capstone_build.errors import MemoryFailedError
from capstone_build.storage import content, files
from capstone_build.storage.content import digest_abreast, digest_file
from capstone_build.storage.files import Files


@given(st.integers(0, 1 << 20))
def test_the_digest_of_a_file_is_that_of_its_bytes(size: int) -> None:
    """Read in pieces or at once, and whatever its size is beside that of a piece."""
    text = (b"0123456789abcde" * (size // 15 + 1))[:size]
    with NamedTemporaryFile() as file:
        file.write(text)
        file.flush()

        assert digest_file(file.name) == digest_bytes(text)
        assert digest_file(file.name).endswith(xxhash.xxh3_128_hexdigest(text))


def test_large_files_read_at_a_time_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has the digest that it has alone; one that cannot be read is an error with its name."""
    monkeypatch.setattr(files, "LARGE", 1000)
    names = [f"{each}.bin" for each in range(8)]
    for name in names:
        (tmp_path / name).write_bytes(name.encode() * 1000)
    read: list[str] = []

    def seen(path: str | Path) -> object:
        read.append(Path(path).name)
        return digest_file(path)

    monkeypatch.setattr(content, "digest_file", seen)
    known = Files(tmp_path, lambda _: None)

    found = known.digests([*names, "absent"])

    assert found == {
        **{name: digest_bytes(name.encode() * 1000) for name in names},
        "absent": None,
    }
    assert sorted(read) == names, "each once"
    assert known.take_fresh().keys() == set(names)


def test_of_files_read_at_a_time_one_may_be_gone(tmp_path: Path) -> None:
    """What cannot be read spoils nothing of the others."""
    (tmp_path / "there").write_bytes(b"x")

    there, gone = digest_abreast([str(tmp_path / "there"), str(tmp_path / "gone")])

    assert there == digest_bytes(b"x")
    assert isinstance(gone, FileNotFoundError)


def test_one_of_many_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says which it is, as for one that is read alone."""
    monkeypatch.setattr(files, "LARGE", 1)
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"xx")

    def refused(_paths: object) -> list[object]:
        return [digest_bytes(b"xx"), PermissionError(13, "Permission denied")]

    monkeypatch.setattr(files, "digest_abreast", refused)

    with pytest.raises(MemoryFailedError, match="'b' cannot be read: Permission denied"):
        Files(tmp_path, lambda _: None).digests(["a", "b"])
