"""The code of small projects as analysis reads it, and what running them really gives."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.corpus import Files, edits, write

from capstone_build.analysis import Closure, ProjectCode
from capstone_build.core.fingerprint import Aspect, Fingerprint
from capstone_build.core.stage import Symbol


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every test that takes an `edit` all of the corpus, or what Python alone can run."""
    if "edit" in metafunc.fixturenames and not metafunc.definition.get_closest_marker(
        "parametrize"
    ):
        cases = list(edits())
        if "result" in metafunc.fixturenames:
            # What declares stages is judged by its values, which the engine compares.
            cases = [each for each in cases if not each.declares]
        metafunc.parametrize("edit", cases, ids=[each.title for each in cases])


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
