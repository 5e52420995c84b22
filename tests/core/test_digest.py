"""Different content has different digests, and nothing else does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.digest import (
    Digest,
    Hasher,
    JsonValue,
    digest_bytes,
    digest_fields,
    digest_mapping,
    digest_value,
)

texts = st.lists(st.text(alphabet="ab:1é\ud800", max_size=4), max_size=4)


@given(texts, texts)
def test_fields_never_run_together(one: list[str], other: list[str]) -> None:
    """Two sequences of texts have one digest only if they are the same sequence."""
    assert (digest_fields(*one) == digest_fields(*other)) == (one == other)


def test_the_type_of_a_value_counts() -> None:
    """`1`, `1.0`, `True`, `"1"`, `[1]` and `None` are different parameters."""
    values: list[JsonValue] = [1, 1.0, True, "1", [1], None, "None", {"1": 1}, -0.0, 0.0]

    assert len({digest_value(value) for value in values}) == len(values)


@given(st.dictionaries(st.text(max_size=3), st.just(Digest("xxh3:0")), max_size=4))
def test_the_order_of_a_mapping_does_not_count(mapping: dict[str, Digest]) -> None:
    """A mapping filled in another order has the same digest."""
    turned = dict(reversed(mapping.items()))

    assert digest_mapping(mapping) == digest_mapping(turned)


@given(st.lists(st.binary(max_size=9), max_size=4))
def test_pieces_add_up_to_the_whole(pieces: list[bytes]) -> None:
    """Content digested in pieces has the digest of the content."""
    hasher = Hasher()
    for piece in pieces:
        hasher.update(piece)

    assert hasher.digest() == digest_bytes(b"".join(pieces))
