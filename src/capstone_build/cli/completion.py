"""`capstone completion`: what a shell needs to complete commands, options and targets."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> int:
    """
    Print the completion script for SHELL.

    For bash: capstone completion bash > ~/.local/share/bash-completion/completions/capstone
    """
    kind = get_completion_class(shell)
    assert kind is not None, "click knows these three"  # noqa: S101
    root = context.find_root().command
    click.echo(kind(root, {}, "capstone", "_CAPSTONE_COMPLETE").source())
    return 0
