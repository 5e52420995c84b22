"""
Every edit of the corpus does to a build what it must.

The cases are those of `tests/analysis/corpus/`, whose README tells their form. There they are
judged by what the code says; here each is a project that `capstone build` builds, before and
after the edit. An edited file keeps the time at which it was modified, as after an edit within
the clock's tick, so nothing but its content tells.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus import CORPUS, COUNTED_NEEDLESSLY, Edit, Files, edits, write
from tests.done import Done
from tests.ready_command import ReadyCommand

CALLS = """\
from capstone_build import stage

from {module} import {name}


@stage(name="work", inputs={{"text": "declared_text.txt"}}, outputs={{"out": "declared_out.txt"}})
def declared(text: str) -> str:
    return str({name}(text))
"""

STARTS = """\
from capstone_build import command

work = command(
    {text!r},
    name="work",
    inputs={{"words": "words.txt"}},
    outputs={{"out": "declared_out.txt"}},
)
"""

DECLARED = "declared_here.py"
"""The pipeline file of a case that declares none: no case has a module of this name."""

RUNS_NEEDLESSLY = {
    **COUNTED_NEEDLESSLY,
    "the stage's own declaration is compared by its values": "the output is to lie elsewhere",
}
"""
Edits that must skip, by title, and why they yet run.

One that runs no longer fails, and is taken out.
"""

CASES = [each for name in ("", "commands", "dynamic") for each in edits(CORPUS / name)]
ENVIRONMENT = {
    **os.environ,
    "PYTHONHASHSEED": "0",  # as stages have it
    "PYTHONDONTWRITEBYTECODE": "1",
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


def pipeline(edit: Edit) -> Files:
    """Return the pipeline file of *edit*, and what its stage reads; none if it declares itself."""
    if edit.declares:
        return {}
    if edit.command:
        # In parentheses: it may go to another folder, and what it writes lies in this one.
        text = f"(\n{edit.command}\n)\nmv out.txt {{outputs.out}}"
        return {DECLARED: STARTS.format(text=text), "words.txt": "pear\napple\n"}
    module, _, name = edit.start.partition(":")
    return {DECLARED: CALLS.format(module=module, name=name), "declared_text.txt": "a b c"}


def change(folder: Path, edit: Edit) -> None:
    """Edit the project at *folder*; what is edited keeps its time."""
    for file in edit.before.keys() - edit.after.keys():
        (folder / file).unlink()
    for file, text in edit.after.items():
        path = folder / file
        if text != edit.before.get(file):
            state = path.stat() if path.exists() else None
            write(folder, {file: text})
            if state is not None:
                os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def lay_out(folder: Path, files: Files) -> Path:
    """Write a project of *files*; what begins with `#!` can be run."""
    write(folder, files)
    for file, text in files.items():
        if text.startswith("#!"):
            (folder / file).chmod(0o755)
    return folder


def build(ready: ReadyCommand, folder: Path, edit: Edit) -> Done:
    """Build the project at *folder*, or of many stages the one that the case is of."""
    if not edit.declares:
        arguments = ["--file", DECLARED]
    else:
        arguments = ["work"] if "\ndef work(" in edit.before["pipeline.py"] else []
    done = ready.run(folder, "build", *arguments)
    assert done.code == 0, done.out + done.err
    return done


def outputs(folder: Path, edit: Edit) -> Files:
    """Return what the stages left that is no file of the project."""
    own = {*edit.before, *edit.after, *pipeline(edit)}
    found = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in found}
    return {
        name: path.read_text()
        for name, path in names.items()
        if name not in own and not name.startswith(".cache/")
    }


def afresh(ready: ReadyCommand, folder: Path, edit: Edit) -> Files:
    """Return what the edited project gives in a new folder."""
    lay_out(folder, {**edit.after, **pipeline(edit)})
    if edit.declares:
        build(ready, folder, edit)
        return outputs(folder, edit)
    module, _, name = edit.start.partition(":")
    called = f"from {module} import {name}\nopen('out.txt', 'w').write(str({name}('a b c')))"
    what = ["/bin/sh", "-ec", edit.command] if edit.command else [sys.executable, "-c", called]
    subprocess.run(
        what,
        cwd=folder,
        check=True,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )
    return {"declared_out.txt": (folder / "out.txt").read_text()}


@pytest.mark.parametrize("edit", CASES, ids=[each.title for each in CASES])
def test_a_build_after_the_edit(edit: Edit, ready: ReadyCommand, tmp_path: Path) -> None:
    """It leaves what a build from nothing leaves, and runs what it must and nothing else."""
    folder = lay_out(tmp_path / "project", {**edit.before, **pipeline(edit)})
    names = build(ready, folder, edit).ran
    change(folder, edit)

    ran = [name for name in build(ready, folder, edit).ran if name in names]

    clean = afresh(ready, tmp_path / "afresh", edit)
    left = outputs(folder, edit)
    assert clean
    # What the edit declares no longer is left where it is.
    assert {name: text for name, text in left.items() if name in clean} == clean
    if edit.verdict == "must run":
        assert ran
    elif edit.verdict == "must skip":
        assert (ran != []) == (edit.title in RUNS_NEEDLESSLY)


def test_what_runs_needlessly_is_in_the_corpus() -> None:
    """A reason is of a case that there is, and that must skip."""
    skipped = {each.title for each in CASES if each.verdict == "must skip"}

    assert skipped >= RUNS_NEEDLESSLY.keys()
