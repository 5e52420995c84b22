"""
Programs that run, or read by themselves, code that is named to them.

Knows programs by name. One that is not here is taken to read the Python files
it is given in every way, comments and all: coarse, and never wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import PurePosixPath

_STARTERS = """
    accelerate coverage deepspeed ipython kernprof mpiexec mpirun papermill pdm hatch pipenv pipx
    poetry runipy rye scalene spark-submit srun streamlit torchrun uv uvx viztracer
"""
_IMPORTERS = """
    bokeh dask flask locust marimo panel ploomber quarto shiny testbook voila
"""
_COLLECTORS = frozenset({"pytest", "py.test", "unittest", "nose2"})
_JUPYTER = frozenset({"jupyter", "jupyter-nbconvert", "jupyter-execute", "jupyter-run"})
_EXECUTING = frozenset({"--execute", "execute", "run", "jupyter-execute", "jupyter-run"})

_BESIDE = {
    **dict.fromkeys(("make", "gmake"), ("GNUmakefile", "makefile", "Makefile")),
    "just": ("justfile", "Justfile", ".justfile"),
    "snakemake": ("Snakefile", "workflow/Snakefile"),
}


class Use(Enum):
    """What is done with a Python file or a notebook that is named."""

    START = "start"
    """It is started as a script: what is executed counts."""
    IMPORT = "import"
    """It is imported, and what it defines is looked for."""
    ANY = "any"
    """It may be started, imported or read as text."""


def use_by(words: Sequence[str]) -> Use:
    """Tell what the program that is among *words* does with the Python files named to it."""
    names = {PurePosixPath(each).name for each in words}
    if not names.isdisjoint(_IMPORTERS.split()):
        return Use.IMPORT
    is_started = not names.isdisjoint(_STARTERS.split())
    return Use.START if is_started or (names & _JUPYTER and names & _EXECUTING) else Use.ANY


def collector(words: Sequence[str]) -> str:
    """Return the program among *words* that looks for code to run; empty if there is none."""
    return next((each for each in words if PurePosixPath(each).name in _COLLECTORS), "")


def brings_along(program: str) -> Sequence[str]:
    """Return the files that *program* reads without being told, if they are there."""
    return _BESIDE.get(program, ())
