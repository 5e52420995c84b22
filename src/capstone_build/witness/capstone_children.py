"""
Letting a Python take notes that is started with an environment of its own.

What starts the witness is in the environment, and a program that gives its
children another one would leave it out. Knows how programs are started; does
not know what they read. Started with `-I` or `-E`, a Python passes it over.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_HANDED_ON = ("CAPSTONE_WITNESS", "PYTHONDONTWRITEBYTECODE")
_PATH = "PYTHONPATH"
_PYTHON = re.compile(r"(?:^|[\s/;&|('\"])(?:python|pypy)[\d.]*(?:$|[\s)'\"])")
"""A word of a command line, or of a shell's text in it, that starts a Python."""


def let_children_be_seen(folder: str) -> None:
    """Hand on what starts the witness, which is in *folder*, to each Python that is started."""
    begin = subprocess.Popen.__init__

    @functools.wraps(begin)
    def start(self: Any, args: Any, *more: Any, **options: Any) -> None:
        with suppress(Exception):  # who sees must not disturb
            env = options.get("env")
            if env is not None and _HANDED_ON[0] in os.environ and _may_be_python(args, options):
                options["env"] = _with_witness(env, folder)
        begin(self, args, *more, **options)

    subprocess.Popen.__init__ = start  # type: ignore[method-assign]  # nobody else tells of it


def _with_witness(env: Mapping[Any, Any], folder: str) -> dict[Any, Any]:
    handed = {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}
    handed |= {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    path = [each for each in handed.get(_PATH, "").split(os.pathsep) if each and each != folder]
    return handed | {_PATH: os.pathsep.join([folder, *path])}


def _may_be_python(args: Any, options: Mapping[str, Any]) -> bool:
    is_text = isinstance(args, str | bytes | os.PathLike)
    words = [options.get("executable"), *([args] if is_text else args)]
    return any(_PYTHON.search(os.fsdecode(word)) for word in words if word)
