"""Small projects, edits of them, and what running them really gives."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from capstone_build.analysis import Closure, ProjectCode
from capstone_build.core.fingerprint import Aspect, Fingerprint
from capstone_build.core.stage import Symbol

Files = dict[str, str]
CORPUS = Path(__file__).parent / "corpus"


@dataclass
class Edit:
    """
    A small project, an edit of it, and what it must do to a stage.

    Attributes:
        title: A sentence.
        verdict: "must run", "must skip" or "either".
        start: The definition that the stage begins at.
        command: The command line that the stage is, if it is one.
        before: The files.
        after: The files after the edit.
    """

    title: str
    verdict: str
    start: str
    command: str = ""
    before: Files = field(default_factory=dict)
    after: Files = field(default_factory=dict)


def edits(folder: Path = CORPUS) -> Iterator[Edit]:
    """Read the corpus; `corpus/README.md` describes its form."""
    for path in sorted(folder.glob("*.txt")):
        for text in re.split(r"^=== ", path.read_text(), flags=re.MULTILINE)[1:]:
            yield _edit(text)


def _edit(text: str) -> Edit:
    head, _, body = text.partition("\n")
    title, verdict, *more = (each.strip() for each in head.split("|"))
    start = more[0].removeprefix("start=") if more else "pipeline:work"
    command = "\n".join(re.findall(r"^\$ (.*)$", body.partition("\n--- ")[0], re.MULTILINE))
    edit = Edit(title=title, verdict=verdict, start=start, command=command)
    for mark, file, content in re.findall(
        r"^(---|\+\+\+|@@|xxx) (\S+)\n(.*?)(?=^(?:---|\+\+\+|@@|xxx) |\Z)",
        body,
        flags=re.MULTILINE | re.DOTALL,
    ):
        if mark == "---":
            edit.before[file] = edit.after[file] = content
        elif mark == "+++":
            edit.after[file] = content
        elif mark == "xxx":
            del edit.after[file]
        else:
            edit.after[file] = _patched(edit.after[file], content)
    return edit


def _patched(text: str, patch: str) -> str:
    """Replace each run of lines marked `-` with the run marked `+` after it."""
    for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)*)", patch, flags=re.MULTILINE):
        before, after = (re.sub(r"^[-+]", "", each, flags=re.MULTILINE) for each in (old, new))
        assert before in text, f"{before!r} is not in the file"
        text = text.replace(before, after, 1)
    return text


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every test that takes an `edit` all of the corpus, or what Python alone can run."""
    if "edit" in metafunc.fixturenames and not metafunc.definition.get_closest_marker(
        "parametrize"
    ):
        cases = list(edits())
        if "result" in metafunc.fixturenames:
            # What declares stages is judged by its values, which the engine compares.
            cases = [e for e in cases if "capstone_build" not in "".join(e.before.values())]
        metafunc.parametrize("edit", cases, ids=[each.title for each in cases])


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write *files* below *folder*."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture(scope="session")
def memory() -> dict[str, str]:
    """One memory for all tests: what a file says does not depend on where it lies."""
    return {}


@pytest.fixture
def closure(tmp_path: Path, memory: dict[str, str]) -> Callable[..., Closure]:
    """Return what gives the closure of *start* in a project of *files*."""
    count = 0

    def of(files: Files, start: str = "pipeline:work") -> Closure:
        nonlocal count
        count += 1
        folder = write(tmp_path / str(count), files)
        return ProjectCode([folder], memory).closure([Symbol(start)])

    return of


@pytest.fixture
def fingerprint(closure: Callable[..., Closure]) -> Callable[..., Fingerprint]:
    """Return what gives the fingerprint of *start* in a project of *files*."""
    return lambda files, start="pipeline:work": closure(files, start).fingerprint()


@pytest.fixture
def unchanged() -> Callable[[Closure, Closure], bool]:
    """
    Return what tells whether code does the same after an edit as before.

    It does if nothing of it differs, or nothing but the modules that it lies in.
    """

    def tell(before: Closure, after: Closure) -> bool:
        then, now = before.fingerprint(), after.fingerprint()
        differing = {part for part in then.keys() | now.keys() if then.get(part) != now.get(part)}
        moved = all(aspect is Aspect.CODE for aspect, _ in differing)
        return not differing or (moved and before.identity == after.identity)

    return tell


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Files], str]:
    """Return what really runs `pipeline.work("a b c")`, in modules of its own."""
    count = 0

    def of(files: Files) -> str:
        nonlocal count
        count += 1
        folder = write(tmp_path / f"run{count}", files)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "path", [str(folder), *sys.path])
            patch.setattr(sys, "dont_write_bytecode", True)
            patch.setattr(os, "environ", dict(os.environ))
            names = {path.parts[0].removesuffix(".py") for path in map(Path, files)}
            names |= {Path(file).stem for file in files} | {"colorsys"}
            kept = dict(sys.modules)
            for name in [each for each in sys.modules if each.partition(".")[0] in names]:
                del sys.modules[name]
            importlib.invalidate_caches()
            try:
                return str(importlib.import_module("pipeline").work("a b c"))
            finally:
                sys.modules.clear()
                sys.modules.update(kept)

    return of
