"""
Reading the project's source: what a stage can reach, and its fingerprint.

Pure reading: nothing of the user's is imported or run. `project` is the way in;
from the bottom up: `scope` and `normal` (with `definition`, `statement` and
`hints`) give one statement its normal form, `reading` and `summary` a file its
units, `resolution` follows names between files, `effects` and `readers` judge
what calls do, `codegraph` and `reach` walk, past what is `ignored`,
`gathering` makes the closure; `naming` judges names that declarations spell. For
commands, `command_line` reads the shell's text (`shell_word`, `expansion`,
`interpreter`), `commands` and `named_files` follow it, `programs` reads Python.
Besides, `identity`, with `placement`, `meaning` and `obstacles`, tells what of a
closure does not depend on the modules that it lies in.
"""

from capstone_build.analysis.closure import Closure, Reached, united
from capstone_build.analysis.command_code import CommandCode
from capstone_build.analysis.naming import Naming, Owner
from capstone_build.analysis.project import ProjectCode

__all__ = ["Closure", "CommandCode", "Naming", "Owner", "ProjectCode", "Reached", "united"]
