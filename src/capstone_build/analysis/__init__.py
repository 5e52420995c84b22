"""
Reading the project's source: what a stage can reach, and its fingerprint.

Pure reading: nothing of the user's is imported or run. `project` is the way in;
from the bottom up: `scope` and `normal` (with `definition`, `statement` and
`hints`) give one statement its normal form, `reading` and `summary` a file its
units, `resolution` follows names between files, `effects` and `readers` judge
what calls do, `codegraph` and `reach` walk, `gathering` makes the closure; `identity`,
with `placement`, `meaning` and `obstacles`, tells what of it does not depend on
the modules that it lies in.
"""

from capstone_build.analysis.closure import Closure, Reached
from capstone_build.analysis.project import ProjectCode

__all__ = ["Closure", "ProjectCode", "Reached"]
