"""
The summary: what a reader is told of a table first, and who says it.

Knows the shape that a model is asked to answer in (`Answer`) and the shape of
the artifact (`Summary`); does not know how an answer is obtained.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints

from capstone_report.claim import FigureCheck

Sentence: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)
]
"""A sentence or two of plain text."""

OFFLINE: Literal["offline summary (no model)"] = "offline summary (no model)"
"""What a summary calls itself that no model wrote."""


class Figure(BaseModel):
    """
    A figure that a finding rests on.

    Attributes:
        column: The column it is of; null if it is of the whole table.
        statistic: What it is: rows, mean, max, missing, ...
        value: The figure, as the data has it.
    """

    model_config = ConfigDict(frozen=True)

    column: str | None = None
    statistic: str
    value: int | float | str


class Finding(BaseModel):
    """
    One thing that a reader should know.

    Attributes:
        text: What it is, with its figures.
        columns: Names of the columns it rests on, as the data has them.
        figures: The figures it rests on.
    """

    model_config = ConfigDict(frozen=True)

    text: Sentence
    columns: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()


class Answer(BaseModel):
    """
    What is asked of whoever summarises.

    Attributes:
        headline: What the table is and the most important thing about it.
        findings: What a reader should know, the most important first.
        quality: What is wrong with the data, and what it would mislead.
        questions: What to look at next.
    """

    model_config = ConfigDict(frozen=True)

    headline: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    findings: Annotated[tuple[Finding, ...], Field(min_length=1, max_length=10)]
    quality: Annotated[tuple[Sentence, ...], Field(max_length=10)] = ()
    questions: Annotated[tuple[Sentence, ...], Field(max_length=10)] = ()


class ModelAuthor(BaseModel):
    """
    A model wrote the summary.

    Attributes:
        name: How readers are told of it.
        model: The model's name, as the server was asked for it.
        server: The server's address, without user, password or query.
        answers: How many answers it took until one fitted.
        answered_at: When it answered, by the server's own clock, in UTC; None if the
            server does not say. An answer that is replayed keeps its time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["model"] = "model"
    name: str
    model: str
    server: str
    answers: PositiveInt
    answered_at: str | None = None


class OfflineAuthor(BaseModel):
    """
    No model wrote the summary: it was made from the profile by fixed rules.

    Attributes:
        name: How readers are told of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["offline"] = "offline"
    name: Literal["offline summary (no model)"] = OFFLINE


Author: TypeAlias = Annotated[ModelAuthor | OfflineAuthor, Field(discriminator="kind")]
"""Who wrote a summary."""


class Summary(Answer):
    """
    A summary that fits its shape; the contract of `output/llm_validated.json`.

    Attributes:
        version: Of this document's shape.
        author: Who wrote it.
        check: Each figure that it states, held against the profile.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[2] = 2
    author: Author
    check: FigureCheck
