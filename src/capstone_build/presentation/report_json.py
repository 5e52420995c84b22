"""
What a build did, as JSON for other programs.

Knows a report and its results; does not know who reads them. The shape is
documented in docs/json.md, and stable.
"""

from __future__ import annotations

from capstone_build.core.digest import JsonValue
from capstone_build.core.report import BuildReport, Failure, StageResult
from capstone_build.presentation.ending import verdict
from capstone_build.presentation.graph_json import difference_record

FORMAT = 1


def report_record(report: BuildReport) -> dict[str, JsonValue]:
    """Return *report* as JSON can say it."""
    return {
        "format": FORMAT,
        "build": report.build or None,
        "seconds": report.seconds,
        "interrupted": report.interrupted,
        "counts": {outcome.value: count for outcome, count in report.counts.items()},
        "stages": [result_record(each) for each in report.results.values()],
        "unreached": list(report.unreached),
        "standing": list(report.standing),
        "says": verdict(report),
    }


def result_record(result: StageResult) -> dict[str, JsonValue]:
    """Return what came of one stage."""
    return {
        "name": result.stage,
        "outcome": result.outcome.value,
        "because": [difference_record(each) for each in result.because],
        "seconds": result.seconds,
        "changed": result.changed,
        "memory": result.memory,
        "outputs": [{"path": p, "digest": digest} for p, digest in result.outputs.items()],
        "failure": None if result.failure is None else failure_record(result.failure),
    }


def failure_record(failure: Failure) -> dict[str, JsonValue]:
    """Return how a run failed."""
    return {
        "cause": failure.cause.value,
        "message": failure.message,
        "traceback": failure.traceback,
        "violations": [
            {"artifact": each.artifact, "problem": each.problem} for each in failure.violations
        ],
        "printed": list(failure.printed),
        "log": failure.log or None,
        "kept": failure.kept or None,
    }
