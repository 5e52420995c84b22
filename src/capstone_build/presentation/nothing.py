"""What a build says that has nothing to do: it is said before anything else is imported."""

from __future__ import annotations

BUNDLED = "no pipeline.py here: this is the bundled data report of data/*.csv"


def nothing_to_do(stages: int) -> str:
    """Return the one line of a build in which so many *stages* are up to date."""
    if not stages:
        return "nothing to do: no stage is selected"
    return f"nothing to do: {'1 stage is' if stages == 1 else f'{stages} stages are'} up to date"
