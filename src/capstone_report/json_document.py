"""
JSON documents: a model as the bytes of an artifact.

Knows how JSON is laid out for people who read it and compare versions of it;
does not know what is in it. The same model gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel


def write_document(document: BaseModel, path: Path) -> None:
    """Write *document*, fields in the order of their declaration, one on a line."""
    text = json.dumps(
        document.model_dump(mode="json"), indent=2, ensure_ascii=False, allow_nan=False
    )
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
