"""
Token count: how much of a model's attention a text takes, at most.

Knows no model's vocabulary: those are fetched over the network. A token of the
vocabularies in use spells about three bytes or more of UTF-8 in JSON like ours
(12,187 tokens for 60,000 bytes of code were measured), so bytes / 3 errs upwards.
"""

from __future__ import annotations

COUNTED_AS = "UTF-8 bytes / 3, rounded up"
"""How tokens are counted, as artifacts say it."""


def count_tokens(text: str) -> int:
    """Return how many tokens *text* takes, by an estimate that errs upwards."""
    return -(-len(text.encode()) // 3)
