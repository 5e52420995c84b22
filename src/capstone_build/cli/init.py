"""`capstone init`: write the first `pipeline.py` of a project."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from capstone_build.authoring.project_place import BUNDLED_MODULE, PIPELINE_FILE, named_pipeline
from capstone_build.cli.terminal import Terminal
from capstone_build.errors import MemoryFailedError, UsageError
from capstone_build.founding.adopted import AdoptedPipeline
from capstone_build.founding.bundled import bundled_text
from capstone_build.founding.ignore_file import LINE, is_ignored, with_memory_ignored
from capstone_build.founding.starter import SAMPLE, SAMPLE_FILE, find_tables, starter_text
from capstone_build.presentation.founding import Told, Written, told_lines, written_lines

_USUAL_FILES = {
    "dvc": ("dvc.yaml",),
    "make": ("GNUmakefile", "makefile", "Makefile"),
    "snakemake": ("Snakefile", "snakefile", "workflow/Snakefile", "workflow/snakefile"),
}
"""Where each tool looks for its file, in this order."""

IGNORE_FILE = ".gitignore"


@click.command("init")
@click.argument("place", required=False, type=click.Path(path_type=Path), metavar="[PLACE]")
@click.option(
    "--from",
    "origin",
    type=click.Choice(["report", *_USUAL_FILES]),
    help="Begin with the stages of the bundled report, or of another tool's file.",
)
def init_command(place: Path | None, origin: str | None) -> int:
    """
    Write a pipeline.py to begin with, and a .gitignore.

    PLACE is the project's folder, made if it is not there; by default this one.
    With --from dvc, make or snakemake it may also be the file to read: by default
    dvc.yaml, the Makefile or the Snakefile. Nothing of that file is run; what is
    not carried over is told by line. Nothing that exists is overwritten.
    """
    founding = _Founding()
    if origin in {None, "report"}:
        founding.begin(place or Path(), is_report=origin == "report")
    else:
        founding.adopt(str(origin), place or Path())
    return 0


class _Founding:
    """What is written, and said of it."""

    def __init__(self) -> None:
        self._written: list[Written] = []
        self._colour = Terminal.of(sys.stdout).colour

    def begin(self, folder: Path, *, is_report: bool) -> None:
        """Write a pipeline that runs as it is."""
        _refuse_existing(folder)
        text = bundled_text(BUNDLED_MODULE) if is_report else starter_text(find_tables(folder))
        if not is_report and find_tables(folder) is None:
            self._write(folder, SAMPLE_FILE, SAMPLE, "a small table, as there is no CSV file here")
        about = "the stages of the data report" if is_report else "two stages, with comments"
        self._write(folder, PIPELINE_FILE, text, about)
        self._ignore_memory(folder)
        self._say(written_lines(self._written, self._colour))
        self._say_next(folder)

    def adopt(self, origin: str, place: Path) -> None:
        """Write the pipeline that another tool's file declares."""
        file = _named_file(origin, place)
        # A workflow's folder is not where its commands run.
        folder = file.parent.parent if file.parent.name == "workflow" else file.parent
        _refuse_existing(folder)
        from capstone_build.founding.forgotten import CommandFiles
        from capstone_build.founding.pipeline_text import pipeline_text

        read = _reader(origin)(file)
        files = CommandFiles(read, folder)
        count = len(read.stages)
        about = f"{count} {'stage' if count == 1 else 'stages'} of {read.file}"
        self._write(folder, PIPELINE_FILE, pipeline_text(files.pipeline()), about)
        self._ignore_memory(folder)
        self._say(written_lines(self._written, self._colour))
        remarks = [Told(str(each.where), each.text) for each in read.all_remarks()]
        self._say(told_lines("not carried over, or meant otherwise", remarks, self._colour))
        forgotten = [Told(str(each.where), each.sentence()) for each in files.forgotten()]
        heading = f"used, and not declared in {read.file}"
        self._say(told_lines(heading, forgotten, self._colour))
        self._say_next(folder)

    def _write(self, folder: Path, name: str, text: str, about: str) -> None:
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise MemoryFailedError(f"{path} cannot be written: {error.strerror}") from None
        self._written.append(Written("wrote", str(path), about))

    def _ignore_memory(self, folder: Path) -> None:
        path = folder / IGNORE_FILE
        try:
            text = path.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            self._write(
                folder, IGNORE_FILE, f"{LINE}\n", "what capstone remembers stays out of git"
            )
            return
        except OSError as error:
            raise MemoryFailedError(f"{path} cannot be read: {error.strerror}") from None
        if is_ignored(text):
            self._written.append(Written("kept", str(path), f"it ignores {LINE} already"))
            return
        try:
            path.write_bytes(with_memory_ignored(text).encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise MemoryFailedError(f"{path} cannot be written: {error.strerror}") from None
        self._written.append(Written("added to", str(path), f"the line {LINE}"))

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            click.echo(line, color=True)

    def _say_next(self, folder: Path) -> None:
        there = folder.resolve() != Path.cwd().resolve()
        go = f"cd {shlex.quote(str(folder))} && " if there else ""
        click.echo(f"\nnext: {go}capstone build")


def _refuse_existing(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            f"{str(folder)!r} is a file",
            hint="Name a folder, or --from what the file is to be read.",
        )
    named = named_pipeline(folder)
    for each in (PIPELINE_FILE, named):
        if each is not None and (folder / each).exists():
            raise UsageError(
                f"there is a pipeline already: {folder / each}",
                hint="`capstone build` builds it. To begin anew, move it away, or name another "
                "folder: capstone init FOLDER.",
            )


def _named_file(origin: str, place: Path) -> Path:
    if place.is_file():
        return place
    for each in _USUAL_FILES[origin]:
        if (place / each).is_file():
            return place / each
    if place.is_dir():
        raise UsageError(
            f"there is no {' or '.join(_USUAL_FILES[origin])} in {place.resolve()}",
            hint=f"Name the file: capstone init --from {origin} FILE.",
        )
    raise UsageError(f"{str(place)!r} does not exist")


def _reader(origin: str) -> Callable[[Path], AdoptedPipeline]:
    if origin == "dvc":
        from capstone_build.founding.dvc_file import read_dvc

        return read_dvc
    if origin == "make":
        from capstone_build.founding.makefile import read_makefile

        return read_makefile
    from capstone_build.founding.snakefile import read_snakefile

    return read_snakefile
