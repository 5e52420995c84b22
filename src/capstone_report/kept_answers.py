"""
Kept answers: what a model answered, so that the same question is asked once.

Knows what makes two questions the same: every word of them, the model, its server
and the parameters that the answer depends on. Does not know what a good answer is:
only those that became a summary are kept. One that cannot be read is none.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from capstone_report.summary import Answer

_FOLDER = "answers"


class KeptAnswer(BaseModel):
    """
    An answer that became a summary.

    Attributes:
        texts: Everything the model said, the last of which fitted.
        answer: That one, as it was read.
        created: When it was made, in seconds of Unix time, by the server's clock.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: tuple[str, ...] = Field(min_length=1)
    answer: Answer
    created: int | None = None


class KeptAnswers:
    """
    The answers that a project keeps.

    Args:
        folder: The folder of models' memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER

    def find(self, question: Mapping[str, object]) -> KeptAnswer | None:
        """Return the answer to *question*; None if there is none."""
        try:
            return KeptAnswer.model_validate_json(self._path(question).read_bytes())
        except (OSError, ValidationError):
            return None

    def keep(self, question: Mapping[str, object], answer: KeptAnswer) -> None:
        """Keep the answer to *question*, whole or not at all."""
        path = self._path(question)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(answer.model_dump_json())
            Path(beside).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(beside).unlink()
            raise

    def _path(self, question: Mapping[str, object]) -> Path:
        text = json.dumps(question, sort_keys=True, ensure_ascii=False)
        return self._folder / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
