"""
Names of statistics: which of them a phrase speaks of, in whatever words.

Knows the words of the profile and those that people and models use for the same;
does not know values.
"""

from __future__ import annotations

import functools
import re

_IN_SENTENCES = {
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
    name: re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])")
    for name, words in _IN_SENTENCES.items()
}
_SAME = {
    "mean": "average avg typical",
    "median": "q50 p50 middle 50th",
    "min": "minimum lowest least smallest earliest first start from oldest range",
    "max": "maximum highest greatest largest latest last end to newest peak range",
    "std": "stddev sd deviation",
    "skewness": "skew",
    "q25": "p25 25th quartile",
    "q75": "p75 75th quartile",
    "missing": "null blank absent lacking empty nan",
    "distinct": "unique different cardinality",
    "value": "top mode frequent common category rare dominant",
    "count": "frequency occurrence occurrences",
    "share": "percent percentage proportion ratio rate fraction pct",
    "row": "record observation",
    "duplicate": "duplicated repeated",
    "correlation": "pearson spearman cramer together association",
    "period": "timeline month day year week hour",
}
_MEANS: dict[str, set[str]] = {}
for _name, _others in _SAME.items():
    for _word in _others.split():
        _MEANS.setdefault(_word, set()).add(_name)
_FILLERS = frozenset(
    {
        *("a", "an", "all", "and", "but", "by", "for", "in", "is", "of", "on", "or", "the"),
        *("total", "number", "with"),
    }
)


def statistics_in(phrase: str) -> frozenset[str]:
    """Return the statistics that a part of a sentence names; none if it names none for sure."""
    plain = re.sub(r"[_.\s]+", " ", phrase).casefold()
    return frozenset(name for name, pattern in _PATTERNS.items() if pattern.search(plain))


@functools.lru_cache(maxsize=10_000)
def words_for(statistic: str) -> frozenset[str]:
    """
    Return the words of a statistic's name, one word for all that mean the same.

    Of a name that somebody gave: `Average`, `missing (%)`, `date range`; or of one of
    the profile: `quantiles.q50`, `share of nulls`.
    """
    found = set[str]()
    plain = statistic.casefold().replace("%", " percent ").replace("standard deviation", "std")
    for part in re.split(r"[^\w]+|_", plain):
        word = part if part in _MEANS or len(part) < 4 or part.endswith("ss") else part.rstrip("s")
        if word and word not in _FILLERS:
            found |= _MEANS.get(word, {word})
    return frozenset(found)
