"""
The model client: one request to a model, until its answer fits or the time is up.

Knows the client library, which is imported here and only when a model is asked
(it takes more than a second); does not know where the data comes from, nor what
goes over the wire (`capstone_report.model_wire`). The library asks again by itself:
after 429 and 5xx, as `Retry-After` says, and with the violation when an answer does
not fit. All of it together is capped in time.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import ValidationError

from capstone_build import MissingExtraError
from capstone_report.errors import ModelError
from capstone_report.ledger import Ledger
from capstone_report.model_server import DEFAULT_BASE_URL, ModelServer
from capstone_report.price import price_of
from capstone_report.raw_answers import RawAnswers
from capstone_report.summary import Answer

if TYPE_CHECKING:
    from capstone_report.model_wire import Wire

_HTTP_RETRIES = 3
_SHOWN = 300
_PROBLEMS_SHOWN = 3
_NOT_UNDERSTOOD = frozenset({400, 404, 415, 422, 501})
_FORM_WORDS = ("response_format", "json_schema", "json_object", "schema", "grammar", "structured")
_TEMPLATE = """\
Answer with one JSON object, without text or a code fence around it, that fits this JSON Schema:

{schema}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    On what terms a model is asked.

    Attributes:
        temperature: How freely it chooses its words; 0 for as little as it can.
        answer_tokens: How many tokens an answer may have.
        repairs: How often an answer that does not fit is sent back.
        timeout_seconds: For all requests and waits together.
        attempt_seconds: For one request.
        max_cost: For all requests together, in US dollars; None for no limit.
        input_price: US dollars for a million tokens that the model reads; None to
            look it up.
        output_price: The same of what it writes.
    """

    temperature: float = 0.0
    answer_tokens: int = 4000
    repairs: int = 2
    timeout_seconds: float = 120.0
    attempt_seconds: float = 60.0
    max_cost: float | None = None
    input_price: float | None = None
    output_price: float | None = None

    def __post_init__(self) -> None:
        """Refuse terms on which nobody can be asked."""
        wrong = {
            "temperature >= 0": not self.temperature >= 0,
            "answer_tokens >= 1": self.answer_tokens < 1,
            "repairs >= 0": self.repairs < 0,
            "timeout_seconds > 0": not self.timeout_seconds > 0,
            "attempt_seconds > 0": not self.attempt_seconds > 0,
            "max_cost >= 0": self.max_cost is not None and not self.max_cost >= 0,
            "input_price >= 0": self.input_price is not None and not self.input_price >= 0,
            "output_price >= 0": self.output_price is not None and not self.output_price >= 0,
        }
        if broken := [rule for rule, is_broken in wrong.items() if is_broken]:
            name = broken[0].split()[0]
            raise ModelError(
                f"a model can only be asked with {', '.join(broken)}",
                facts={name: str(getattr(self, name))},
                hint="Mend [params.llm] in capstone.toml.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    An answer that fits.

    Attributes:
        answer: The answer.
        created: When it was made, in seconds of Unix time, by the server's clock;
            None if it does not say.
    """

    answer: Answer
    created: int | None


def ask_model(
    server: ModelServer,
    instructions: str,
    request: str,
    raw: RawAnswers,
    terms: Terms,
    *,
    ledger: Ledger,
) -> Reply:
    """
    Ask a model for a summary.

    Args:
        server: Which model, where.
        instructions: What it is to do.
        request: What it is to do it with.
        raw: Where each answer is written before it is judged.
        terms: How often, how long, how freely and for how much.
        ledger: Where it is written what each request cost.

    Raises:
        MissingExtraError: The client library is not installed.
        ModelError: No usable answer came; what was wrong is said, without secrets.
    """
    try:
        import openai
        import pydantic_ai

        from capstone_report.model_wire import Allowance, Wire
    except ImportError:
        raise MissingExtraError("pydantic-ai-slim", "a model's summary", "llm") from None
    price = price_of(server.model, server.base_url, terms.input_price, terms.output_price)
    if terms.max_cost is not None and price is None:
        raise _no_price(server)
    allowance = Allowance(price=price, answer_tokens=terms.answer_tokens, max_cost=terms.max_cost)
    until = time.monotonic() + terms.timeout_seconds
    wire = Wire(server=server, raw=raw, ledger=ledger, allowance=allowance, until=until)
    # `from None` throughout: what the client raises may hold the request, and with it the key.
    try:
        answer = asyncio.run(_within_time(server, instructions, request, wire, terms))
        return Reply(answer=answer, created=wire.created)
    except TimeoutError:
        limit = f"{terms.timeout_seconds:g} s, retries included"
        raise _failure(server, raw, f"gave no usable answer within {limit}") from None
    except pydantic_ai.ModelHTTPError as error:
        if wire.refusal is not None:
            raise wire.refusal from None
        said = f"{error.status_code} {error.body}"
        raise _failure(server, raw, "gave no answer: the server refused", said) from None
    except pydantic_ai.UnexpectedModelBehavior as error:
        if wire.is_cut:
            what = f"did not come to the end of its answer within {terms.answer_tokens:,} tokens"
            hint = "Raise [params.llm] answer_tokens in capstone.toml."
            raise _failure(server, raw, what, hint=hint) from None
        wrong = _problems(raw.texts[-1]) if raw.texts else str(error).partition(", body:")[0]
        what = "did not answer in the shape asked for, repairs included"
        raise _failure(server, raw, what, wrong) from None
    except (pydantic_ai.AgentRunError, openai.OpenAIError) as error:
        raise _failure(server, raw, "was not reached", str(error)) from None


