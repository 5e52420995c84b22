"""
Traces as records: what JSON can say of a run, for later builds.

Knows every field of a trace, and of the differences that a run was for. A record
begins with its own digest, so that one which was altered is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from capstone_build.core.artifact import is_inside
from capstone_build.core.digest import Digest, digest_bytes, digest_mapping
from capstone_build.core.fingerprint import Aspect, Part
from capstone_build.core.plan import Difference
from capstone_build.core.stage import StageName
from capstone_build.core.trace import Trace


def trace_name(trace: Trace) -> tuple[Digest, Digest]:
    """Return what tells *trace* from all others: its key, and what was discovered."""
    found = {f"{aspect.value} {key}": d for (aspect, key), d in trace.discovered.items()}
    return trace.key, digest_mapping(found)


def trace_as_text(trace: Trace) -> str:
    """Return *trace* as `trace_from_text` reads it."""
    record = {
        "stage": trace.stage,
        "fingerprint": _listed(trace.fingerprint),
        "inputs": dict(trace.inputs),
        "discovered": _listed(trace.discovered),
        "outputs": dict(trace.outputs),
        "seconds": trace.seconds,
        "said": _listed(trace.said),
        "identity": trace.identity,
        "sources": dict(trace.sources),
        "places": _listed(trace.places),
    }
    text = json.dumps(record, separators=(",", ":"))
    return f"{digest_bytes(text.encode())} {text}"


def trace_from_text(text: str) -> Trace:
    """
    Read what `trace_as_text` returned.

    Raises:
        ValueError: If it is not that, as are `TypeError`, `KeyError` and
            `AttributeError`.
    """
    digest, _, text = text.partition(" ")
    if digest_bytes(text.encode("utf-8", "surrogatepass")) != digest:
        raise ValueError("it is not what was written")
    record = json.loads(text)
    if outside := [path for path in record["outputs"] if not is_inside(path)]:
        raise ValueError(f"{outside[0]!r} is no path in a project")
    return Trace(
        stage=StageName(record["stage"]),
        fingerprint=_mapping(record["fingerprint"]),
        inputs=record["inputs"],
        discovered=_mapping(record["discovered"]),
        outputs=record["outputs"],
        seconds=record["seconds"],
        said=_mapping(record["said"]),
        identity=record["identity"],
        sources=record["sources"],
        places=_mapping(record["places"]),
    )


def differences_as_text(differences: Iterable[Difference]) -> str:
    """Return *differences* as `differences_from_text` reads them."""
    rows = [(d.aspect.value, d.key, d.then, d.now, d.before, d.after) for d in differences]
    return json.dumps(rows, separators=(",", ":"))


def differences_from_text(text: str) -> tuple[Difference, ...]:
    """
    Read what `differences_as_text` returned.

    Raises:
        ValueError: If it is not that, as is `TypeError`.
    """
    return tuple(Difference(Aspect(aspect), *more) for aspect, *more in json.loads(text))


def _listed(mapping: Mapping[Part, str]) -> list[list[str]]:
    return [[aspect.value, name, value] for (aspect, name), value in mapping.items()]


def _mapping(listed: Iterable[list[Any]]) -> dict[Part, Digest]:
    return {(Aspect(aspect), name): Digest(value) for aspect, name, value in listed}
