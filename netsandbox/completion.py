"""Completion scripts for shells: subcommands, bundled scenarios, files."""

from __future__ import annotations

from collections.abc import Sequence

SHELLS = ("bash", "zsh", "fish")

_BASH = """\
_netsandbox() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}"
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{commands} $(netsandbox list 2>/dev/null)" -- "$word") $(compgen -f -- "$word"))
    else
        COMPREPLY=($(compgen -W "$(netsandbox list 2>/dev/null)" -- "$word") $(compgen -f -- "$word"))
    fi
}}
complete -o filenames -F _netsandbox netsandbox
"""

_ZSH = """\
#compdef netsandbox
_netsandbox() {{
    if (( CURRENT == 2 )); then compadd {commands}; fi
    compadd $(netsandbox list 2>/dev/null)
    _files
}}
compdef _netsandbox netsandbox
"""

_FISH = """\
complete -c netsandbox -n __fish_use_subcommand -a '{commands}'
complete -c netsandbox -a '(netsandbox list 2>/dev/null)'
"""


def script(shell: str, commands: Sequence[str]) -> str:
    """The script that a shell sources."""
    template = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}[shell]
    return template.format(commands=" ".join(commands)).rstrip("\n")
