"""
Names of statistics: which of them a phrase speaks of, in whatever words.

Knows the words of the profile and those that people and models use for the same;
does not know values.
"""

from __future__ import annotations

import re

_WORDS = {
    "mean": r"mean|average|averages|averaging|avg",
    "median": r"median|q50|p50",
    "min": r"min|minimum|lowest|least|smallest|earliest",
    "max": r"max|maximum|highest|greatest|largest|latest",
    "std": r"std|stddev|standard deviation|sd",
    "skewness": r"skew|skewness",
    "kurtosis": r"kurtosis",
    "q25": r"q25|p25|first quartile|lower quartile|25th percentile|25 ?%",
    "q75": r"q75|p75|third quartile|upper quartile|75th percentile|75 ?%",
    "nulls": r"nulls?|missing|blank|missing cells",
    "distinct": r"distinct|distinct values|unique values|cardinality",
    "zeros": r"zeros?|zeroes",
    "negatives": r"negatives?",
    "duplicates": r"duplicates?|duplicated|duplicate rows|repeated rows",
    "rejected": r"rejected|rows rejected",
    "correlation": r"correlations?|correlated|pearson|spearman|cramer",
}
_PATTERNS = {
    name: re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])") for name, words in _WORDS.items()
}


def statistics_in(phrase: str) -> frozenset[str]:
    """Return the statistics that *phrase* names; none if it names none that is known."""
    plain = re.sub(r"[_.\s]+", " ", phrase).casefold()
    return frozenset(name for name, pattern in _PATTERNS.items() if pattern.search(plain))
