"""The options of docker compose itself, which stand before its commands."""

from __future__ import annotations

from netsandbox.commands.docker.flags import Flag, refused


def without_effect(*names: str, kind: str = "bool") -> tuple[Flag, ...]:
    """Flags that Compose has, and that change nothing here; a note says so."""
    return tuple(Flag(name.partition("/")[0], name.partition("/")[2], kind, hidden=True, ignored=True)
                 for name in names)


RELEASE = "v2.40.3"
"""Of the Compose whose words these commands have."""
GLOBAL = (
    Flag("file", "", "list", "Compose configuration files", hidden=True, value="stringArray"),
    Flag("project-name", "", "string", "Project name", hidden=True, value="string"),
    Flag("profile", "", "list", "Specify a profile to enable", hidden=True, value="stringArray"),
    Flag("ansi", "", "string", "Control when to print ANSI control characters", hidden=True, ignored=True),
    Flag("progress", "", "string", "Set type of progress output", hidden=True, ignored=True),
    *without_effect("compatibility"), *without_effect("parallel", kind="int"), *refused("dry-run", "all-resources"),
    Flag("env-file", "", "list", "Specify an alternate environment file", hidden=True, value="stringArray"),
    *refused("project-directory", kind="string"))
SHORT = {"-f": "--file", "-p": "--project-name"}
WITH_VALUE = frozenset({"--file", "--project-name", "--profile", "--ansi", "--progress", "--parallel",
                        "--project-directory", "--env-file"})


def moved_behind(words: list[str]) -> list[str]:
    """`compose -f FILE up` as `compose up -f FILE`, for a command reads its options itself."""
    before, rest = list[str](), words[1:]
    while rest and rest[0].startswith("-") and rest[0] not in ("-h", "--help"):
        word = rest.pop(0)
        word = SHORT.get(word, word)
        before.append(word)
        if word in WITH_VALUE and rest:
            before.append(rest.pop(0))
    return [words[0], *rest[:1], *before, *rest[1:]]
