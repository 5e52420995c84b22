"""
Summarising: the compressed input in, a summary out, by a model or without one.

Knows who may write a summary; does not know how either of them does it. What
they answer is on disk before it is held against the shape of a summary.
"""

from __future__ import annotations

from pathlib import Path

from capstone_report.compressed import Compressed
from capstone_report.model_client import Terms, ask_model
from capstone_report.model_server import ModelServer
from capstone_report.offline_summary import summarise_offline
from capstone_report.prompt import INSTRUCTIONS, request_text
from capstone_report.raw_answers import RawAnswers
from capstone_report.summary import OFFLINE, Answer, ModelAuthor, OfflineAuthor, Summary


def summarise(
    told: Compressed,
    raw_path: Path,
    server: ModelServer | None,
    terms: Terms,
) -> Summary:
    """
    Have a summary written.

    Args:
        told: What is told of the table.
        raw_path: Where the answers go as they are.
        server: Which model to ask; None for a summary by fixed rules.
        terms: On what terms the model is asked.
    """
    if server is None:
        raw = RawAnswers(raw_path, OFFLINE)
        text = summarise_offline(told).model_dump_json(indent=2)
        raw.append(text)
        answer = Answer.model_validate_json(text)
        return Summary(**answer.model_dump(), author=OfflineAuthor())
    name = f"model {server.model} at {server.address}"
    raw = RawAnswers(raw_path, name, server.redacted)
    answer = ask_model(server, INSTRUCTIONS, request_text(told), raw, terms)
    author = ModelAuthor(
        name=name, model=server.model, server=server.address, answers=len(raw.texts)
    )
    summary = Summary(**answer.model_dump(), author=author)
    return Summary.model_validate_json(server.redacted(summary.model_dump_json()))
