"""What cannot be read is told by file and line; no text makes a reader fail otherwise."""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capstone_build.errors import CapstoneError
from tests.founding.example import READERS, become, examples

FILES = {"dvc": "dvc.yaml", "make": "Makefile", "snakemake": "Snakefile"}
LINES = {
    tool: sorted({line for e in examples() if e.tool == tool for line in e.lines}) for tool in FILES
}
"""What such files are made of."""


def texts(tool: str) -> st.SearchStrategy[str]:
    """Return texts that are nearly files of a tool: its lines in any order, and anything."""
    piece = st.one_of(st.sampled_from(LINES[tool]), st.text(max_size=20))
    return st.lists(piece, max_size=12).map("\n".join)


@pytest.mark.parametrize("tool", list(FILES))
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_text_is_read_or_refused(tmp_path: Path, tool: str, data: st.DataObject) -> None:
    """What is read becomes Python; what is not is an error of its author's."""
    file = tmp_path / FILES[tool]
    file.write_bytes(data.draw(texts(tool)).encode("utf-8", "surrogatepass"))
    with suppress(CapstoneError):
        ast.parse(become(READERS[tool](file), tmp_path)["pipeline.py"])


@pytest.mark.parametrize(
    ("tool", "text", "problem", "place"),
    [
        ("dvc", "stages:\n  a: [1,\n", "dvc.yaml is no YAML: ", "dvc.yaml:3"),
        ("dvc", "stages:\n  a:\n    outs: [b]\n", "stage 'a' has no command", "dvc.yaml:2"),
        (
            "dvc",
            "stages:\n  a:\n    cmd: echo ${b.c} > d\n    outs: [d]\n",
            "${b.c} stands for nothing",
            "dvc.yaml:3",
        ),
        ("make", "a:\n\techo\nb c\n", "'b c' is neither a rule", "Makefile:3"),
        ("make", "A = 1\n", "no rule of Makefile makes a file", "Makefile:1"),
        ("make", "ifdef A\n", "a condition without `endif`", "Makefile:1"),
        ("snakemake", "rule a:\n    output: 'b'\n  x\n", "Snakefile", "Snakefile:3"),
        ("snakemake", "x = = 1\n", "neither Snakemake nor Python", "Snakefile:1"),
        ("snakemake", "rule a:\n    x y\n", "'x' is no section", "Snakefile:2"),
    ],
)
def test_a_bad_file_is_told_by_line(
    tmp_path: Path, *, tool: str, text: str, problem: str, place: str
) -> None:
    """In the words of the file."""
    (tmp_path / FILES[tool]).write_text(text, encoding="utf-8")

    with pytest.raises(CapstoneError) as raised:
        READERS[tool](tmp_path / FILES[tool])

    assert problem in str(raised.value)
    assert place in str(raised.value)


def test_no_code_of_a_file_is_run(tmp_path: Path) -> None:
    """Neither what a Makefile asks a shell, nor the Python of a Snakefile."""
    (tmp_path / "Makefile").write_text(
        "A := $(shell touch ran)\nB != touch ran\n$(shell touch ran)\n"
        "ifeq ($(shell touch ran),)\nendif\nout: $(A)\n\techo $(A) $(B) > $@\n",
        encoding="utf-8",
    )
    (tmp_path / "Snakefile").write_text(
        "open('ran', 'w')\nX = __import__('os').system('touch ran')\n"
        "def f(w):\n    open('ran', 'w')\n    return 'a'\n"
        "rule all:\n    input: [c for c in ().__class__.__base__.__subclasses__()]\n"
        "rule b:\n    input: f\n    output: 'b'\n    params: x=lambda w: open('ran', 'w')\n"
        "    shell: 'echo {params.x} {X} > {output}'\n",
        encoding="utf-8",
    )
    for tool in ("make", "snakemake"):
        told = become(READERS[tool](tmp_path / FILES[tool]), tmp_path)["said"]
        assert "is not run" in told

    assert not (tmp_path / "ran").exists()
