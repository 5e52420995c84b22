"""A command line is read as a shell reads it, as far as the text tells."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capstone_build.analysis.commands.command_line import read_arguments, read_line
from capstone_build.analysis.commands.expansion import UNKNOWN, Expansion
from capstone_build.analysis.commands.shell_command import Guard, Simple

texts = st.text(st.characters(min_codepoint=1, codec="utf-8"), max_size=12)
marks = st.text(st.sampled_from("ab \t\n'\"\\$`(){};|&<>#*?=-!~/."), max_size=30)
LISTED = ["printf '%s\\n' ", "for each in ", "x=$(", "case ", "cat <<END\n", "( ", "{ ", "if "]


def words(simple: Simple) -> list[str | None]:
    """Return the words of a command, as far as they are literal."""
    return [each.literal for each in simple.words]


@given(st.lists(texts, min_size=1, max_size=5))
def test_what_is_quoted_is_read_back(arguments: list[str]) -> None:
    """Words that were quoted for the shell are those words."""
    [simple] = read_line(shlex.join(["p", *arguments]))

    assert words(simple) == ["p", *arguments]


@given(st.lists(texts.filter(bool), min_size=1, max_size=5))
def test_no_shell_no_quoting(arguments: list[str]) -> None:
    """The words of a program that is run without a shell stand for themselves."""
    [simple] = read_arguments(arguments)

    assert words(simple) == arguments


@given(st.sampled_from(["", *LISTED]), marks)
def test_any_text_is_read(beginning: str, text: str) -> None:
    """Nothing that can be typed makes the reading fail, or go on for ever."""
    for simple in read_line(beginning + text):
        assert simple.words or simple.assignments or simple.redirections


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("ab '\"\\"), min_size=1, max_size=10))
def test_quotes_are_those_of_a_shell(text: str) -> None:
    """Where the shell accepts the line, its words are ours."""
    line = f"printf '%s\\0' {text}"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False, timeout=20)
    if done.returncode == 0:
        [simple] = read_line(line)
        given = words(simple)[2:] or [""]  # printf prints one empty word

        assert "".join(f"{each}\0" for each in given) == done.stdout.decode()


@pytest.mark.parametrize(
    ("line", "programs"),
    [
        ("a; b && c || d | e & f", "abcdef"),
        ("a\nb\n\n  c", "abc"),
        ("(a; b) | { c; d; }", "abcd"),
        ("if a; then b; elif c; then d; else e; fi; f", "abcdef"),
        ("while a; do b; done; until c; do d; done < e", "abcd"),
        ("for x in p q; do a $x; done; for x; do b; done", "ab"),
        ("case $(a) in x|y) b;; (*) c ;; esac; d", "abcd"),
        ("f() { a; }; function g { b; }; c", "abc"),
        ("! a; time b; c \\\n  d", "abc"),
        ("x=$(a `b`) c \"$(d 'e)')\"", "badc"),
        ("a # b\nc", "ac"),
        ("cat <(a x) > y", "acat"),
    ],
)
def test_commands_are_found(line: str, programs: str) -> None:
    """However commands are joined and nested, each is found."""
    found = [words(each)[0] for each in read_line(line) if each.words]

    assert "".join(each or "" for each in found) == programs


def test_comments_are_none_in_words() -> None:
    """A `#` begins a comment only where a word may begin."""
    assert [words(each) for each in read_line("a b#c '#d' # e")] == [["a", "b#c", "#d"]]


def test_redirections_are_no_words() -> None:
    """Files are told apart by whether they are read or written; copies of descriptors are none."""
    [simple] = read_line("a <in >out 2>>log 2>&1 b")

    assert words(simple) == ["a", "b"]
    assert [(each.target.literal, each.writes) for each in simple.redirections] == [
        ("in", False),
        ("out", True),
        ("log", True),
    ]


def test_here_documents() -> None:
    """The text is the command's input; quoted delimiters keep it as it is."""
    first, second, third = read_line("a <<X; b <<-'Y'\n$V $(c)\nX\n\tp $V\n\tY\n")

    assert words(first) == ["a"]
    assert first.redirections[0].target.literal is None
    assert second.redirections[0].target.literal == "p $V\n"
    assert words(third) == ["c"]


def test_a_pipe_tells_its_source() -> None:
    """A command knows whose output it reads."""
    assert [each.source for each in read_line("a | b | c; d")] == [None, 0, 1, None]


def test_guards() -> None:
    """What is run in turn, if the one before succeeds, or maybe not at all."""
    line = "a && b || c; d\nif e; then f; fi; (g)"

    guards = [each.guard for each in read_line(line)]

    other = Guard.OTHER
    assert guards == [Guard.NONE, Guard.AND, other, Guard.NONE, other, other, Guard.NONE]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("A=x; p $A.py", ["x.py"]),
        ("for a in x y; do p s/$a.py; done", ["s/x.py", "s/y.py"]),
        ("A='x y'; p $A", ["x", "y"]),
        ("A='x y'; p \"$A\"", ["x y"]),
        ("p ${A:-x}", [UNKNOWN, "x"]),
        ("p $A/x.py $1", [f"{UNKNOWN}/x.py", UNKNOWN]),
        ("A=$A:x; p $A", [f"{UNKNOWN}:x"]),
        ("export A=x; p ${A}", ["x"]),
        ("p {a,b}.py", ["a.py", "b.py"]),
        ("p $(q)", [UNKNOWN]),
    ],
)
def test_variables_that_the_text_sets(line: str, values: list[str]) -> None:
    """A word is all that it may be; what cannot be told is unknown."""
    commands = read_line(line)
    last = next(each for each in commands if each.words and each.words[0].literal == "p")

    choices = Expansion(commands).words(last)[1:]

    assert [value.text for choice in choices for value in choice] == values
