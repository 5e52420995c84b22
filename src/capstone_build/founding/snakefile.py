"""
A Snakefile, statement by statement: its rules, and the Python between them.

Knows Snakemake's grammar as far as it adds to Python's; does not know what
rules make (`snake_rules`), and executes none of the Python.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from capstone_build.core.stage import Location
from capstone_build.errors import UsageError
from capstone_build.founding.adopted import AdoptedPipeline

_WITH_NAME = {"rule", "checkpoint", "subworkflow", "module"}
_DIRECTIVES = {
    "include", "configfile", "workdir", "ruleorder", "localrules", "wildcard_constraints",
    "singularity", "container", "containerized", "conda", "envvars", "report", "onstart",
    "onsuccess", "onerror", "scattergather", "storage", "pepfile", "pepschema",
    "resource_scopes", "inputflags", "outputflags",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """
    A section of a rule, or a directive.

    Attributes:
        keyword: What it is called.
        arguments: What stands in it, if it is a list of arguments; else None.
        text: The same as it is written.
        where: The line.
    """

    keyword: str
    arguments: ast.Call | None
    text: str
    where: Location


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """
    A rule as it is written.

    Attributes:
        kind: `rule`, `checkpoint`, ...
        name: Its name; empty if it has none.
        sections: By keyword.
        about: Its description.
        where: The line.
    """

    kind: str
    name: str
    sections: dict[str, Section]
    about: str
    where: Location


@dataclass(frozen=True, slots=True)
class Snakefile:
    """
    What a Snakefile says, in the order in which it says it.

    Attributes:
        name: What it is called.
        statements: Rules, directives, and statements of Python.
    """

    name: str
    statements: list[WrittenRule | Section | tuple[ast.stmt, Location]] = field(
        default_factory=list
    )


def read_snakefile(file: Path) -> AdoptedPipeline:
    """
    Read a Snakefile.

    Raises:
        UsageError: If it is none, or no rule in it makes a file.
    """
    from capstone_build.founding.snake_stages import adopted_snakefile

    folder = file.parent.parent if file.parent.name == "workflow" else file.parent
    return adopted_snakefile(parsed(file), folder, file.parent)


def parsed(file: Path) -> Snakefile:
    """Return what a Snakefile says; raises what `read_snakefile` does."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(f"{file.name} cannot be read: {error}") from None
    return Snakefile(file.name, list(_Reading(file.name, text).statements()))


class _Reading:
    """
    Args:
        name: What the file is called.
        text: What is in it.
    """

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text if text.endswith("\n") else f"{text}\n"
        self._lines = self._text.splitlines(keepends=True)
        self._tokens = self._read_tokens()
        self._at = 0

    def _read_tokens(self) -> list[tokenize.TokenInfo]:
        skipped = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING}
        try:
            found = tokenize.generate_tokens(io.StringIO(self._text).readline)
            return [each for each in found if each.type not in skipped]
        except (tokenize.TokenError, SyntaxError) as error:
            line = error.args[1][0] if isinstance(error, tokenize.TokenError) else error.lineno
            problem = error.args[0] if isinstance(error, tokenize.TokenError) else error.msg
            raise UsageError(
                f"{self._name} cannot be read: {problem}", facts={"at": f"{self._name}:{line}"}
            ) from None

    def statements(self) -> Iterator[WrittenRule | Section | tuple[ast.stmt, Location]]:
        """Yield them all."""
        while self._token.type != tokenize.ENDMARKER:
            first, second, third = (self._peek(n) for n in range(3))
            if first.type in {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}:
                self._at += 1
            elif first.string in _WITH_NAME and (":" in {second.string, third.string}):
                yield self._rule()
            elif first.string in _DIRECTIVES and second.string == ":":
                yield self._section(self._end_of_block(self._at))
            else:
                yield from self._python()

    @property
    def _token(self) -> tokenize.TokenInfo:
        return self._tokens[self._at]

    def _peek(self, ahead: int) -> tokenize.TokenInfo:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _end_of_block(self, start: int) -> int:
        """Return the index after the statement that begins at *start*, with all below it."""
        depth, at = 0, start
        while at < len(self._tokens) - 1:
            kind = self._tokens[at].type
            depth += (kind == tokenize.INDENT) - (kind == tokenize.DEDENT)
            if depth < 0:
                return at
            at += 1
            following = self._tokens[at].type
            if not depth and kind in {tokenize.NEWLINE, tokenize.DEDENT}:
                if following not in {tokenize.INDENT, tokenize.DEDENT}:
                    return at
                if following == tokenize.DEDENT:
                    return at
        return at

    def _rule(self) -> WrittenRule:
        where = Location(self._name, self._token.start[0])
        kind = self._token.string
        end = self._end_of_block(self._at)
        name = "" if self._peek(1).string == ":" else self._peek(1).string
        self._at += 2 if not name else 3
        sections: dict[str, Section] = {}
        about = ""
        while self._at < end:
            token = self._token
            if token.type in {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}:
                self._at += 1
            elif token.type == tokenize.STRING:
                about = str(ast.literal_eval(token.string))
                self._at += 1
            elif token.type == tokenize.NAME and self._peek(1).string == ":":
                section = self._section(min(end, self._end_of_block(self._at)))
                sections[section.keyword] = section
            else:
                raise UsageError(
                    f"{token.string!r} is no section of a rule",
                    facts={"at": f"{self._name}:{token.start[0]}"},
                    hint="Sections are a name and a colon: input:, output:, shell:, ...",
                )
        self._at = end
        return WrittenRule(kind, name, sections, " ".join(about.split()), where)

    def _section(self, end: int) -> Section:
        keyword = self._token.string
        where = Location(self._name, self._token.start[0])
        start = self._peek(1).end
        text = self._between(start, self._tokens[end].start)
        self._at = end
        padding = "\n" * (start[0] - 1)
        try:
            tree = ast.parse(f"{padding}f({text}\n)", mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tree = None
        return Section(keyword, tree if isinstance(tree, ast.Call) else None, text, where)

    def _between(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        lines = self._lines[start[0] - 1 : end[0]]
        if not lines:
            return ""
        if end[0] <= len(self._lines):
            lines[-1] = lines[-1][: end[1]]
        lines[0] = lines[0][start[1] :]
        return "".join(lines)

    def _python(self) -> Iterator[tuple[ast.stmt, Location]]:
        """Yield a statement of Python."""
        begin = self._token
        end = self._end_of_block(self._at)
        following = self._tokens[end]
        if following.string in {"else", "elif", "except", "finally"}:
            end = self._end_of_block(end)
            following = self._tokens[end]
        text = self._between((begin.start[0], 0), following.start)
        self._at = max(end, self._at + 1)
        try:
            tree = ast.parse("\n" * (begin.start[0] - 1) + text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or begin.start[0]
            problem = getattr(error, "msg", None) or "it cannot be read"
            raise UsageError(
                f"{self._name} is neither Snakemake nor Python here: {problem}",
                facts={"at": f"{self._name}:{line}"},
            ) from None
        for each in tree.body:
            yield each, Location(self._name, each.lineno)
