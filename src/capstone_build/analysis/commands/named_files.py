"""
Named code: what the words and files that a command names lead to.

Knows files of code by their language, and what running each can reach; does
not know the command around them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from capstone_build.analysis.commands.code_file import Language, by_name, language, mentions
from capstone_build.analysis.commands.command_code import Collection
from capstone_build.analysis.commands.command_line import read_line
from capstone_build.analysis.commands.expansion import UNKNOWN, Choice, Value, spellings
from capstone_build.analysis.commands.interpreter import Form, Run
from capstone_build.analysis.commands.project_files import ANYWHERE, Folders, ProjectFiles
from capstone_build.analysis.commands.runners import Use, brings_along
from capstone_build.analysis.commands.shell_command import Simple
from capstone_build.analysis.walk.programs import Programs
from capstone_build.core.stage import Symbol

_OBJECT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?:\(\))?")
_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_PART = r"[^\s'\"`(){};|<>$\\:=]"
_PATH = re.compile(rf"{_PART}*[\w@%+-]\.[A-Za-z]\w{{0,9}}|{_PART}*/{_PART}*[\w@%+.-]")
_NOT_NAMES = re.compile(r"[\s'\"`(){};|<>$\\]")
_AT_START = ("sitecustomize", "usercustomize")
"""Modules that Python executes before anything else, if it finds them."""

_PACKED = (".zip", ".pyz", ".egg", ".whl", ".pyc", ".so")


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a text of commands stands.

    Attributes:
        folders: Where it runs.
        variables: What was set around it.
        way: The names of what leads to it.
        is_fed: Whether something may be on its standard input.
    """

    folders: Folders
    variables: Mapping[str, Choice] = field(default_factory=dict)
    way: tuple[str, ...] = ()
    is_fed: bool = False


