"""
Command lines: the simple commands that a POSIX shell makes of a text.

Knows how commands are joined, nested, branched and fed (XCU 2.7 to 2.9); does
not know variables' values, the file system, or what any program does. Never
fails: what a shell would refuse is read as far as it makes sense.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from capstone_build.analysis.commands.shell_command import (
    Guard,
    Piece,
    Redirection,
    Simple,
    Sort,
    Word,
    argument,
    joined,
)
from capstone_build.analysis.commands.shell_word import WordReader

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\+?=")
_OPERATOR = re.compile(r"\|\||&&|;;|\|&|[;&|()\n]")
_REDIRECTION = re.compile(r"\d*(<<<|<<-|<<|<>|<&|<(?!\()|>>|>&|>\||>(?!\())")
_FUNCTION = re.compile(r"\s*\)")
_IN = re.compile(r"\s*in\b")
_ESAC = re.compile(r"esac\b")
_OPENERS = frozenset({"if", "while", "until", "for", "select", "case", "function"})
_CLOSERS = frozenset({"fi", "done", "esac"})
_PASSED = frozenset({"then", "else", "elif", "do", "!", "time", "{"})


def read_line(text: str) -> tuple[Simple, ...]:
    """Return the simple commands of *text*, those of its substitutions included, in order."""
    found = _Found()
    _Reading(text, found).read()
    return tuple(found.commands)


def read_arguments(words: Sequence[str]) -> tuple[Simple, ...]:
    """Return the one simple command that a program with its arguments is, without a shell."""
    return (Simple(words=tuple(argument(each) for each in words)),)


@dataclass(slots=True)
class _Found:
    """What all readings of one text share."""

    commands: list[Simple] = field(default_factory=list)
    shells: int = 0
    chains: int = 0

    def new_shell(self) -> int:
        self.shells += 1
        return self.shells


@dataclass(slots=True)
class _Draft:
    """A simple command that is being read."""

    words: list[Word] = field(default_factory=list)
    assignments: list[tuple[str, tuple[Word, ...]]] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)

    def is_empty(self) -> bool:
        return not (self.words or self.assignments or self.redirections)


class _Document:
    """A here-document that is announced and not yet read."""

    def __init__(self, delimiter: Word, *, is_indented: bool) -> None:
        self.delimiter = delimiter
        self.is_indented = is_indented
        self.marker = Redirection("<<", delimiter)


class _Reading:
    """
    One pass over a text, or over the inside of a substitution.

    Args:
        text: What to read.
        found: Where simple commands are collected.
        shell: The nested shells that it is in.
        guard: What has to happen so that it is read at all.
    """

    def __init__(
        self, text: str, found: _Found, shell: tuple[int, ...] = (), guard: Guard = Guard.NONE
    ) -> None:
        self._text = WordReader(text, self._substitute)
        self._found = found
        self._shell = shell
        self._outer = guard
        self._guard = Guard.NONE
        self._open: list[str] = []
        self._draft = _Draft()
        self._source: int | None = None
        self._documents: list[_Document] = []

    def read(self) -> None:
        """Read to the end."""
        text = self._text
        while not text.is_done:
            text.blank()
            if text.is_done:
                break
            if text.text[text.at] == "#":
                end = text.text.find("\n", text.at)
                text.at = len(text.text) if end < 0 else end
            elif redirection := _REDIRECTION.match(text.text, text.at):
                text.at = redirection.end()
                self._redirect(redirection[1])
            elif operator := _OPERATOR.match(text.text, text.at):
                text.at = operator.end()
                self._operate(operator[0])
            else:
                self._accept(text.word())
        self._end()
        self._read_documents()

    def _substitute(self, inner: str) -> None:
        """Read a command whose output is put into a word."""
        shell = (*self._shell, self._found.new_shell())
        _Reading(inner, self._found, shell, self._guarded()).read()

    def _guarded(self) -> Guard:
        return Guard.OTHER if self._open or self._outer is Guard.OTHER else self._guard

    # Operators.

    def _operate(self, operator: str) -> None:
        if operator == "(":
            self._parenthesis()
            return
        last = self._end()
        self._source = None
        if operator in {"|", "|&"}:
            self._source = last
        elif operator == ")":
            self._shell = self._shell[:-1]
        elif operator in {"&&", "||"}:
            self._guard = Guard.AND if operator == "&&" else Guard.OTHER
        else:
            self._guard = Guard.NONE
            self._found.chains += 1
        if operator == ";;":
            self._pattern()
        elif operator == "\n":
            self._read_documents()

    def _parenthesis(self) -> None:
        text = self._text
        closing = _FUNCTION.match(text.text, text.at)
        if closing and len(self._draft.words) == 1:  # name() { ...; }
            self._draft = _Draft()
            self._open.append("function")
            text.at = closing.end()
            return
        self._end()
        self._shell = (*self._shell, self._found.new_shell())

    def _end(self) -> int | None:
        """End the simple command that is being read; return the index of the last one."""
        draft, self._draft = self._draft, _Draft()
        commands = self._found.commands
        if not draft.is_empty():
            simple = Simple(
                words=tuple(draft.words),
                assignments=tuple(draft.assignments),
                redirections=tuple(draft.redirections),
                shell=self._shell,
                guard=self._guarded(),
                chain=self._found.chains,
                source=self._source,
            )
            commands.append(simple)
        return len(commands) - 1 if commands else None

    # Words.

    def _accept(self, word: Word) -> None:
        """Take a word as a reserved one, an assignment, or part of a command."""
        draft = self._draft
        if not draft.words:
            if draft.is_empty() and word.bare is not None and self._is_reserved(word.bare):
                return
            first = word.pieces[0]
            if first.sort is Sort.BARE and (found := _ASSIGNMENT.match(first.text)):
                value = joined([Piece(Sort.BARE, first.text[found.end() :]), *word.pieces[1:]])
                draft.assignments.append((found[1], (value,)))
                return
        draft.words.append(word)

    def _is_reserved(self, spelled: str) -> bool:
        """Tell whether *spelled* is a reserved word, and act on it."""
        if spelled in _OPENERS:
            self._open.append(spelled)
            if spelled in {"for", "select"}:
                self._loop()
            elif spelled == "case":
                self._case()
            elif spelled == "function":
                self._text.blank()
                self._text.word()
            return True
        if spelled in _CLOSERS or (spelled == "}" and self._open[-1:] == ["function"]):
            del self._open[-1:]
            return True
        return spelled in _PASSED or spelled == "}"

    def _loop(self) -> None:
        """Read `name in words` of a loop, as the assignment that it is."""
        text = self._text
        text.blank()
        name = text.word().literal or ""
        words: list[Word] = []
        if found := _IN.match(text.text, text.at):
            text.at = found.end()
            text.blank()
            while (word := text.word()).pieces:
                words.append(word)
                text.blank()
        self._draft.assignments.append((name, tuple(words)))
        self._end()

    def _case(self) -> None:
        text = self._text
        text.blank()
        self._draft.assignments.append(("", (text.word(),)))
        self._end()
        if found := _IN.match(text.text, text.at):
            text.at = found.end()
        self._pattern()

    def _pattern(self) -> None:
        """Go past the pattern of a branch of `case`."""
        text = self._text
        text.blank(also="\n(")
        while not text.is_done and not _ESAC.match(text.text, text.at):
            text.blank(also="\n|")
            if not text.word().pieces:
                text.at += 1  # the parenthesis
                return

    # Redirections.

    def _redirect(self, operator: str) -> None:
        self._text.blank()
        target = self._text.word()
        if operator in {"<<", "<<-"}:
            document = _Document(target, is_indented=operator == "<<-")
            self._documents.append(document)
            self._draft.redirections.append(document.marker)
        elif operator not in {"<&", ">&"} or not (target.literal or "").strip("-").isdigit():
            self._draft.redirections.append(Redirection(operator, target))

    def _read_documents(self) -> None:
        """Read the here-documents that the line before announced."""
        documents, self._documents = self._documents, []
        for document in documents:
            body = self._body(document)
            if document.delimiter.bare is None:
                text = argument(body)
            else:
                text = joined(WordReader(body, self._substitute).expanding(""))
            self._put(document, Redirection("<<", text))

    def _body(self, document: _Document) -> str:
        text = self._text
        end = document.delimiter.literal or ""
        lines: list[str] = []
        while not text.is_done:
            line, newline, _ = text.text[text.at :].partition("\n")
            text.at += len(line) + len(newline)
            line = line.lstrip("\t") if document.is_indented else line
            if line == end:
                break
            lines.append(f"{line}\n")
        return "".join(lines)

    def _put(self, document: _Document, read: Redirection) -> None:
        """Put a here-document that was read where it was announced."""
        for index, simple in enumerate(self._found.commands):
            if any(each is document.marker for each in simple.redirections):
                redirections = tuple(
                    read if each is document.marker else each for each in simple.redirections
                )
                self._found.commands[index] = replace(simple, redirections=redirections)
