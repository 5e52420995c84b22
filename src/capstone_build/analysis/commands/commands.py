"""
Commands: all the code that a command line can reach.

Knows how the commands of a text follow each other, where each runs, and what
interpreters are told; runs nothing. Does not know what programs that are not
Python's read by themselves, nor their versions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace

from capstone_build.analysis.commands.code_file import Language, by_name
from capstone_build.analysis.commands.command_code import CommandCode
from capstone_build.analysis.commands.command_line import read_arguments, read_line
from capstone_build.analysis.commands.expansion import UNKNOWN, Choice, Expansion, Value
from capstone_build.analysis.commands.interpreter import (
    Form,
    Run,
    is_python,
    is_shell,
    python_run,
    shell_run,
)
from capstone_build.analysis.commands.named_files import NamedFiles, Place
from capstone_build.analysis.commands.project_files import ANYWHERE, Folders
from capstone_build.analysis.commands.runners import Use, collector, use_by
from capstone_build.analysis.commands.shell_command import Guard, Simple
from capstone_build.analysis.walk.programs import Programs
from capstone_build.core.stage import Symbol

_CLEARING = frozenset({"chmod", "mkdir", "rm", "rmdir", "touch"})
"""Programs to which it does not matter what the files hold that they are given."""


_LOOKING = frozenset(
    {"cp", "diff", "du", "find", "grep", "ls", "rg", "rsync", "tar", "tree", "zip"},
)
"""Programs that look through the folders that they are given."""


def read_command(
    text: str | tuple[str, ...],
    programs: Programs,
    is_made: Callable[[str], bool],
    starts: Sequence[Symbol] = (),
) -> CommandCode:
    """
    Return all that is code to a command, and what else it names.

    Args:
        text: A line for the shell, or a program with its arguments.
        programs: Reads Python.
        is_made: Tells whether the content of a path counts elsewhere.
        starts: Definitions that count besides.
    """

    def run(commands: Sequence[Simple], place: Place) -> None:
        _Text(code, commands, place).read()

    code = NamedFiles(programs, is_made, run)
    commands = read_line(text) if isinstance(text, str) else read_arguments(text)
    run(commands, Place((programs.root,)))
    if starts:
        code.found.add(programs.symbols(starts), ())
    return code.found.result()


class _Text:
    """
    The reading of the commands of one text.

    Args:
        code: Reads what each runs.
        commands: The text's.
        place: Where it stands.
    """

    def __init__(self, code: NamedFiles, commands: Sequence[Simple], place: Place) -> None:
        self._code = code
        self._commands = commands
        self._expansion = Expansion(commands, place.variables)
        self._place = replace(place, variables=self._expansion.variables())
        self._at: dict[tuple[int, ...], Folders] = {(): place.folders}
        self._otherwise: dict[tuple[int, ...], tuple[int, Folders]] = {}
        self._is_fed = place.is_fed or any(
            simple.source is not None
            or (not simple.words and any("<" in each.operator for each in simple.redirections))
            for simple in commands
        )

    def read(self) -> None:
        """Read them all."""
        sent = {each.source for each in self._commands if self._takes_source(each)}
        for index, simple in enumerate(self._commands):
            folders = self._folders(simple)
            words = self._expansion.words(simple)
            if words and words[0][0].text in {"cd", "pushd", "popd"}:
                self._move(simple, words)
                continue
            place = replace(self._place, folders=folders)
            if index not in sent:
                self._simple(simple, words, place)

    # Folders.

    def _folders(self, simple: Simple) -> Folders:
        """Return where *simple* runs."""
        shell = simple.shell
        if shell not in self._at:
            around = next(shell[:n] for n in range(len(shell) - 1, -1, -1) if shell[:n] in self._at)
            self._at[shell] = self._at[around]
        if shell in self._otherwise and self._otherwise[shell][0] != simple.chain:
            _, others = self._otherwise.pop(shell)
            self._at[shell] = tuple(dict.fromkeys([*self._at[shell], *others]))
        return self._at[shell]

    def _move(self, simple: Simple, words: list[Choice]) -> None:
        """Go to another folder; where that is not sure, be in both."""
        old = self._at[simple.shell]
        targets = [each for each in words[1:] if not each[0].text.startswith("-")]
        new: list[str] = []
        for value in targets[0] if targets else (Value(UNKNOWN),):
            for folder in old:
                is_told = value.is_known and value.pattern is None
                is_told = is_told and (folder != ANYWHERE or value.text.startswith("/"))
                new.append(self._code.files.path(value.text, folder) if is_told else ANYWHERE)
        if words[0][0].text == "popd":
            new = [ANYWHERE]
        if simple.guard is Guard.OTHER:
            new = [*new, *old]
        elif simple.guard is Guard.AND:
            self._otherwise[simple.shell] = (simple.chain, old)
        self._at[simple.shell] = tuple(dict.fromkeys(new))

    # Commands.

    def _simple(self, simple: Simple, words: list[Choice], place: Place) -> None:
        taken: set[int] = set()
        for at in range(len(words)):
            if at not in taken and (rest := self._interpreted(simple, words, at, place)):
                taken.update(range(at, rest))
        self._operands(words, taken, place)
        self._redirections(simple, place, is_read=bool(taken))
        if simple.words:  # what a program is told through its environment
            for _, values in simple.assignments:
                for choice in (each for word in values for each in self._expansion.of(word)):
                    for value in choice:
                        self._code.operand(value, place, Use.ANY)

    def _interpreted(
        self, simple: Simple, words: list[Choice], at: int, place: Place
    ) -> int | None:
        """Read what the interpreter at index *at* runs; return the index after it, if it is one."""
        text = words[at][0].text
        if is_python(words[at]):
            run = python_run(words, at + 1)
            self._code.python(run, place)
            if run.form is Form.INPUT:
                self._python_input(simple, words, place)
            return run.rest
        if is_shell(words[at]):
            run = shell_run(words, at + 1)
            self._shell(run, simple, place)
            return run.rest
        if not at and text in {"source", "."}:
            self._shell(Run(Form.FILE, words[1] if len(words) > 1 else (), 2), simple, place)
            return 2
        if not at and text == "eval":
            self._nested(" ".join(each[0].text for each in words[1:]), place)
        return None

    def _operands(self, words: list[Choice], taken: set[int], place: Place) -> None:
        code = self._code
        texts = [choice[0].text for choice in words]
        use = use_by(texts)
        if name := collector(texts):
            code.anything(place, f"{name} runs what it finds")
        for at, choice in enumerate(words):
            if at in taken:
                continue
            for value in choice:
                if value.is_known:
                    code.program(value.text, place, is_first=not at)
                    if at and words[at - 1][0].text in {"-m", "--module"}:
                        code.module(value.text, place)
                if value.pattern is not None and texts[0] not in _CLEARING:
                    code.listed(value.pattern, place)
                if at and texts[0] in _LOOKING:
                    code.folder(value, place)
                if at or "/" in value.text:
                    code.operand(value, place, use if at else Use.START)

    def _redirections(self, simple: Simple, place: Place, *, is_read: bool) -> None:
        for each in simple.redirections:
            for choice in self._expansion.of(each.target):
                for value in choice:
                    if each.operator in {"<<", "<<<"}:
                        if not is_read:
                            self._code.mentioned(value.text, place)
                    elif each.writes:
                        self._redirected(value, place)
                    elif not is_read or by_name(value.text) is not Language.PYTHON:
                        self._code.operand(value, place, Use.ANY)
                        if by_name(value.text) is Language.NONE:
                            self._redirected(value, place)

    def _redirected(self, value: Value, place: Place) -> None:
        """Name a file that is surely one, whatever it is called."""
        files = self._code.files
        if value.is_known:
            for path in files.named(value, place.folders):
                name = files.from_root(path)
                if name and not self._code.is_made(name):
                    self._code.found.name(name)

    def _shell(self, run: Run, simple: Simple, place: Place) -> None:
        """Read what a shell is told to run."""
        code = self._code
        if run.form is Form.CODE:
            for value in run.what:
                self._nested(value.text, place)
        elif run.form is Form.FILE:
            for value in run.what:
                for path in code.files.named(value, place.folders):
                    if os.path.isfile(path):  # noqa: PTH113 - strings, as all here
                        code.shell_file(path, replace(place, is_fed=self._is_fed))
        else:
            for each in simple.redirections:
                if each.operator in {"<<", "<<<"}:
                    for choice in self._expansion.of(each.target):
                        self._nested(choice[0].text, place)

    def _nested(self, text: str, place: Place) -> None:
        """Read commands that another shell runs."""
        # What is not known there is a variable that nobody sets.
        commands = read_line(text.replace(UNKNOWN, "${_}"))
        self._code.run(commands, replace(place, is_fed=self._is_fed))

    # Python on standard input.

    def _takes_source(self, simple: Simple) -> bool:
        """Whether *simple* is a Python that is fed files, or a text, that can be read."""
        if simple.source is None or any("<" in each.operator for each in simple.redirections):
            return False
        words = self._expansion.words(simple)
        if not words or not is_python(words[0]):
            return False
        source = self._expansion.words(self._commands[simple.source])
        run = python_run(words, 1)
        return run.form is Form.INPUT and len(source) > 1 and _is_told(source)

    def _python_input(self, simple: Simple, words: list[Choice], place: Place) -> None:
        """Read what Python finds on standard input."""
        inputs = [each for each in simple.redirections if "<" in each.operator]
        for each in inputs:
            for choice in self._expansion.of(each.target):
                self._fed(choice, place, is_text=each.operator in {"<<", "<<<"})
        if inputs:
            return
        if self._takes_source(simple) and simple.source is not None:
            source = self._expansion.words(self._commands[simple.source])
            for choice in source[1:]:
                self._fed(choice, place, is_text=source[0][0].text != "cat")
        elif self._is_fed or words[0][0].text in {"xargs", "parallel"}:
            self._code.anything(place, "what Python is fed cannot be told")

    def _fed(self, choice: Choice, place: Place, *, is_text: bool) -> None:
        for value in choice:
            if is_text:
                self._code.python_code(value.text, place)
            else:
                self._fed_file(value, place)

    def _fed_file(self, value: Value, place: Place) -> None:
        for path in self._code.files.named(value, place.folders):
            if os.path.isfile(path):  # noqa: PTH113 - strings, as all here
                self._code.fed(path, place)


def _is_told(source: list[Choice]) -> bool:
    """Whether a command prints files or one text as they are."""
    operands = [value for choice in source[1:] for value in choice]
    if not all(value.is_known and not value.text.startswith("-") for value in operands):
        return False
    return source[0][0].text == "cat" or (source[0][0].text == "echo" and len(operands) == 1)
