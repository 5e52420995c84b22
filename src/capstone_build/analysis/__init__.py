"""
Reading the project's source: what a stage can reach, and its fingerprint.

Pure reading: nothing of the user's is imported or run. `project` is the way in,
and a `closure` the answer. From there down, each asks those after it:

* The walk: `gathering` makes the closure of what `reach` finds (`components`)
  in `codegraph`, whose `node` and `step` are plain data; `following` goes from
  what a statement spells to what it means. `ignored` is not entered.
* What code does: `effects` tells which statements act on import, `order` in
  which order, `readers` who reads texts; `habits` knows Python and libraries.
* Names between files: `resolution` follows them, `sources` has each file read
  once, `modules` finds where it lies, `packages` what is installed.
* One file: `summary` has its units (`unit`), made by `reading` and `toplevel`,
  past what is `declared` with capstone.
* One statement: `normal` gives its normal form, with `definition`,
  `statement`, `references` and `lookups`; `scope` knows the owners of names,
  `depth` makes room for deep nesting.

Besides:

* Telling of it: `account` says how something was reached, `extent` where it
  lies, `passage` and `spelling` what it says, in any version of its file.
* Commands: `commands` reads a text (`command_line`, `shell_command`,
  `shell_word`, `expansion`), knows `interpreter` and `runners`, and hands what is
  named to `named_files` (`project_files`, `code_file`) and `programs`
  (`entry_points`); `command_code` makes it one.
* Moves: `identity`, with `placement`, `meaning` and `obstacles`, tells what of a
  closure does not depend on the modules that it lies in.
* Declarations: `naming` judges the names that they spell as text.
"""

from capstone_build.analysis.closure import Closure, Reached, united
from capstone_build.analysis.command_code import CommandCode
from capstone_build.analysis.naming import Naming, Owner
from capstone_build.analysis.project import ProjectCode

__all__ = ["Closure", "CommandCode", "Naming", "Owner", "ProjectCode", "Reached", "united"]
