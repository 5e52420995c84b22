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

import pytest

from tests.done import Done
from tests.page import blocks, page, shows, side, typed
from tests.project import Project

PAGE = page("docs/code.md")
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
    commands: tuple[tuple[str, list[str]], ...]


def examples() -> Iterator[Example]:
    """Read the examples of the page."""
    found = blocks(PAGE)
    count: dict[str, int] = {}
    for index, block in enumerate(found):
        if block.language != "diff":
            continue
        count[block.heading] = count.get(block.heading, 0) + 1
        verdict = VERDICT.match(PAGE, block.end)
        shown = takewhile(lambda each: each.language == "console", found[index + 1 :])
        yield Example(
            title=f"{block.heading}, {count[block.heading]}",
            before=files(block.text, " -"),
            after=files(block.text, " +"),
            runs=None if verdict is None else verdict[1] == "Runs",
            reason=(verdict[2] or "") if verdict else "",
            commands=tuple(command for each in shown for command in typed(each.text)),
        )


def files(diff: str, marks: str) -> Files:
    """Return the files of a diff as they are on one side of it."""
    _, *parts = re.split(r"^@@ (\S+) @@\n", diff, flags=re.MULTILINE)
    return {name: side(text, marks) for name, text in zip(parts[::2], parts[1::2], strict=True)}


EXAMPLES = list(examples())
STAGE = next(each.text for each in blocks(PAGE) if each.language == "python")
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
        assert shows(lines, edited.run(*arguments).out), f"{command} does not show {lines}"


def test_the_page_has_examples_of_both_verdicts() -> None:
    """A page that is not read rightly would pass every test of its examples."""
    assert len([each for each in EXAMPLES if each.runs]) > 20
    assert len([each for each in EXAMPLES if each.runs is False]) > 8
    assert len(EXAMPLES) == PAGE.count("```diff")
    for each in EXAMPLES:
        assert each.runs is not None or each.commands, f"{each.title} says nothing"
        assert each.runs is None or each.before != each.after, f"{each.title} edits nothing"
