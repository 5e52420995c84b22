"""Scripts and notebooks: every statement that runs counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from capstone_build.analysis import ProjectCode
from capstone_build.core.fingerprint import Aspect, Fingerprint

FingerprintOf = Callable[[dict[str, str]], Fingerprint]

FILES = {
    "jobs/script.py": """\
\"\"\"Say how many.\"\"\"

import sys

import beside
import tools


def spare():
    return 1


def main(argv):
    print(tools.cut(argv[1]), beside.NAME)


if __name__ == "__main__":
    main(sys.argv)
""",
    "jobs/beside.py": 'NAME = "beside"\n',
    "tools.py": "def cut(x):\n    return x[:1]\n\n\ndef other(x):\n    return x\n",
    "lonely.py": "X = 1\n",
}


@pytest.fixture
def script(tmp_path: Path) -> FingerprintOf:
    """Return what gives the fingerprint of `jobs/script.py` in a project."""
    count = 0

    def of(files: dict[str, str]) -> Fingerprint:
        nonlocal count
        count += 1
        for name, text in files.items():
            path = tmp_path / str(count) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        root = tmp_path / str(count)
        [path] = root.glob("jobs/script.*")
        return ProjectCode([root], {}).script(path).fingerprint()

    return of


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("jobs/script.py", "    main(sys.argv)", "    main(sys.argv * 2)"),
        ("jobs/script.py", "beside.NAME)", "beside.NAME, 1)"),
        ("jobs/beside.py", '"beside"', '"other"'),
        ("tools.py", "x[:1]", "x[:2]"),
    ],
)
def test_what_runs_counts(script: FingerprintOf, file: str, old: str, new: str) -> None:
    """The guard, what it calls, and modules beside the script and at the root."""
    assert script(FILES) != script({**FILES, file: FILES[file].replace(old, new)})


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("jobs/script.py", "Say how many", "Say how few"),
        ("jobs/script.py", "import sys", "import json\nimport sys  # first"),
        ("jobs/script.py", "return 1", "return 2"),
        ("tools.py", "return x\n", "return x * 2\n"),
        ("lonely.py", "1", "2"),
    ],
)
def test_what_does_not_run_does_not_count(
    script: FingerprintOf, file: str, old: str, new: str
) -> None:
    """Texts, unused imports, functions that nobody calls."""
    assert script(FILES) == script({**FILES, file: FILES[file].replace(old, new)})


def notebook(*cells: tuple[str, str], output: str = "") -> str:
    """Spell a notebook."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "source": source.splitlines(keepends=True), "outputs": [output]}
                for kind, source in cells
            ]
        }
    )


def test_notebook_counts_by_its_code(script: FingerprintOf) -> None:
    """Outputs and prose do not count, cells and what they import do."""
    code, prose = ("code", "%matplotlib inline\nimport tools\ntools.cut('a')"), ("markdown", "One.")
    files = {"jobs/script.ipynb": notebook(code, prose), "tools.py": FILES["tools.py"]}
    before = script(files)

    other = notebook(("markdown", "Two."), code, output="3")
    assert script({**files, "jobs/script.ipynb": other}) == before
    assert script({**files, "tools.py": FILES["tools.py"].replace("[:1]", "[:2]")}) != before
    magic = ("code", code[1].replace("inline", "widget"))
    assert script({**files, "jobs/script.ipynb": notebook(magic, prose)}) != before


def test_script_is_a_part_by_name(script: FingerprintOf) -> None:
    """The script is named by its path from the project's folder."""
    assert (Aspect.CODE, "jobs/script.py:<script>") in script(FILES)
