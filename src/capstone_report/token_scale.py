"""
The scale on which compressed documents are weighed.

Knows that what a document costs is written in it, and costs something too; does not
know what is in it.
"""

from __future__ import annotations

from capstone_report.compressed import Budget, Compressed
from capstone_report.token_count import TokenCounter


class Scale:
    """
    Weighs documents.

    Args:
        counter: How tokens are counted.
        tokenizer: The path that it was made from; empty for bytes.
        limit: How many tokens a document may take.
    """

    def __init__(self, counter: TokenCounter, tokenizer: str, limit: int) -> None:
        self.counter = counter
        self._tokenizer = tokenizer
        self._limit = limit

    def weighed(self, document: Compressed) -> Compressed:
        """Write into *document* what it costs; a figure that is part of what it counts."""
        tokens = 0
        while True:
            budget = Budget(
                tokens=tokens,
                limit=max(self._limit, 1),
                counted_as=self.counter.name,
                tokenizer=self._tokenizer,
            )
            measured = document.model_copy(update={"budget": budget})
            if (counted := self.counter.count(measured.written())) <= tokens:
                return measured
            tokens = counted

    def is_light(self, document: Compressed) -> bool:
        """Tell whether a document that was weighed takes no more than it may."""
        return document.budget.tokens <= self._limit
