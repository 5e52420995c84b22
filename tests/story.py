"""
A page followed from top to bottom in one project, as a reader would.

* A block whose mark is a path is a file, which is written; a `diff`, an edit of one. With
  `, as it was written` behind the path, it is how a file of the project ends by now.
* A `console` block is typed. What it shows is all that is printed, but for `...`
  (`tests.page.shows`). What is typed succeeds, unless `echo $?` comes next.
* `capstone watch` goes on while files are edited, until `^C` is shown; a block in which nothing
  is typed is what it prints meanwhile.
* `text`, and no language at all, are for drawings and what is no example.

Any other block fails: each example of a page is one of these.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.done import Done
from tests.page import Block, blocks, shows, side, typed
from tests.project import PATIENCE_SECONDS, Project
from tests.watched import Watched, watching

WRITTEN = ", as it was written"


class Story:
    """
    A reader who follows a page.

    Args:
        project: Where.
        stands_for: What is to be typed in place of some words of the page.
        aside: Marks of blocks that are left to others.
    """

    def __init__(
        self,
        project: Project,
        *,
        stands_for: Mapping[str, str] | None = None,
        aside: Collection[str] = (),
    ) -> None:
        self.project = project
        self._stands_for = stands_for or {}
        self._aside = aside
        self._folder = Path()
        self._variables: dict[str, str] = {}
        self._code = 0
        self._ending = ExitStack()
        self._watched: Watched | None = None
        self._heard: list[str] = []
        self._is_settled = True

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End a watch that is still there."""
        self._ending.__exit__(kind, error, trace)

    def follow(self, text: str) -> None:
        """Do what a page says, in its order."""
        for block in blocks(text):
            if block.mark not in self._aside:
                self._do(block)
        if not self._is_settled:
            self._type("capstone status", ["..."])
        self._expect_success("the end")

    def _do(self, block: Block) -> None:
        where = f"below {block.heading!r}: {block.text.partition(os.linesep)[0]!r}"
        if block.language == "console":
            for line, shown in typed(block.text):
                self._type(line, shown)
        elif block.mark.endswith(WRITTEN):
            found = self.project.read((self._folder / block.mark.removesuffix(WRITTEN)).as_posix())
            assert found.endswith(f"\n\n{block.text}"), f"{where} is not in\n{found}"
        elif block.mark and " " not in block.mark:
            path = (self._folder / block.mark).as_posix()
            if block.language == "diff":
                before, after = side(block.text, " -"), side(block.text, " +")
                self.project.edit(path, before, after)
            else:
                self._save(path, block.text)
        else:
            assert block.language in {"", "text"}, f"no reader can follow this, {where}"
            assert not block.text.startswith("$ "), f"say that it is typed, {where}"

    def _save(self, path: str, text: str) -> None:
        file = self.project.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self._is_settled = False

    def _type(self, line: str, shown: list[str]) -> None:
        if line:
            self._expect_success(line)
            self._is_settled = True
        if not line or line.startswith("capstone watch"):
            self._watch(line, shown)
            return
        printed = self._printed(self._in_earnest(line))
        is_shown = shows(shown, printed)
        assert is_shown, f"$ {line}\nprinted\n{printed}\nand not\n" + "\n".join(shown)

    def _expect_success(self, line: str) -> None:
        if line != "echo $?":
            assert self._code == 0, f"exit code {self._code} before {line!r}"

    def _in_earnest(self, line: str) -> str:
        for word, meant in self._stands_for.items():
            line = line.replace(word, meant)
        return line

    def _printed(self, line: str) -> str:
        """Do what a line says, and return what is printed then."""
        if line == "echo $?":
            code, self._code = self._code, 0
            return f"{code}\n"
        words = line.split()
        if words[0] == "cd":
            self._folder /= words[1]
            return ""
        if words[0] == "export":
            self._variables |= dict(
                word.split("=", 1) for word in shlex.split(line, comments=True)[1:]
            )
            return ""
        done = self._capstone(line) if words[0] == "capstone" else self._shell(line)
        self._code = done.code
        return done.err + done.out

    def _capstone(self, line: str) -> Done:
        if any(character in line for character in "|&;<>$"):
            return self._shell(line)
        _, *arguments = shlex.split(line)
        variables = self._variables or None
        return self.project.run(*arguments, env=variables, cwd=self._folder.as_posix())

    def _shell(self, line: str) -> Done:
        programs = Path(sys.executable).parent
        left = {"CI", "NO_COLOR", "PYTHONPATH"}
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=self.project.root / self._folder,
            env={
                **{name: value for name, value in os.environ.items() if name not in left},
                "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
                "GIT_CONFIG_GLOBAL": os.devnull,
                **self._variables,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS * 2,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def _watch(self, line: str, shown: list[str]) -> None:
        """Start a watch, or listen to the one that goes on, until it has said what is shown."""
        if line:
            inside = Project(self.project.root / self._folder)
            self._watched = self._ending.enter_context(watching(inside, *shlex.split(line)[2:]))
            self._heard = []
        watched = self._watched
        assert watched is not None, f"nothing goes on that could say {shown}"
        self._heard += [*(each for each in shown if each != "^C"), "..."]
        watched.until(lambda: shows(self._heard, watched.told), "it says\n" + "\n".join(shown))
        if shown[-1] == "^C":
            self._ending.close()
            self._watched = None
