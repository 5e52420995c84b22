"""
Every example in docs/code.md does what the page says of it.

The page's own form is read: a `diff` block is a project before and after an
edit, a verdict follows it, and `console` blocks show what is then printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import pytest

from tests.done import Done
from tests.project import Project

PAGE = (Path(__file__).parents[2] / "docs" / "code.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
VERDICT = re.compile(r"\s*\*\*(Runs|Does not run)\.?\*\*(?:: `([^`]+)`)?")
ENVIRONMENT = "environment"
"""Where a block says which variables are set, in the place of a file's name."""

Files = dict[str, str]


@dataclass(frozen=True)
class Example:
    """
    An edit, and what it brings about.

    Attributes:
        title: The heading that it stands under, with its number there.
        before: The files of the project, each with its text.
        after: The same after the edit; a file without any text is not there.
        runs: Whether the stage runs again; None where commands tell what happens.
        reason: What it is said to run for.
        commands: What is typed then, each with the lines that are shown of its answer.
    """

    title: str
    before: Files
    after: Files
    runs: bool | None
    reason: str
    commands: tuple[tuple[str, tuple[str, ...]], ...]


def examples(page: str) -> Iterator[Example]:
    """Read the examples of a page."""
    blocks = list(BLOCK.finditer(page))
    count: dict[str, int] = {}
    for index, block in enumerate(blocks):
        if block[1] != "diff":
            continue
        heading = HEADING.findall(page, 0, block.start())[-1]
        count[heading] = count.get(heading, 0) + 1
        verdict = VERDICT.match(page, block.end())
        shown = takewhile(lambda each: each[1] == "console", blocks[index + 1 :])
        yield Example(
            title=f"{heading}, {count[heading]}",
            before=side(block[2], " -"),
            after=side(block[2], " +"),
            runs=None if verdict is None else verdict[1] == "Runs",
            reason=(verdict[2] or "") if verdict else "",
            commands=tuple(command for each in shown for command in typed(each[2])),
        )


def side(block: str, marks: str) -> Files:
    """Return the files of a diff as they are on one side of it."""
    files: Files = {}
    name = ""
    for line in block.splitlines():
        if line.startswith("@@"):
            name = line.strip("@ ")
            files[name] = ""
        elif line[:1] in marks:
            files[name] += line[1:] + "\n"
        else:
            assert line[:1] in {"", " ", "-", "+"}, f"no line of a diff: {line!r}"
            files[name] += "\n" if not line else ""
    return files


def typed(block: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return the commands of a console block, each with what it is said to print."""
    for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *lines = entry.splitlines()
        yield command, tuple(line for line in lines if line.strip() not in {"", "..."})


EXAMPLES = list(examples(PAGE))
STAGE = next(m[2] for m in BLOCK.finditer(PAGE) if m[1] == "python")
"""The pipeline of every example that does not bring its own: the first block of the page."""


class Edited:
    """The project of one example, in its folder."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.variables: dict[str, str] = {}
        project.write("pipeline.py", STAGE)

    def become(self, files: Files) -> None:
        """Write every file; remove one that has no text."""
        for name, text in files.items():
            if name == ENVIRONMENT:
                self.variables = dict(line.split("=", 1) for line in text.split())
            elif text:
                self.project.write(name, text)
            else:
                (self.project.root / name).unlink(missing_ok=True)

    def run(self, *arguments: str) -> Done:
        """Run `capstone` with the variables that the example sets; it must succeed."""
        done = self.project.run(*arguments, env=self.variables)
        assert done.code == 0, done.out + done.err
        return done


@pytest.mark.parametrize("example", EXAMPLES, ids=[each.title for each in EXAMPLES])
def test_an_example_does_what_the_page_says(project: Project, example: Example) -> None:
    """Built, edited, built again: the verdict, the reason and what commands print."""
    edited = Edited(project)
    edited.become(example.before)
    first = edited.run("build")
    assert first.ran == ["make"]

    edited.become(example.after)
    if example.runs is not None:
        told = edited.run("why", "make").out
        done = edited.run("build")
        assert done.ran == (["make"] if example.runs else []), told
        assert example.reason in told, told
        assert edited.run("build").last_line.startswith("nothing to do")
    for command, lines in example.commands:
        program, *arguments = command.split()
        assert program == "capstone"
        _holds(edited.run(*arguments).out, lines)


def _holds(out: str, lines: tuple[str, ...]) -> None:
    """Check that *lines* are printed, in this order; `...` in one stands for anything."""
    rest = out
    for line in lines:
        pattern = r"\s+".join(map(re.escape, line.split())).replace(re.escape("..."), ".*?")
        found = re.search(rf"^\s*{pattern}[^\S\n]*$", rest, re.MULTILINE)
        assert found is not None, f"{line!r} is not in\n{out}"
        rest = rest[found.end() :]


def test_the_page_has_examples_of_both_verdicts() -> None:
    """A page that is not read rightly would pass every test of its examples."""
    assert len([each for each in EXAMPLES if each.runs]) > 20
    assert len([each for each in EXAMPLES if each.runs is False]) > 8
    assert len(EXAMPLES) == PAGE.count("```diff")
    for each in EXAMPLES:
        assert each.runs is not None or each.commands, f"{each.title} says nothing"
        assert each.runs is None or each.before != each.after, f"{each.title} edits nothing"
