"""
Commands of other tools, as texts for capstone's shell.

Knows where `sh -e` would not do what the text means; runs nothing.
"""

from __future__ import annotations

import re

from capstone_build.founding.adopted import Spelling

BASH = ("bash", "-euo", "pipefail", "-c")
_BASH_ONLY = re.compile(
    r"\[\[|[<>]\(|<<<|&>|\|&|\$'|\$\{\w+(?:/|\^|,|:\d)|\$\{!|\{\d+\.\.\d+\}|\bpipefail\b"
    r"|(?:^|[;&|]\s*)(?:declare|shopt|mapfile|source)\s|\bfunction \w|\w\+?=\("
)
_MKDIR = re.compile(r"\bmkdir (?!-)")


def bash_for(text: str) -> tuple[str, ...]:
    """Return the shell for a text that only bash understands; nothing for any other."""
    return ("bash", "-ec") if _BASH_ONLY.search(text) else ()


def with_existing_folders(command: Spelling) -> Spelling:
    """Let `mkdir` be content with folders that are there: those of outputs are."""
    return tuple(
        _MKDIR.sub("mkdir -p ", each) if isinstance(each, str) else each for each in command
    )
