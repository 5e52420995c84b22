"""
Sentences: why a stage runs, in words.

Knows how a difference is said in one clause; does not know how it was found,
nor how much room there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import CanRestore, Difference, MayRun, UpToDate, Verdict
from capstone_build.presentation.cells import cut
from capstone_build.presentation.escaping import for_terminal

_TELLING = (
    Aspect.FORCED,
    Aspect.NEW,
    Aspect.VERSION,
    Aspect.CODE,
    Aspect.COMMAND,
    Aspect.FILE,
    Aspect.PARAMETER,
    Aspect.DECLARATION,
    Aspect.INPUT,
    Aspect.READ,
    Aspect.IMPORTED,
    Aspect.ENVIRONMENT,
    Aspect.PACKAGE,
    Aspect.OUTPUT,
    Aspect.UNFINISHED,
)
"""
Aspects, the most telling first.

What a person edited comes before what follows from it: an input that is
declared with another path is also one file gone and another one new.
"""

_RANK = {aspect: rank for rank, aspect in enumerate(_TELLING)}

_CLAUSES = {
    Aspect.FORCED: ("forced",) * 3,
    Aspect.NEW: ("never ran",) * 3,
    Aspect.UNFINISHED: ("did not finish last time",) * 3,
    Aspect.COMMAND: ("command changed", "is a command now", "is no longer a command"),
    Aspect.DECLARATION: (
        "declaration changed: {}",
        "declaration added: {}",
        "declaration removed: {}",
    ),
    Aspect.INPUT: ("input {} changed", "input {} is new", "input {} is gone"),
    Aspect.FILE: ("file {} changed", "file {} is new", "file {} is gone"),
    Aspect.READ: (
        "{}, read but not declared, changed",
        "{} is read now, and not declared",
        "{} is no longer read",
    ),
    Aspect.IMPORTED: (
        "code changed: {}, looked up while it ran",
        "code now looked up: {}",
        "code no longer looked up: {}",
    ),
    Aspect.ENVIRONMENT: (
        "environment variable {} changed",
        "environment variable {} counts now",
        "environment variable {} counts no longer",
    ),
    Aspect.OUTPUT: (
        "output {} was changed since it was built",
        "output {} was added since it was built",
        "output {} is missing",
    ),
}
"""What is said of a thing that changed, that is new and that is gone."""

_EXECUTED = {
    "<effects>": "what {module} does when it is executed",
    "<order of effects>": "the order in which modules are imported",
    "<script>": "what {module} does when it is run",
}
"""What is said of code that has no name of its own."""

_LONGEST_VALUE = 40
_SHARED_BEFORE = 12


def reason(differences: Sequence[Difference]) -> str:
    """Return why a stage runs: the most telling difference, and how many more there are."""
    if not differences:
        return ""
    first = min(differences, key=by_weight)
    more = len(differences) - 1
    return clause(first) + (f" (+{more} more)" if more else "")


def by_weight(difference: Difference) -> tuple[int, int, bool]:
    """Return what sorts differences, the most telling first."""
    is_unnamed = difference.key.rpartition(":")[2] in _EXECUTED
    return _RANK[difference.aspect], _kind(difference), is_unnamed


def verdict_line(verdict: Verdict) -> str:
    """Return what is to become of a stage, and why."""
    if isinstance(verdict, UpToDate):
        return "up to date"
    if isinstance(verdict, MayRun):
        return f"may run: waits for {listed(verdict.waits_for)}"
    because = reason(verdict.because)
    return (
        f"can be restored: {because}"
        if isinstance(verdict, CanRestore)
        else (f"must run: {because}")
    )


def listed(names: Iterable[str], at_most: int = 4) -> str:
    """Return *names* with commas between, the first few and how many more there are."""
    shown = [for_terminal(name) for name in names]
    if len(shown) <= at_most:
        return ", ".join(shown)
    return f"{', '.join(shown[:at_most])} (+{len(shown) - at_most} more)"


def needing_excluded(stages: Sequence[str]) -> str:
    """Say of *stages* why they are left out."""
    return f"{listed(stages)}: {'needs' if len(stages) == 1 else 'each needs'} what is excluded"


def clause(difference: Difference) -> str:
    """Return one *difference* in words; never the value of an environment variable."""
    key = for_terminal(difference.key).rstrip(":")
    match difference.aspect:
        case Aspect.CODE:
            return _code(difference)
        case Aspect.PARAMETER | Aspect.PACKAGE:
            return _value(f"{difference.aspect.value} {key}", difference)
        case Aspect.VERSION:
            return _value("version", difference)
        case Aspect.READ if key.endswith("/"):
            return _names(key, difference)
        case _:
            return _CLAUSES[difference.aspect][_kind(difference)].replace("{}", key)


def _names(folder: str, difference: Difference) -> str:
    """Say which names came to a folder that is listed, and which went."""
    before, after = ({*text.split("\n"), ""} for text in (difference.before, difference.after))
    news = [f"{for_terminal(name)} is new" for name in sorted(after - before)]
    news += [f"{for_terminal(name)} is gone" for name in sorted(before - after)]
    said = f"{folder}, listed but not declared, changed"
    if not difference.after or not news:
        return said
    return f"{said}: {listed(news)}"


def _kind(difference: Difference) -> int:
    """Tell something that changed (0) from something that is new (1) or gone (2)."""
    if difference.now is None and difference.then is not None:
        return 2
    return 1 if difference.then is None and difference.now is not None else 0


def _code(difference: Difference) -> str:
    verb = ("code changed", "code now used", "code no longer used")[_kind(difference)]
    place = for_terminal(difference.after or difference.before)
    module, _, name = difference.key.rpartition(":")
    what = _EXECUTED.get(name, "{key}").format(
        key=for_terminal(difference.key), module=for_terminal(module)
    )
    said = f"{verb}: {what}"
    return f"{said} ({place})" if place else said


def _value(what: str, difference: Difference) -> str:
    """Say what became of a value, with both spellings where they are known and differ."""
    kind = _kind(difference)
    if kind == 2:
        return f"{what} is gone"
    if kind == 1:
        return f"{what} is new" + (f": {_shown(difference.after)}" if difference.after else "")
    before, after = difference.before, difference.after
    if not (before and after) or before == after:
        return f"{what} changed"
    if max(len(before), len(after)) > _LONGEST_VALUE:
        start = max(0, _shared(before, after) - _SHARED_BEFORE)
        if start:
            before, after = f"...{before[start:]}", f"...{after[start:]}"
    return f"{what}: {_shown(before)} -> {_shown(after)}"


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _shown(value: str) -> str:
    return cut(for_terminal(value), _LONGEST_VALUE)