class NamedFiles:
    """
    Reads what is named.

    Args:
        programs: Reads Python.
        is_made: Tells whether the content of a path counts elsewhere.
        run: Reads the commands of a shell script.
    """

    def __init__(
        self,
        programs: Programs,
        is_made: Callable[[str], bool],
        run: Callable[[Sequence[Simple], Place], None],
    ) -> None:
        self.programs = programs
        self.files = ProjectFiles(programs.root)
        self.found = Collection(programs.root)
        self.is_made = is_made
        self.run = run
        self._seen: set[tuple[str, Folders]] = set()

    # Files.

    def operand(self, value: Value, place: Place, use: Use) -> None:
        """Read a word that may name files, or be code in a language of its own."""
        for each in spellings(value):
            for path in self.files.named(each, place.folders):
                is_code = by_name(path) is not Language.NONE
                if value.is_known or is_code:
                    self.file(path, each, place, use)
        if value.is_known and _NOT_NAMES.search(value.text):
            self.mentioned(value.text, place)

    def listed(self, pattern: str, place: Place) -> None:
        """Note the folders whose names decide what a *pattern* stands for; of code, that counts."""
        if by_name(pattern) is Language.NONE:
            for folder in self._known(place):
                for path in self.files.searched(pattern, folder):
                    if (name := self.files.from_root(path)) or path == self.files.root:
                        self.found.name(f"{name or '.'}/")

    def folder(self, value: Value, place: Place) -> None:
        """Note all that is in a folder that a program looks through."""
        for path in self.files.named(value, place.folders) if value.is_known else ():
            name = self.files.from_root(path)
            if name and not self.is_made(name):
                for below in self.files.below(name):
                    if below.endswith("/") or not self.is_made(below):
                        self.found.name(below)

    def mentioned(self, text: str, place: Place) -> None:
        """Read the files that code of any language, or a literal, names."""
        for each in mentions(text):
            for path in self.files.named(Value(each), place.folders):
                self.file(path, Value(each), place, Use.ANY)

    def file(self, path: str, said: Value, place: Place, use: Use) -> None:
        """Read a file that is named, as what it is."""
        name = self.files.from_root(path)
        is_made = bool(name) and self.is_made(name)
        if not os.path.isfile(path):  # noqa: PTH113 - strings, as all here
            is_nameable = _PATH.fullmatch(said.text) and not os.path.isdir(path)  # noqa: PTH112 - the same
            if name and not is_made and is_nameable and by_name(path) is Language.NONE:
                self.found.name(name)
            return
        # Programs of the system are not code of the project.
        kind = language(path) if name else by_name(path)
        if kind is Language.NONE:
            if name and not is_made:
                self.found.name(name)
            return
        if is_made:
            self.found.read_made(name)
        self._code(path, kind, place, use, counts=not is_made)

    def _code(self, path: str, kind: Language, place: Place, use: Use, *, counts: bool) -> None:
        """Read a file of code; its content *counts* if it does not count elsewhere."""
        if kind is Language.NOTEBOOK:
            for folder in dict.fromkeys([str(Path(path).parent), *self._known(place)]):
                self.script(path, place, (folder,), use)
            if counts and use is not Use.ANY:
                self.found.add_notebook(path, place.way)
        elif kind is Language.PYTHON:
            self.script(path, place, (), use)
        else:
            self._other(path, kind, place)
        if counts and (use is Use.ANY or kind in {Language.SHELL, Language.OTHER}):
            self.found.add_file(path, place.way)

    def script(self, path: str, place: Place, folders: Folders = (), use: Use = Use.START) -> None:
        """Read a Python script, which looks for modules in *folders*, or beside itself, first."""
        first = [*(folders or (str(Path(path).parent),)), *self._python_path(place)]
        read = self.programs.script if use is Use.START else self.programs.file
        self.found.add(read(path, first), place.way)

    def _other(self, path: str, kind: Language, place: Place) -> None:
        """Read what is named in a script of another language."""
        if (path, place.folders) in self._seen:
            return
        self._seen.add((path, place.folders))
        try:
            text = Path(path).read_bytes().decode("utf-8", "replace")
        except OSError:
            return
        inner = replace(place, way=(*place.way, self.found.spell(path)))
        if kind is Language.SHELL:
            self.run(read_line(text), inner)
        elif UNKNOWN not in text:
            beside = str(Path(path).parent)
            for each in mentions(text):
                if by_name(each) is not Language.NONE:
                    for folder in dict.fromkeys([*place.folders, beside]):
                        for found in self.files.named(Value(each), (folder,)):
                            if found != path:
                                self.file(found, Value(each), inner, Use.ANY)

    def shell_file(self, path: str, place: Place) -> None:
        """Read a file that a shell runs, whatever it is called."""
        name = self.files.from_root(path)
        if name and self.is_made(name):
            self.found.read_made(name)
        else:
            self.found.add_file(path, place.way)
        self._other(path, Language.SHELL, place)

    def fed(self, path: str, place: Place) -> None:
        """Read a Python file that Python has on standard input: modules are looked for here."""
        self.script(path, place, self._known(place))

    # Interpreters.

    def python(self, run: Run, place: Place) -> None:
        """Read what Python is told to run."""
        self.found.add(self.programs.python(), ())
        first = tuple(self._python_path(place))
        folders = (*self._known(place), *first)
        for name in _AT_START if first else ():
            if self.programs.has_module(name, first):
                self.found.add(self.programs.module(name, first), place.way)
        for value in run.what:
            if run.form is Form.FILE:
                self._python_file(value, place)
            elif run.form is Form.CODE:
                self.python_code(value.text, place)
            elif not value.is_known:
                self.anything(place, "what Python runs is computed")
            elif run.form is Form.MODULE:
                self.found.add(self.programs.module(value.text, folders), place.way)

    def python_code(self, text: str, place: Place) -> None:
        """Read Python that stands in the command itself."""
        folders = (*self._known(place), *self._python_path(place))
        closure = None if UNKNOWN in text else self.programs.code(text, folders)
        if closure is None:
            self.anything(place, "the Python in the command cannot be read")
        else:
            self.found.add(closure, (*place.way, "python -c"), own="python -c xxh3:")

    def _python_file(self, value: Value, place: Place) -> None:
        paths = [each for each in self.files.named(value, place.folders) if Path(each).exists()]
        if not paths:
            known = [each for each in place.folders if each != ANYWHERE]
            makes = [self.files.from_root(self.files.path(value.text, each)) for each in known]
            if value.is_known and any(each and self.is_made(each) for each in makes):
                for each in makes:
                    self.found.read_made(each)
                return
            paths = list(self.files.ending(value.text))
        if not paths:
            said = "is computed" if not value.is_known else f"{value.text!r} is not there"
            self.anything(place, f"the script that Python runs {said}")
        for path in paths:
            if Path(path).is_dir():
                main = f"{path}/__main__.py"
                if Path(main).is_file():
                    self._script_file(main, place)
            else:
                self._script_file(path, place)

    def _script_file(self, path: str, place: Place) -> None:
        name = self.files.from_root(path)
        is_made = bool(name) and self.is_made(name)
        if is_made:
            self.found.read_made(name)
        if path.endswith(_PACKED):
            if not is_made:
                self.found.add_file(path, place.way)
        else:
            self.script(path, place)

    def anything(self, place: Place, reason: str) -> None:
        """Let every module of the project count."""
        note = f"{reason}: every project module counts"
        self.found.add(self.programs.every_module(), (*place.way, "python"), note)

    def program(self, text: str, place: Place, *, is_first: bool) -> None:
        """Read a word that may be a program: a console script, or a file."""
        name = PurePosixPath(text).name
        folder = Path(text).parent
        is_on_path = "/" not in text or (folder / "python").exists()
        if is_on_path and (closure := self.programs.entry_point(name)) is not None:
            self.found.add(closure, (*place.way, name))
        if _OBJECT.fullmatch(text):
            module, _, attribute = text.partition(":")
            if self.programs.has_module(module):
                symbol = Symbol(f"{module}:{attribute.removesuffix('()')}")
                self.found.add(self.programs.symbols([symbol]), (*place.way, text))
        self._on_path(text, place)
        if is_first:
            for each in brings_along(name):
                for folder_name in self._known(place):
                    path = self.files.path(each, folder_name)
                    if os.path.isfile(path):  # noqa: PTH113 - strings, as all here
                        self.file(path, Value(each), place, Use.START)

    def _on_path(self, program: str, place: Place) -> None:
        """Read a program of the project that is found because the command says where to look."""
        for folder in self._folders_in("PATH", place) if "/" not in program else ():
            path = f"{folder}/{program}"
            if self.files.from_root(path) and os.path.isfile(path):  # noqa: PTH113 - strings, as all here
                self.file(path, Value(path), place, Use.START)

    def module(self, name: str, place: Place) -> None:
        """Read the module that a program is told to run with `-m`, if the project has it."""
        if _MODULE.fullmatch(name) and self.programs.has_module(name, self._known(place)):
            closure = self.programs.module(name, self._known(place))
            self.found.add(closure, (*place.way, f"-m {name}"))

    def _known(self, place: Place) -> Folders:
        known = tuple(each for each in place.folders if each != ANYWHERE)
        return known or (self.files.root,)

    def _python_path(self, place: Place) -> Iterator[str]:
        return self._folders_in("PYTHONPATH", place)

    def _folders_in(self, variable: str, place: Place) -> Iterator[str]:
        """Yield the folders that a *variable* lists, as far as they can be told."""
        for value in place.variables.get(variable, ()):
            for each in value.text.split(":"):
                if each and UNKNOWN not in each:
                    yield from (self.files.path(each, folder) for folder in self._known(place))
