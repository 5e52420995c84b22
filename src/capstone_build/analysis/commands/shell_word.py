"""
Words of a POSIX shell, read from text: quotes and expansions.

Knows where a word ends and what in it is replaced by a value (XCU 2.2, 2.6);
hands the commands that it meets inside a word to whoever reads commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from capstone_build.analysis.commands.shell_command import Piece, Sort, Word, joined

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEFAULT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*):?[-=]")
_RUN = re.compile(r"[^ \t\r\n;&|()<>'\"\\$`]+")
_SPECIAL = frozenset("@*#?-$!0123456789")


class WordReader:
    """
    Reads words, one after the other.

    Args:
        text: What to read.
        substitute: Takes the text of a command whose output is put into a word.

    Attributes:
        at: Where in the text reading goes on.
    """

    def __init__(self, text: str, substitute: Callable[[str], None]) -> None:
        self.text = text
        self.at = 0
        self._substitute = substitute

    @property
    def is_done(self) -> bool:
        """Whether all is read."""
        return self.at >= len(self.text)

    def blank(self, also: str = "") -> None:
        """Go past blanks, continued lines, and what is in *also*."""
        while not self.is_done:
            if self.text.startswith("\\\n", self.at):
                self.at += 2
            elif self.text[self.at] in f" \t\r{also}":
                self.at += 1
            else:
                break

    def word(self) -> Word:
        """Read the word that begins here; it has no pieces if none does."""
        pieces: list[Piece] = []
        while not self.is_done:
            character = self.text[self.at]
            if character in "<>" and self.text.startswith("(", self.at + 1):
                self.at += 2
                pieces.append(self._command(self._closing("(", ")"), quoted=False))
            elif character == "'":
                end = self.text.find("'", self.at + 1)
                end = len(self.text) if end < 0 else end
                pieces.append(Piece(Sort.QUOTED, self.text[self.at + 1 : end]))
                self.at = end + 1
            elif character == '"':
                self.at += 1
                pieces += self.expanding('"')
            elif character == "\\":
                following = self.text[self.at + 1 : self.at + 2] or "\\"
                pieces += [Piece(Sort.QUOTED, following)] if following != "\n" else []
                self.at += 2
            elif character in "$`":
                pieces.append(self._expansion(quoted=False))
            elif run := _RUN.match(self.text, self.at):
                pieces.append(Piece(Sort.BARE, run[0]))
                self.at = run.end()
            else:
                break
        return joined(pieces)

    def expanding(self, end: str) -> list[Piece]:
        """Read what stands in double quotes, up to *end*; in a here-document there is none."""
        pieces = [Piece(Sort.QUOTED, "")]
        while not self.is_done and not (end and self.text[self.at] == end):
            character = self.text[self.at]
            following = self.text[self.at + 1 : self.at + 2]
            if character == "\\" and following and following in '$`"\\\n':
                pieces.append(Piece(Sort.QUOTED, "" if following == "\n" else following))
                self.at += 2
            elif character in "$`":
                pieces.append(self._expansion(quoted=True))
            else:
                pieces.append(Piece(Sort.QUOTED, character))
                self.at += 1
        self.at += len(end)
        return pieces

    def _expansion(self, *, quoted: bool) -> Piece:
        """Read `$...` or a command in backquotes."""
        if self.text[self.at] == "`":
            end = self.at + 1
            while end < len(self.text) and self.text[end] != "`":
                end += 2 if self.text[end] == "\\" else 1
            inner = re.sub(r"\\([$`\\])", r"\1", self.text[self.at + 1 : end])
            self.at = end + 1
            return self._command(inner, quoted=quoted)
        self.at += 1
        if self.text.startswith("(", self.at):  # $((...)) too: it reads as a nested shell
            self.at += 1
            return self._command(self._closing("(", ")"), quoted=quoted)
        if self.text.startswith("{", self.at):
            self.at += 1
            return self._parameter(self._closing("{", "}"), quoted=quoted)
        if name := _NAME.match(self.text, self.at):
            self.at = name.end()
            return Piece(Sort.VARIABLE, name[0], quoted=quoted)
        if self.text[self.at : self.at + 1] in _SPECIAL:
            self.at += 1
            return Piece(Sort.COMPUTED, "", quoted=quoted)
        return Piece(Sort.QUOTED, "$")

    def _parameter(self, inside: str, *, quoted: bool) -> Piece:
        """Read what stands in `${...}`."""
        if _NAME.fullmatch(inside):
            return Piece(Sort.VARIABLE, inside, quoted=quoted)
        word = joined(WordReader(inside, self._substitute).expanding(""))
        if (found := _DEFAULT.match(inside)) and word.literal is not None:
            default = inside[found.end() :].strip("\"'")
            return Piece(Sort.VARIABLE, found[1], default=default, quoted=quoted)
        return Piece(Sort.COMPUTED, "", quoted=quoted)

    def _command(self, inner: str, *, quoted: bool) -> Piece:
        self._substitute(inner)
        return Piece(Sort.COMPUTED, "", quoted=quoted)

    def _closing(self, opening: str, closing: str) -> str:
        """Return what stands up to the *closing* that belongs here, and go past it."""
        start, depth, in_quotes = self.at, 1, False
        while not self.is_done:
            character = self.text[self.at]
            if character == "\\":
                self.at += 1
            elif character == '"':
                in_quotes = not in_quotes
            elif character == "'" and not in_quotes:
                end = self.text.find("'", self.at + 1)
                self.at = len(self.text) if end < 0 else end
            elif character == opening:
                depth += 1
            elif character == closing:
                depth -= 1
                if not depth:
                    self.at += 1
                    return self.text[start : self.at - 1]
            self.at += 1
        return self.text[start:]
