"""
What a project answers that looks after it: what was accepted, taken away, let go of, checked.

Knows what was done as data; does none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from capstone_build.answers.answer import Answer
from capstone_build.core import collection, finding, rebuilt
from capstone_build.core.collection import Bounds
from capstone_build.presentation.cleaning import cleaning_lines, cleaning_record
from capstone_build.presentation.collection import collection_lines, collection_record
from capstone_build.presentation.explanation import accepted_lines
from capstone_build.presentation.rebuilding import (
    rebuilding_ending,
    rebuilding_record,
    rebuilt_line,
)
from capstone_build.presentation.sentence import clause
from capstone_build.presentation.verification import verification_lines, verification_record
from capstone_build.tending.accepting import Accepted
from capstone_build.tending.cleaning import Cleaned as CleanedFiles


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Acceptance(Answer):
    """
    Which stages were taken for up to date.

    Attributes:
        stages: For each what was accepted (`because`), and what it waits for.
    """

    stages: tuple[Accepted, ...]

    def as_dict(self) -> Mapping[str, Any]:
        """Return each stage's name, what was accepted in words, and what it waits for."""
        return {
            "format": 1,
            "stages": [
                {
                    "name": each.stage,
                    "because": [clause(difference) for difference in each.because],
                    "waits_for": list(each.waits_for),
                }
                for each in self.stages
            ],
        }

    def _lines(self, colour: bool) -> Iterable[str]:  # noqa: ARG002 (they have none)
        for each in self.stages:
            yield from accepted_lines(each.stage, each.because, each.waits_for)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Cleaned(CleanedFiles, Answer):
    """
    What was taken away of what stages left, or would be.

    Attributes:
        leftovers: For each file that is there what became of it, its `size` in bytes.
        printed: What the pipeline's modules printed while they were imported.
        dry_run: Whether nothing was done.
    """

    dry_run: bool = False

    def as_dict(self) -> Mapping[str, Any]:
        """Return the files, and what became of each."""
        return cleaning_record(self.leftovers)

    def _lines(self, colour: bool) -> Iterable[str]:
        nothing = "nothing to remove"
        return cleaning_lines(self.leftovers, colour, is_dry=self.dry_run, nothing=nothing)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Collection(collection.Collection, Answer):
    """
    What the memory let go of, or would; sizes are in bytes. See the attributes of its base.

    Attributes:
        bounds: How much of the past was to be kept.
        dry_run: Whether nothing was done.
    """

    bounds: Bounds
    dry_run: bool = False

    def as_dict(self) -> Mapping[str, Any]:
        """Return what `capstone gc --json` tells."""
        own = {"bounds", "dry_run"}
        return {k: v for k, v in collection_record(self).items() if k not in own}

    def _lines(self, colour: bool) -> Iterable[str]:
        return collection_lines(self, self.bounds, colour, is_dry=self.dry_run)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verification(finding.Verification, Answer):
    """What was checked byte by byte, and what is wrong: `findings`. See its base."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def as_dict(self) -> Mapping[str, Any]:
        """Return what `capstone verify --json` tells."""
        return verification_record(self)

    def _lines(self, colour: bool) -> Iterable[str]:
        return verification_lines(self, colour)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Rebuilding(rebuilt.Rebuilding, Answer):
    """How second runs compare with what is recorded: `stages`, by name. See its base."""

    def as_dict(self) -> Mapping[str, Any]:
        """Return what `capstone verify --rebuild --json` tells."""
        return rebuilding_record(self)

    def _lines(self, colour: bool) -> Iterable[str]:
        each = (rebuilt_line(stage, colour) for stage in self.stages.values())
        return [*each, *rebuilding_ending(self, colour)]
