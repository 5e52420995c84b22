"""Commands are filled in so that no path or value can say more than itself."""

from __future__ import annotations

import subprocess

from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.template import Values, argument_list, places, shell_line


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8))
def test_any_value_is_one_word_of_the_line(value: str) -> None:
    """Quotes, dollars, spaces and newlines reach the program as they are."""
    values = {"inputs": {}, "outputs": {}, "params": {"x": value}}

    line = shell_line("printf %s. {params.x}", values)
    said = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True).stdout

    assert said.decode() == value + "."


def test_other_braces_are_left_alone() -> None:
    """`awk` and `${HOME}` need no escape."""
    line = "awk '{print $1}' {inputs.raw} > ${HOME}/{x}"

    assert places(line) == [("inputs", "raw")]
    filled = shell_line(line, {"inputs": {"raw": ["a b", "c"]}, "outputs": {}, "params": {}})
    assert filled == "awk '{print $1}' 'a b' c > ${HOME}/{x}"


def test_a_path_is_never_taken_for_an_option() -> None:
    """A name that begins with a dash is given as a path."""
    values: Values = {"inputs": {"raw": ["-rf"]}, "outputs": {"out": "-o"}, "params": {"n": "-5"}}

    words = argument_list(["head", "{params.n}", "{inputs.raw}", "--to={outputs.out}"], values)

    assert words == ["head", "-5", "./-rf", "--to=./-o"]


def test_a_list_becomes_several_arguments() -> None:
    """A pattern's files are words of their own; all inputs at once as well."""
    values = {"inputs": {"a": ["1", "2"], "b": ["3"]}, "outputs": {}, "params": {}}

    assert argument_list(["cat", "{inputs}"], values) == ["cat", "1", "2", "3"]
