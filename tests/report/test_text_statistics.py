"""Every figure of a column of text is the one that its definition gives, in plain Python."""

import statistics
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_report.column_profile import TextColumn
from capstone_report.column_statistics import profile_column

TEXTS = st.text(
    st.sampled_from("aAzZ09 .-_@é É\u00a0ß漢٣😀\t\n") | st.characters(codec="utf-8"), max_size=8
)


def described(values: Sequence[str | None]) -> TextColumn:
    """Return what is known of a column of text."""
    found = profile_column("x", 1, pa.chunked_array([pa.array(list(values), pa.string())]))
    assert isinstance(found, TextColumn)
    return found


def class_of(character: str) -> str:
    """Return the class of a character, by Python's own judgement."""
    if character.isupper():
        return "upper"
    if character.isalpha():
        return "lower"
    if character.isdecimal():
        return "digits"
    return "spaces" if character.isspace() else "marks"


@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_texts(values: list[str]) -> None:
    """Lengths, characters and frequencies are those that plain counting finds."""
    found = described(values)
    lengths = sorted(map(len, values))

    assert (found.count, found.distinct) == (len(values), len(set(values)))
    assert (found.min_length, found.max_length) == (lengths[0], lengths[-1])
    assert found.mean_length == pytest.approx(statistics.fmean(lengths))
    assert found.median_length == statistics.median(lengths)
    assert found.bytes == sum(len(each.encode()) for each in values)
    counts = Counter(class_of(character) for each in values for character in each)
    characters = found.characters.model_dump()
    assert characters.pop("beyond_ascii") == sum(not c.isascii() for each in values for c in each)
    assert characters == {name: counts[name] for name in characters}
    if found.top:
        expected = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0].encode()))
        assert [(each.value, each.count) for each in found.top] == expected[:10]


@given(st.lists(st.text(st.sampled_from("abAB12-. "), max_size=6), min_size=1, max_size=20))
def test_shapes(values: list[str]) -> None:
    """A shape puts A, a and 9 for letters and digits, and the most frequent are told."""
    signs = {"upper": "A", "lower": "a", "digits": "9"}
    drawn = ["".join(signs.get(class_of(c), c) for c in each) for each in values]
    expected = sorted(Counter(drawn).items(), key=lambda item: (-item[1], item[0]))

    assert [(each.value, each.count) for each in described(values).shapes] == expected[:5]


def test_shapes_beyond_ascii() -> None:
    """Letters of any script are letters."""
    shapes = described(["Éa-1", "Ab-2", "Жж-٣"]).shapes

    assert [(each.value, each.count) for each in shapes] == [("Aa-9", 3)]


def test_imbalance() -> None:
    """One less the entropy over its greatest: 0 for a fair coin, near 1 for a loaded one."""
    assert described(["a", "b"] * 10).imbalance == 0.0
    assert described(["a"] * 3 + ["b"]).imbalance == pytest.approx(1 - 0.8112781245, abs=1e-9)
    assert described(["a", "a"]).imbalance is None


def test_variants_and_white_space() -> None:
    """Spellings that differ in case or white space only are counted, and so is white space."""
    found = described(["Rome", "rome", "ROME ", "New  York", "New York", "Oslo", None])

    assert (found.variants, found.padded) == (5, 1)


def test_misfits() -> None:
    """What keeps a column from being one of numbers or of dates is named."""
    numbers = described(["1", "2.5", "-3", "4e2", "5", "6", "7", "8", "n/a", "n/a"])
    dates = described(["3-Nov-23", "10/12/2021", "2021-01-05", "Mar 3, 2020", "1930"])

    assert numbers.numeric == 8
    assert [(each.value, each.count) for each in numbers.misfits] == [("n/a", 2)]
    assert (dates.dated, dates.numeric) == (4, 1)
    assert [each.value for each in dates.misfits] == ["1930"]


def test_addresses_in_free_text_are_counted_and_masked() -> None:
    """An address somewhere in a text is counted, and does not get into a profile."""
    found = described(["write to ada@example.com", "write to ada@example.com", "no", "at @ five"])

    assert found.addresses == 2
    assert found.personal is None
    assert found.top[0].value == "write to [email]"
    assert "ada@" not in found.model_dump_json()
