"""
The ledger: what every request to a model cost, in tokens and in money.

Knows a file of lines, one for each request, and how they add up; does not know who
asks. Uses the standard library alone, so that it can be read without what the
bundled pipeline needs. It is no artifact: when something was asked, and for how
much, is no part of what a build makes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

MEMORY = Path(".cache", "llm")
"""Below a project's root: the ledger, and the answers that are kept."""

_FILE = "ledger.jsonl"


class Result(StrEnum):
    """What came of a request."""

    ANSWERED = "answered"
    REPLAYED = "replayed"
    """An answer to the same request was kept: nothing was asked."""
    REFUSED = "refused"
    """The server answered with an error."""
    BROKEN = "broken off"
    """No answer, or half of one, came: it may have cost something all the same."""
    STOPPED = "stopped"
    """It might have passed the budget and was not made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One request.

    Attributes:
        at: When it was made, ISO 8601 in UTC.
        model: Which model was asked.
        server: Where, without user, password or path.
        result: What came of it.
        status: The HTTP status; None where none came.
        input_tokens: Tokens that were read, as the server counts them; None if unknown.
        output_tokens: Tokens that were written.
        cost: What it cost, in US dollars; None if the price is not known.
        at_most: What it could have cost, in US dollars.
        seconds: How long it took.
    """

    at: str
    model: str
    server: str
    result: Result
    status: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    at_most: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """
    A project's ledger.

    Args:
        folder: Where it is kept; made with the first entry.
    """

    folder: Path

    def append(self, entry: Entry) -> None:
        """Write one more request down; many processes may."""
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":"))
        with (self.folder / _FILE).open("a", encoding="utf-8", newline="\n") as file:
            file.write(line + "\n")

    def entries(self) -> tuple[Entry, ...]:
        """Read all of it, the oldest first; a line that a kill cut off is left out."""
        try:
            text = (self.folder / _FILE).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        return tuple(entry for line in text.splitlines() if (entry := _entry_in(line)))


def read_ledger(root: Path) -> tuple[Entry, ...]:
    """
    Read the ledger of the project at *root*, the oldest request first.

    Args:
        root: The project's root.
    """
    return Ledger(folder=root / MEMORY).entries()


def ledger_lines(entries: Sequence[Entry]) -> list[str]:
    """
    Lay a ledger out for a terminal: a line for each request, then what they come to.

    Args:
        entries: The requests, as `read_ledger` returns them.
    """
    if not entries:
        return ["no model was asked yet"]
    rows = [("when", "model", "result", "tokens in", "out", "USD", "seconds")]
    rows += [
        (
            _local(each.at),
            f"{_plain(each.model)} at {_plain(each.server)}",
            each.result + (f" ({each.status})" if each.result is Result.REFUSED else ""),
            _number(each.input_tokens),
            _number(each.output_tokens),
            _money(each.cost),
            f"{each.seconds:.1f}",
        )
        for each in entries
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < 3 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [*lines, "", _total(entries)]


def ledger_json(entries: Sequence[Entry]) -> list[str]:
    """
    Lay a ledger out for programs: an object of JSON on a line for each request.

    Args:
        entries: The requests, as `read_ledger` returns them.
    """
    return [json.dumps(asdict(each), separators=(",", ":")) for each in entries]


def now() -> str:
    """Return the time as entries give it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _total(entries: Sequence[Entry]) -> str:
    asked = [each for each in entries if each.result in {Result.ANSWERED, Result.BROKEN}]
    tokens = [sum(each.input_tokens or 0 for each in asked)]
    tokens.append(sum(each.output_tokens or 0 for each in asked))
    known = [each.cost for each in asked if each.cost is not None]
    said = f"{len(entries):,} request{'' if len(entries) == 1 else 's'}: "
    said += f"{tokens[0]:,} tokens in, {tokens[1]:,} out, {_money(math.fsum(known))} USD"
    if unknown := len(asked) - len(known):
        said += f", and {unknown:,} at a price that is not known"
    return said


def _entry_in(line: str) -> Entry | None:
    """Read one line; None if it is none, or one of another version."""
    try:
        document = json.loads(line)
        entry = Entry(**document | {"result": Result(document["result"])})
    except (ValueError, TypeError, KeyError):
        return None
    texts = (entry.at, entry.model, entry.server)
    numbers = (entry.input_tokens, entry.output_tokens, entry.cost, entry.at_most, entry.seconds)
    whole = all(isinstance(each, str) for each in texts)
    whole = whole and all(each is None or isinstance(each, int | float) for each in numbers)
    return entry if whole and isinstance(entry.seconds, int | float) else None


def _local(at: str) -> str:
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return _plain(at)


def _plain(text: str) -> str:
    """Return *text* without what steers a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _money(dollars: float | None) -> str:
    return "?" if dollars is None else f"{dollars:.4f}"
