"""Interrupted: Ctrl-C ends the command at once and without a traceback, wherever it comes."""

from __future__ import annotations

import pytest

from tests.project import Project

SITECUSTOMIZE = """
    import os
    import signal
    import sys


    class Descriptor:
        def __set_name__(self, owner, name):
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(1000):
                pass  # where Python looks for signals


    class Finder:
        def find_spec(self, name, path=None, target=None):
            if name == os.environ["INTERRUPTED_AT"]:
                sys.meta_path.remove(self)

                class Interrupted:
                    attribute = Descriptor()


    sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize(
    "module",
    ["capstone_build.sweep", "capstone_build.cli", "capstone_build.build", "networkx"],
)
def test_interrupted_while_it_imports_it_ends_without_a_traceback(
    project: Project, module: str
) -> None:
    """Even where Python makes another error of an interruption: while a class is made."""
    project.write("site/sitecustomize.py", SITECUSTOMIZE)
    project.write("pipeline.py", "")

    done = project.run(
        "build", env={"PYTHONPATH": str(project.root / "site"), "INTERRUPTED_AT": module}
    )

    assert done.code == 130
    assert done.err.startswith("interrupted")
    assert "Traceback" not in done.err
