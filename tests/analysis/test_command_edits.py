"""
Every edit of the corpus of commands does to a command what it must.

The cases are in `corpus/commands/`, in the form that `corpus/README.md` tells.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.corpus import CORPUS, Edit, edits, write

from capstone_build.analysis import ProjectCode
from capstone_build.core.fingerprint import Fingerprint

CASES = list(edits(CORPUS / "commands"))
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def project(folder: Path, files: dict[str, str]) -> Path:
    """Write a project of *files*; what begins with `#!` can be run."""
    write(folder, {"words.txt": "pear\napple\n", **files})
    for name, text in files.items():
        if text.startswith("#!"):
            (folder / name).chmod(0o755)
    return folder


def fingerprint(folder: Path, command: str, memory: dict[str, str]) -> Fingerprint:
    """Return the fingerprint of *command* in the project at *folder*."""
    code = ProjectCode([folder], memory).command(command, {"words.txt", "out.txt"}.__contains__)
    return code.closure.fingerprint()


@pytest.mark.parametrize("edit", CASES, ids=[each.title for each in CASES])
def test_edit_is_judged_rightly(edit: Edit, tmp_path: Path, memory: dict[str, str]) -> None:
    """The fingerprint of the command changes where its output may, and only there."""
    before = fingerprint(project(tmp_path / "before", edit.before), edit.command, memory)
    after = fingerprint(project(tmp_path / "after", edit.after), edit.command, memory)

    assert (before != after) == (edit.verdict == "must run")


@pytest.mark.parametrize("edit", CASES, ids=[each.title for each in CASES])
def test_verdict_is_true(edit: Edit, tmp_path: Path) -> None:
    """Running the command before and after the edit shows that the verdict is right."""
    outputs = []
    for name, files in (("before", edit.before), ("after", edit.after)):
        folder = project(tmp_path / name, files)
        subprocess.run(
            ["/bin/sh", "-ec", edit.command],
            cwd=folder,
            check=True,
            timeout=60,
            env={**os.environ, "PATH": PATH, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
        )
        outputs.append((folder / "out.txt").read_bytes())

    assert (outputs[0] != outputs[1]) == (edit.verdict == "must run")
