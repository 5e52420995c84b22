"""
The price of a model, and what a request may cost before it is made.

Knows a price given, or the list of the library `genai-prices`, which comes with
the client and needs no network; does not know what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_MILLION = 1_000_000
_OWN_MACHINES = frozenset({"localhost", "127.0.0.1", "::1"})
_TEMPLATE_TOKENS = 256
"""More than servers put around the messages of a request by their own templates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """
    What a model costs.

    Attributes:
        input: US dollars for a million tokens that it reads.
        output: US dollars for a million tokens that it writes.
    """

    input: float
    output: float

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """Return what so many tokens cost, in US dollars."""
        return (input_tokens * self.input + output_tokens * self.output) / _MILLION

    def at_most(self, request_bytes: int, answer_tokens: int) -> float:
        """
        Return what a request costs at most, in US dollars.

        Args:
            request_bytes: Of its body. A token spells at least one byte.
            answer_tokens: How many the answer may have.
        """
        return self.cost(request_bytes + _TEMPLATE_TOKENS, answer_tokens)


def price_of(
    model: str, base_url: str, input_price: float | None, output_price: float | None
) -> Price | None:
    """
    Find what a model costs; None if nobody says.

    Args:
        model: The model's name.
        base_url: The server's address: the same model has other prices elsewhere.
        input_price: As somebody who knows gives it; None to look it up.
        output_price: The same of what it writes.
    """
    if input_price is not None and output_price is not None:
        return Price(input=input_price, output=output_price)
    if urlsplit(base_url).hostname in _OWN_MACHINES:
        return None
    from genai_prices import Usage, calc_price

    try:
        found = calc_price(
            # As many as a request of ours may have: prices may rise with the length.
            Usage(input_tokens=_MILLION // 10, output_tokens=_MILLION // 10),
            model,
            provider_api_url=base_url,
        )
    except LookupError:
        return None
    return Price(
        input=10 * float(found.input_price) if input_price is None else input_price,
        output=10 * float(found.output_price) if output_price is None else output_price,
    )
