"""
The model client: one request to a model, until its answer fits or the time is up.

Knows the client library, which is imported here and only when a model is asked
(it takes more than a second); does not know where the data comes from. The
library asks again by itself: after 429 and 5xx, as `Retry-After` says, and with
the violation when an answer does not fit. All of it together is capped in time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from capstone_build import MissingExtraError
from capstone_report.errors import ModelError
from capstone_report.model_server import ModelServer
from capstone_report.raw_answers import RawAnswers
from capstone_report.summary import Answer

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

_HTTP_RETRIES = 3
_SHOWN = 300
_PROBLEMS_SHOWN = 3
_BAD_REQUEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    On what terms a model is asked.

    Attributes:
        temperature: How freely it chooses its words; 0 for as little as it can.
        repairs: How often an answer that does not fit is sent back.
        timeout_seconds: For all requests and waits together.
    """

    temperature: float
    repairs: int
    timeout_seconds: float

    def __post_init__(self) -> None:
        """Refuse terms on which nobody can be asked."""
        if self.repairs < 0 or self.timeout_seconds <= 0 or self.temperature < 0:
            raise ModelError(
                "a model can only be asked with repairs >= 0, timeout_seconds > 0, "
                "temperature >= 0",
                facts={"given": f"{self.repairs}, {self.timeout_seconds}, {self.temperature}"},
                hint="Mend [params.llm] in capstone.toml.",
            )


def ask_model(
    server: ModelServer, instructions: str, request: str, raw: RawAnswers, terms: Terms
) -> Answer:
    """
    Ask a model for a summary.

    Args:
        server: Which model, where.
        instructions: What it is to do.
        request: What it is to do it with.
        raw: Where each answer is written before it is judged.
        terms: How often, how long and how freely.

    Raises:
        MissingExtraError: The client library is not installed.
        ModelError: No usable answer came; what was wrong is said, without secrets.
    """
    try:
        import openai
        import pydantic_ai
    except ImportError:
        raise MissingExtraError("pydantic-ai-slim", "a model's summary", "llm") from None

    # `from None` throughout: what the client raises may hold the request, and with it the key.
    try:
        return asyncio.run(_within_time(server, instructions, request, raw, terms))
    except TimeoutError:
        limit = f"{terms.timeout_seconds:g} s, retries included"
        raise _failure(server, raw, f"gave no usable answer within {limit}") from None
    except pydantic_ai.ModelHTTPError as error:
        said = f"{error.status_code} {error.body}"
        raise _failure(server, raw, "gave no answer: the server refused", said) from None
    except pydantic_ai.UnexpectedModelBehavior as error:
        wrong = _problems(raw.texts[-1]) if raw.texts else str(error)
        what = "did not answer in the shape asked for, repairs included"
        raise _failure(server, raw, what, wrong) from None
    except (pydantic_ai.AgentRunError, openai.OpenAIError) as error:
        raise _failure(server, raw, "was not reached", str(error)) from None


async def _within_time(
    server: ModelServer, instructions: str, request: str, raw: RawAnswers, terms: Terms
) -> Answer:
    """Ask for JSON as a form of answer; where a server knows no forms, in words alone."""
    from openai import AsyncOpenAI
    from pydantic_ai import Agent, ModelHTTPError, PromptedOutput
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles import ModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.settings import ModelSettings

    client = AsyncOpenAI(
        base_url=server.base_url,
        api_key=server.key,
        timeout=terms.timeout_seconds,
        max_retries=_HTTP_RETRIES,
    )
    forms = [None, ModelProfile(supports_json_object_output=False)]
    async with client, asyncio.timeout(terms.timeout_seconds):
        for form in forms:
            model = OpenAIChatModel(
                server.model, provider=OpenAIProvider(openai_client=client), profile=form
            )
            agent = Agent(
                _recorded(model, raw),
                output_type=PromptedOutput(Answer),
                instructions=instructions,
                retries=terms.repairs,
                model_settings=ModelSettings(temperature=terms.temperature),
            )
            try:
                return (await agent.run(request)).output
            except ModelHTTPError as error:
                unknown = error.status_code == _BAD_REQUEST and "response_format" in str(error.body)
                if form is forms[-1] or not unknown:
                    raise
    raise AssertionError("the last form returns or raises")


def _recorded(model: Model, raw: RawAnswers) -> Model:
    """Wrap *model* so that what it says is written down before the library judges it."""
    from pydantic_ai.messages import TextPart, ThinkingPart
    from pydantic_ai.models.wrapper import WrapperModel

    class Recorded(WrapperModel):
        async def request(
            self,
            messages: list[ModelMessage],
            model_settings: ModelSettings | None,
            model_request_parameters: ModelRequestParameters,
        ) -> ModelResponse:
            response = await self.wrapped.request(
                messages, model_settings, model_request_parameters
            )
            said = (p for p in response.parts if isinstance(p, TextPart | ThinkingPart))
            raw.append("\n".join(part.content for part in said))
            return response

    return Recorded(model)


def _failure(server: ModelServer, raw: RawAnswers, what: str, said: str = "") -> ModelError:
    """Say what went wrong in words of ours, and what the other side said, without secrets."""
    facts = {"server": server.address, "answers": str(len(raw.texts))}
    if said:
        facts["said"] = server.redacted(said)[:_SHOWN]
    return ModelError(
        f"model {server.model!r} {what}",
        facts=facts,
        hint="`capstone build` starts again at llm; without CAPSTONE_LLM_MODEL and "
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
