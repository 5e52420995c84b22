"""
The wire: every request to a model as it goes out, and what comes back, as it comes.

Knows HTTP; does not know what is asked. Each request passes here, those that the
client makes again by itself as well: one that could pass the budget is not made,
what comes back is on disk before anything reads it, even half of it, and what it
cost is in the ledger.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx2

from capstone_report.errors import ModelError
from capstone_report.ledger import Entry, Ledger, Result, now
from capstone_report.model_server import ModelServer
from capstone_report.price import Price
from capstone_report.raw_answers import RawAnswers

_PAYMENT_REQUIRED = 402
_LARGEST = 8 << 20
"""Bytes of an answer; a summary has a few thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """
    What may be spent on one summary.

    Attributes:
        price: What the model costs; None if nobody says.
        answer_tokens: How many an answer may have.
        max_cost: For all requests together, in US dollars; None for no limit.
    """

    price: Price | None
    answer_tokens: int
    max_cost: float | None = None


@dataclass(kw_only=True)
class Wire(httpx2.AsyncBaseTransport):
    """
    The way from the client to the server and back.

    Attributes:
        server: Who is asked.
        raw: Where what comes back is written.
        ledger: Where it is written what that cost.
        allowance: What may be spent.
        until: When the time for all requests is up, by `time.monotonic`.
        spent: What was, in US dollars, with doubtful requests at their most.
        refusal: Why a request was not made; the client only knows that it was not.
        is_cut: Whether the last answer was longer than it may be, and so is not whole.
        created: When the last answer was made, in seconds of Unix time, by the server.
    """

    server: ModelServer
    raw: RawAnswers
    ledger: Ledger
    allowance: Allowance
    until: float
    spent: float = 0.0
    refusal: ModelError | None = None
    is_cut: bool = False
    created: int | None = None
    _inner: httpx2.AsyncHTTPTransport = field(default_factory=httpx2.AsyncHTTPTransport)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Make one request, unless it could pass the budget."""
        price = self.allowance.price
        body = await request.aread()
        at_most = price.at_most(len(body), self.allowance.answer_tokens) if price else None
        limit = self.allowance.max_cost
        if limit is not None and at_most is not None and self.spent + at_most > limit:
            self._write(Result.STOPPED, input_tokens=0, output_tokens=0, cost=0.0, at_most=at_most)
            self.refusal = self._over_budget(at_most, limit)
            # The client would take an exception for a lost connection, and try again.
            return httpx2.Response(_PAYMENT_REQUIRED, request=request)
        started = time.monotonic()
        received = bytearray()
        status = None
        try:
            response = await self._inner.handle_async_request(request)
            status = response.status_code
            try:
                async for part in response.aiter_raw():
                    received += part
                    if len(received) > _LARGEST:
                        raise httpx2.ReadError(f"the answer is larger than {_LARGEST:,} bytes")
            finally:
                await response.aclose()
        except BaseException as error:
            text = bytes(received).decode("utf-8", errors="replace")
            self.raw.append_failure(f"broken off: {type(error).__name__}", text)
            self.spent += at_most or 0.0
            seconds = time.monotonic() - started
            self._write(Result.BROKEN, status=status, at_most=at_most, seconds=seconds)
            raise
        seconds = time.monotonic() - started
        whole = httpx2.Response(
            status, headers=response.headers, content=bytes(received), request=request
        )
        self._note(status, whole.text, at_most, seconds)
        if _asked_wait(response.headers) > self.until - time.monotonic():
            # There is no use in waiting until the time is up, nor in coming back too soon.
            whole.headers["x-should-retry"] = "false"
        return whole

    def _note(self, status: int, text: str, at_most: float | None, seconds: float) -> None:
        """Write down what came, and what it cost."""
        if not httpx2.codes.is_success(status):
            self.raw.append_failure(f"HTTP {status}", text)
            self._write(Result.REFUSED, status=status, cost=0.0, at_most=at_most, seconds=seconds)
            return
        document = _document(text)
        content = _content(document)
        if content is None:
            self.raw.append_failure(f"HTTP {status}, but no completion", text)
        else:
            self.raw.append(content)
        self.is_cut = _is_cut(document)
        created = document.get("created")
        self.created = created if isinstance(created, int) and created > 0 else None
        usage = document.get("usage")
        tokens = [
            usage.get(name) if isinstance(usage, dict) else None
            for name in ("prompt_tokens", "completion_tokens")
        ]
        read, written = (each if isinstance(each, int) and each >= 0 else None for each in tokens)
        cost = None
        if self.allowance.price and read is not None and written is not None:
            cost = self.allowance.price.cost(read, written)
        self.spent += (at_most or 0.0) if cost is None else cost
        self._write(
            Result.ANSWERED,
            status=status,
            input_tokens=read,
            output_tokens=written,
            cost=cost,
            at_most=at_most,
            seconds=seconds,
        )

    def _write(
        self,
        result: Result,
        *,
        status: int | None = None,
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        cost: float | None = None,
        at_most: float | None = None,
        seconds: float = 0.0,
    ) -> None:
        self.ledger.append(
            Entry(
                at=now(),
                model=self.server.redacted(self.server.model),
                server=self.server.address,
                result=result,
                status=status,
                input_tokens=input_tokens,
                output_tokens=output_tokens,
                cost=cost,
                at_most=at_most,
                seconds=round(seconds, 3),
            )
        )

    def _over_budget(self, at_most: float, limit: float) -> ModelError:
        return ModelError(
            f"the next request to model {self.server.model!r} could pass the budget and was "
            "not made",
            facts={
                "budget": f"{limit:.6g} USD (max_cost)",
                "spent": f"{self.spent:.6g} USD",
                "next": f"at most {at_most:.6g} USD",
            },
            hint="Raise [params.llm] max_cost in capstone.toml, or lower answer_tokens there or "
            "[params.compress] max_tokens.",
        )


def _asked_wait(headers: Mapping[str, str]) -> float:
    """Return how long a server asks to wait, in seconds; 0 if it does not ask."""
    asked = headers.get("retry-after", "")
    try:
        return float(asked)
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(asked)
    except ValueError:
        return 0.0
    return when.timestamp() - time.time()


def _document(text: str) -> dict[str, object]:
    """Read a body as a JSON object; an empty one if it is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _content(document: dict[str, object]) -> str | None:
    """Take what a model said out of a completion; None if it is none."""
    match document:
        case {"choices": [{"message": {"content": str(content)}}, *_]}:
            return content
    return None


def _is_cut(document: dict[str, object]) -> bool:
    """Tell whether a completion says that it ends where it may be no longer."""
    match document:
        case {"choices": [{"finish_reason": "length"}, *_]}:
            return True
    return False
