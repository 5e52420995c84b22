"""
The model server: which model to ask, where, and with what key.

Knows the names of parameters and environment variables; does not know the
client. The key is nowhere shown: not in a `repr`, an error or an artifact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from capstone_report.errors import ModelError

MODEL_VARIABLE = "CAPSTONE_LLM_MODEL"
BASE_URL_VARIABLE = "CAPSTONE_LLM_BASE_URL"
KEY_VARIABLES = ("CAPSTONE_LLM_API_KEY", "OPENAI_API_KEY")
"""
Where a key is looked for, the first that is set counts.

No stage declares them: a new key is no reason to ask a model again, and what
is not declared is not remembered.
"""
DEFAULT_BASE_URL = "https://api.openai.com/v1"

_SHORTEST_SECRET = 8
"""Shorter ones are placeholders (`none`, `EMPTY`) and may be words of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelServer:
    """
    A server that speaks the OpenAI chat-completions protocol, and a model of it.

    Attributes:
        model: The model's name, as the server knows it.
        base_url: What `/chat/completions` is appended to.
        key: What the server asks for; `none` where it asks for nothing.
    """

    model: str
    base_url: str
    key: str = field(repr=False)

    @property
    def address(self) -> str:
        """The server's address as it may be shown: without user, password, path or query."""
        parts = urlsplit(self.base_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}"

    def redacted(self, text: str) -> str:
        """Return *text* without the key or the password, should a server repeat them."""
        for secret in (self.key, urlsplit(self.base_url).password):
            if secret and len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "[redacted]")
        return text


def chosen_server(model: str, base_url: str, environment: Mapping[str, str]) -> ModelServer | None:
    """
    Find out which model to ask; None for none.

    Args:
        model: The stage's parameter; where it is empty, the environment counts.
        base_url: The same for the server.
        environment: Names to values.

    Raises:
        ModelError: A server is named but no model, its address is none, or a
            key is needed and there is none.
    """
    model = (model or environment.get(MODEL_VARIABLE, "")).strip()
    base_url = (base_url or environment.get(BASE_URL_VARIABLE, "")).strip()
    if not model and not base_url:
        return None
    if not model:
        raise ModelError(
            "a server is named for the summary, but no model of it",
            hint=f"Set {MODEL_VARIABLE}, or [params.llm] model in capstone.toml.",
        )
    key = next((found for name in KEY_VARIABLES if (found := environment.get(name, ""))), "")
    if not key and not base_url:
        raise ModelError(
            f"model {model!r} of {DEFAULT_BASE_URL} needs a key, and there is none",
            hint=f"Set {KEY_VARIABLES[0]}, or {BASE_URL_VARIABLE} to a server that needs none.",
        )
    _require_address(base_url or DEFAULT_BASE_URL)
    return ModelServer(model=model, base_url=base_url or DEFAULT_BASE_URL, key=key or "none")


def _require_address(base_url: str) -> None:
    try:
        parts = urlsplit(base_url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        whole = None
    if not whole:
        raise ModelError(
            "the address of the model's server is not one",
            hint=f"{BASE_URL_VARIABLE} must look like http://localhost:8000/v1",
        )
