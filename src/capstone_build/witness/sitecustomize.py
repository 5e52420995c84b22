"""
Starts the witness in a Python that a stage starts.

Python imports a module of this name when it begins; the engine puts this folder
on the `PYTHONPATH` of what its stages start. The environment's own module of
the name, if there is one, has its turn after.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path


def _start() -> None:
    told = os.environ.get("CAPSTONE_WITNESS")
    here = str(Path(__file__).parent)
    if told is not None:
        try:
            order = json.loads(told)
            seeing = importlib.import_module("capstone_witness")
            fresh_source = importlib.import_module("capstone_fresh_source")
            environment = importlib.import_module("capstone_environment")
            children = importlib.import_module("capstone_children")
            note_file = importlib.import_module("capstone_note_file")
            witness = seeing.Witness(order["root"], note_file.into_file(order["notes"]))
            witness.start()
            environment.see_variables(witness.variable)
            children.let_children_be_seen(here)
            fresh_source.import_from_source(
                [Path(order["root"])], lambda file, _source: witness.loaded(file)
            )
        except Exception as error:
            sys.stderr.write(f"capstone: what this Python reads is not seen: {error!r}\n")
    # Nobody else shall meet this folder; who would have been met instead has its turn.
    sys.path[:] = [each for each in sys.path if each != here]
    spec = PathFinder.find_spec(__name__)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules[__name__] = module
        spec.loader.exec_module(module)


_start()
