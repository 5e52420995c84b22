"""
The corpus of edits: small projects, an edit of each, and what it must do to a stage.

Knows the form of the files in `tests/analysis/corpus/`, which its README describes; not how an
edit is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Files = dict[str, str]
CORPUS = Path(__file__).parent / "analysis" / "corpus"

_ACTS = "what a call on import does to objects elsewhere may reach all who import the module"
COUNTED_NEEDLESSLY = {
    "a parameter of a lambda in a table is renamed": "who calls it may spell the parameter's name",
    "a registry by decorator that the stage does not use": _ACTS,
    "subclasses that register with a base that the stage does not use": _ACTS,
    "single dispatch of a function that the stage does not call": _ACTS,
    "a patch of a name that the stage does not use": _ACTS,
}
"""Edits that must skip, by title, and why they yet make the code another one."""


@dataclass
class Edit:
    """
    A small project, an edit of it, and what it must do to a stage.

    Attributes:
        title: A sentence.
        verdict: "must run", "must skip" or "either".
        start: The definition that the stage begins at.
        command: The command line that the stage is, if it is one.
        before: The files.
        after: The files after the edit.
    """

    title: str
    verdict: str
    start: str
    command: str = ""
    before: Files = field(default_factory=dict)
    after: Files = field(default_factory=dict)

    @property
    def declares(self) -> bool:
        """Whether the project declares stages itself."""
        return "capstone_build" in "".join(self.before.values())


def edits(folder: Path = CORPUS) -> Iterator[Edit]:
    """Read the corpus; `corpus/README.md` describes its form."""
    for path in sorted(folder.glob("*.txt")):
        for text in re.split(r"^=== ", path.read_text(), flags=re.MULTILINE)[1:]:
            yield _edit(text)


def _edit(text: str) -> Edit:
    head, _, body = text.partition("\n")
    title, verdict, *more = (each.strip() for each in head.split("|"))
    start = more[0].removeprefix("start=") if more else "pipeline:work"
    command = "\n".join(re.findall(r"^\$ (.*)$", body.partition("\n--- ")[0], re.MULTILINE))
    edit = Edit(title=title, verdict=verdict, start=start, command=command)
    for mark, file, content in re.findall(
        r"^(---|\+\+\+|@@|xxx) (\S+)\n(.*?)(?=^(?:---|\+\+\+|@@|xxx) |\Z)",
        body,
        flags=re.MULTILINE | re.DOTALL,
    ):
        if mark == "---":
            edit.before[file] = edit.after[file] = content
        elif mark == "+++":
            edit.after[file] = content
        elif mark == "xxx":
            del edit.after[file]
        else:
            edit.after[file] = _patched(edit.after[file], content)
    return edit


def _patched(text: str, patch: str) -> str:
    """Replace each run of lines marked `-` with the run marked `+` after it."""
    for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)*)", patch, flags=re.MULTILINE):
        before, after = (re.sub(r"^[-+]", "", each, flags=re.MULTILINE) for each in (old, new))
        assert before in text, f"{before!r} is not in the file"
        text = text.replace(before, after, 1)
    return text


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write *files* below *folder*."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
