"""Completion scripts for shells: subcommands, bundled scenarios, files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

SHELLS = ("bash", "zsh", "fish")


def script(shell: str, commands: Sequence[str]) -> str:
    """The script that a shell sources: completion.SHELL beside this module."""
    text = Path(__file__).with_suffix(f".{shell}").read_text(encoding="utf-8")
    return text.replace("{commands}", " ".join(commands)).rstrip("\n")
