"""
Programs that run, or read by themselves, code that is named to them.

Knows programs by name. One that is not here is taken to read the Python files
it is given as text too, comments and all: coarse, and never wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

_RUNNERS = """
    accelerate bokeh coverage dask deepspeed flask ipython kernprof locust marimo mpiexec mpirun
    panel papermill pipenv pipx poetry pdm hatch rye ploomber pytest py.test quarto runipy
    scalene shiny spark-submit srun streamlit testbook torchrun unshare uv uvx viztracer voila
"""
_JUPYTER = frozenset({"jupyter", "jupyter-nbconvert", "jupyter-execute", "jupyter-run"})
_EXECUTING = frozenset({"--execute", "execute", "run", "jupyter-execute", "jupyter-run"})

_BESIDE = {
    **dict.fromkeys(("make", "gmake"), ("GNUmakefile", "makefile", "Makefile")),
    "just": ("justfile", "Justfile", ".justfile"),
    "snakemake": ("Snakefile", "workflow/Snakefile"),
    **dict.fromkeys(("pytest", "py.test"), ("conftest.py", "tests/conftest.py")),
}


def executes(words: Sequence[str]) -> bool:
    """Tell whether a program among *words* runs the Python files that are named to it."""
    names = {PurePosixPath(each).name for each in words}
    return not names.isdisjoint(_RUNNERS.split()) or bool(names & _JUPYTER and names & _EXECUTING)


def brings_along(program: str) -> Sequence[str]:
    """Return the files that *program* reads without being told, if they are there."""
    return _BESIDE.get(program, ())
