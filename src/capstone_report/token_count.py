"""
Token count: how much of a model's attention a text takes.

Knows two ways to count that need no network: by the model's own tokenizer, where
its `tokenizer.json` is in the project, and else by bytes. No token of a vocabulary
in use spells less than one byte of UTF-8 (those that work on bytes, and those that
fall back to bytes where they know no longer piece), so bytes are never fewer than
tokens; of text like ours they are about three times as many.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from capstone_build import MissingExtraError
from capstone_report.errors import BudgetError

BYTES = "UTF-8 bytes: an upper bound, since no token spells less than one"
"""What is said of a count by bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCounter:
    """
    A way to count.

    Attributes:
        name: What artifacts say of it.
        count: Returns how many tokens a text takes, or at most takes.
    """

    name: str
    count: Callable[[str], int]


@functools.cache
def token_counter(tokenizer: str) -> TokenCounter:
    """
    Return the way to count for a model.

    Args:
        tokenizer: Path of the model's `tokenizer.json`; empty to count bytes.

    Raises:
        BudgetError: There is no such file, or it is no tokenizer.
        MissingExtraError: The library that reads it is not installed.
    """
    if not tokenizer:
        return TokenCounter(name=BYTES, count=lambda text: len(text.encode()))
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise MissingExtraError("tokenizers", "a model's own tokenizer", "tokenizer") from None
    try:
        # Read here: a file that a stage reads counts, and the library would hide that.
        read = Tokenizer.from_str(Path(tokenizer).read_text(encoding="utf-8"))
    except OSError as error:
        raise _no_tokenizer(tokenizer, error.strerror or "cannot be read") from None
    except Exception as error:  # the library raises nothing narrower
        raise _no_tokenizer(tokenizer, str(error)) from None

    def count(text: str) -> int:
        return len(read.encode(text, add_special_tokens=False).ids)

    return TokenCounter(name=f"tokens of {tokenizer}", count=count)


def _no_tokenizer(path: str, why: str) -> BudgetError:
    return BudgetError(
        f"{path!r} is not a tokenizer that tokens can be counted with",
        facts={"why": why[:200]},
        hint="Set [params.compress] tokenizer to the path of the model's tokenizer.json, or to "
        '"" to count bytes.',
    )
