"""The application that the verbs are registered with."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from corpus_tools.cli.console import Terminal

app = App(
    name="corpus-tools", help="Build, check and use stand-off annotated corpora.", help_format="plaintext", console=Terminal()
)
Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print JSON.")]
app.register_install_completion_command(
    help="Install completion for bash, zsh, fish or PowerShell; adds a line to the shell's startup file."
)