async def _within_time(
    server: ModelServer, instructions: str, request: str, wire: Wire, terms: Terms
) -> Answer:
    """
    Ask for an answer that the server holds to its schema.

    Where the server cannot, for JSON; where it knows no forms at all, in words alone.
    """
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient
    from pydantic_ai import Agent, ModelHTTPError, NativeOutput, PromptedOutput
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.settings import ModelSettings

    client = AsyncOpenAI(
        base_url=server.base_url,
        api_key=server.key,
        timeout=min(terms.attempt_seconds, terms.timeout_seconds),
        max_retries=_HTTP_RETRIES,
        http_client=DefaultAsyncHttpxClient(transport=wire),
    )
    # The schema is told in words as well: some servers take the form and ignore it.
    forms: list[tuple[NativeOutput[Answer] | PromptedOutput[Answer], bool]] = [
        (NativeOutput(Answer, template=_TEMPLATE, strict=True), True),
        (PromptedOutput(Answer, template=_TEMPLATE), True),
        (PromptedOutput(Answer, template=_TEMPLATE), False),
    ]
    is_openai = urlsplit(server.base_url).hostname == urlsplit(DEFAULT_BASE_URL).hostname
    async with client, asyncio.timeout(terms.timeout_seconds):
        for form, is_json_known in forms:
            profile = OpenAIModelProfile(
                supports_json_schema_output=True,
                supports_json_object_output=is_json_known,
                openai_chat_supports_max_completion_tokens=is_openai,
            )
            model = OpenAIChatModel(
                server.model, provider=OpenAIProvider(openai_client=client), profile=profile
            )
            agent = Agent(
                model,
                output_type=form,
                instructions=instructions,
                retries=terms.repairs,
                model_settings=ModelSettings(
                    temperature=terms.temperature, max_tokens=terms.answer_tokens
                ),
            )
            try:
                return (await agent.run(request)).output
            except ModelHTTPError as error:
                said = str(error.body).casefold()
                is_unknown = error.status_code in _NOT_UNDERSTOOD and any(
                    word in said for word in _FORM_WORDS
                )
                if form is forms[-1][0] or not is_unknown:
                    raise
    raise AssertionError("the last form returns or raises")


def _no_price(server: ModelServer) -> ModelError:
    return ModelError(
        f"max_cost is set, and nobody says what model {server.model!r} at {server.address} costs",
        hint="Set input_price and output_price under [params.llm] in capstone.toml, in US dollars "
        "for a million tokens (0 where it costs nothing).",
    )


def _failure(
    server: ModelServer, raw: RawAnswers, what: str, said: str = "", hint: str = ""
) -> ModelError:
    """Say what went wrong in words of ours, and what the other side said, without secrets."""
    facts = {"server": server.address, "answers": str(len(raw.texts))}
    if said:
        facts["said"] = server.redacted(said)[:_SHOWN]
    return ModelError(
        f"model {server.model!r} {what}",
        facts=facts,
        hint=hint
        or "`capstone build` starts again at llm; without CAPSTONE_LLM_MODEL and "
        "CAPSTONE_LLM_BASE_URL the summary is made offline.",
    )


def _problems(text: str) -> str:
    """Say how an answer does not fit; what stands around an object is not held against it."""
    start, end = text.find("{"), text.rfind("}") + 1
    try:
        Answer.model_validate_json(text[start:end] if 0 <= start < end else text)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        said = [
            f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}".removeprefix(": ")
            for each in problems[:_PROBLEMS_SHOWN]
        ]
        return "; ".join(said)
    return "the answer was cut off"
