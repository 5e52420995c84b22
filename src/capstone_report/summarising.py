"""
Summarising: the compressed input in, a summary out, by a model or without one.

Knows who may write a summary, and that every figure in it is checked; does not know
how either is done. What is answered is on disk before it is held against the shape
of a summary, and a model that answered the same question before is not asked again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from capstone_report.compressed import Compressed
from capstone_report.figure_check import check_figures
from capstone_report.kept_answers import KeptAnswer, KeptAnswers
from capstone_report.ledger import MEMORY, Entry, Ledger, Result, now
from capstone_report.model_client import Terms, ask_model
from capstone_report.model_server import ModelServer
from capstone_report.offline_summary import summarise_offline
from capstone_report.profile import Profile
from capstone_report.prompt import INSTRUCTIONS, request_text
from capstone_report.raw_answers import RawAnswers
from capstone_report.summary import OFFLINE, Answer, ModelAuthor, OfflineAuthor, Summary


def summarise(
    told: Compressed,
    profile: Profile,
    raw_path: Path,
    server: ModelServer | None,
    terms: Terms,
    *,
    root: Path,
) -> Summary:
    """
    Have a summary written, and its figures checked.

    Args:
        told: What is told of the table.
        profile: What is known of it, and every figure must agree with.
        raw_path: Where the answers go as they are.
        server: Which model to ask; None for a summary by fixed rules.
        terms: On what terms the model is asked.
        root: Of the project, in whose memory answers and accounts are kept.
    """
    if server is None:
        raw = RawAnswers(raw_path, OFFLINE)
        text = summarise_offline(told).model_dump_json(indent=2)
        raw.append(text)
        answer = Answer.model_validate_json(text)
        check = check_figures(answer, profile, told)
        return Summary(**answer.model_dump(), author=OfflineAuthor(), check=check)
    name = f"model {server.model} at {server.address}"
    raw = RawAnswers(raw_path, name, server.redacted)
    kept = _answered(told, raw, server, terms, memory_of(root))
    author = ModelAuthor(
        name=server.redacted(name),
        model=server.redacted(server.model),
        server=server.address,
        answers=len(kept.texts),
        answered_at=_spelled(kept.created),
    )
    check = check_figures(kept.answer, profile, told)
    return Summary(**kept.answer.model_dump(), author=author, check=check)


def memory_of(root: Path) -> Path:
    """
    Return the folder in which models' answers and accounts are kept.

    A second run, in a copy of the project inside its own `.cache`, keeps them with
    the first: what it asks costs money too, and what is known need not be asked.
    """
    below = [folder for folder in root.resolve().parents if folder.name == MEMORY.parts[0]]
    return (below[-1].parent if below else root) / MEMORY


def _answered(
    told: Compressed, raw: RawAnswers, server: ModelServer, terms: Terms, memory: Path
) -> KeptAnswer:
    """Bring back the answer to the same question, or ask it."""
    request = request_text(told)
    question = {
        "instructions": INSTRUCTIONS,
        "request": request,
        "shape": Answer.model_json_schema(),
        "model": server.model,
        "server": server.redacted(server.base_url),
        "temperature": terms.temperature,
        "answer_tokens": terms.answer_tokens,
    }
    answers, ledger = KeptAnswers(memory), Ledger(folder=memory)
    if (kept := answers.find(question)) is not None:
        for text in kept.texts:
            raw.append(text)
        entry = Entry(
            at=now(),
            model=server.redacted(server.model),
            server=server.address,
            result=Result.REPLAYED,
            input_tokens=0,
            output_tokens=0,
            cost=0.0,
        )
        ledger.append(entry)
        return kept
    reply = ask_model(server, INSTRUCTIONS, request, raw, terms, ledger=ledger)
    texts = tuple(server.redacted(text) for text in raw.texts)
    redacted = Answer.model_validate_json(server.redacted(reply.answer.model_dump_json()))
    kept = KeptAnswer(texts=texts, answer=redacted, created=reply.created)
    answers.keep(question, kept)
    return kept


def _spelled(created: int | None) -> str | None:
    if created is None:
        return None
    try:
        return f"{datetime.fromtimestamp(created, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, OSError, ValueError):
        return None
