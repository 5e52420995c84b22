"""
Interpreters on a command line: what `python` and `sh` are told to run.

Knows their options; does not know files, nor whether what is named exists.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from capstone_build.analysis.commands.expansion import Choice, Value

_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)[0-9.]*w?(?:\.exe)?", re.DOTALL)
_SHELL = re.compile(r"(?:.*/)?(?:ba|da|z|k|mk|a)?sh", re.DOTALL)
_OPTIONS = re.compile(r"-[a-zA-UY-Z]*?(?P<end>[cmWXhV?])(?P<rest>.*)", re.DOTALL)
"""Letters may be put together; the first of these ends them, and the rest is its argument."""
_LONG = "--check-hash-based-pycs"


class Form(Enum):
    """The form in which an interpreter is given what it runs."""

    FILE = "file"
    MODULE = "module"
    CODE = "code"
    INPUT = "input"
    """Standard input."""
    NOTHING = "nothing"
    """It only tells its version, say."""


_ENDS = {"c": Form.CODE, "m": Form.MODULE}


@dataclass(frozen=True, slots=True)
class Run:
    """
    What an interpreter is told to run.

    Attributes:
        form: Where the code comes from.
        what: The file, module or code; empty where the form says all.
        rest: The index of the first word after it.
    """

    form: Form
    what: Choice
    rest: int


def is_python(choice: Choice) -> bool:
    """Whether a word may be a Python interpreter."""
    return any(_PYTHON.fullmatch(each.text) for each in choice)


def is_shell(choice: Choice) -> bool:
    """Whether a word may be a shell."""
    return any(_SHELL.fullmatch(each.text) for each in choice)


def python_run(words: Sequence[Choice], at: int) -> Run:
    """Return what Python runs; the first of its arguments is the word at index *at*."""
    while at < len(words):
        text = words[at][0].text
        if text == "-":
            return Run(Form.INPUT, (), at + 1)
        if not text.startswith("-") or len(words[at]) > 1:
            return Run(Form.FILE, words[at], at + 1)
        letters = _OPTIONS.match(text)
        end, rest = (letters["end"], letters["rest"]) if letters else ("", "")
        if end and end in _ENDS:
            what = (Value(rest),) if rest else words[at + 1] if at + 1 < len(words) else ()
            return Run(_ENDS[end], what, at + (1 if rest else 2))
        if end in {"h", "V", "?"} or text in {"--help", "--version"}:
            return Run(Form.NOTHING, (), at + 1)
        at += 2 if text == _LONG or (end and not rest) else 1
    return Run(Form.INPUT, (), at)


def shell_run(words: Sequence[Choice], at: int) -> Run:
    """Return what a shell runs; the first of its arguments is the word at index *at*."""
    is_code = False
    while at < len(words):
        text = words[at][0].text
        if not text.startswith(("-", "+")) or len(words[at]) > 1:
            form = Form.CODE if is_code else Form.FILE
            return Run(form, words[at], at + 1)
        if text in {"-", "--", "-s"}:
            at += 1
            if text == "-s" and not is_code:
                break
            continue
        if not text.startswith("--"):
            is_code = is_code or "c" in text
            at += 1 if text.endswith(("o", "O")) else 0  # -o pipefail
        elif text in {"--init-file", "--rcfile"}:
            at += 1
        at += 1
    return Run(Form.INPUT, (), at)
