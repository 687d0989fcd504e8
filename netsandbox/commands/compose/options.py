"""The options of docker compose itself, which stand before its commands, and what its commands' options say."""

from __future__ import annotations

from netsandbox.commands.docker.client.flags import Flag


def without_effect(names: dict[str, str], kind: str = "bool", *, refuses: bool = False) -> tuple[Flag, ...]:
    """Flags that change nothing here, as a note says, or that are refused by name (names: what --help says of each, by
    `name` or `name/letter`)."""
    return tuple(Flag(name.partition("/")[0], name.partition("/")[2], kind.partition(" ")[0], usage,
                      ignored=not refuses, refused=refuses, value=kind.rpartition(" ")[2])
                 for name, usage in names.items())


def refused(names: dict[str, str], kind: str = "bool") -> tuple[Flag, ...]:
    """Flags that ask for something that is not modelled."""
    return without_effect(names, kind, refuses=True)


RELEASE = "v2.40.3"  # Of the Compose whose words these commands have
BEFORE = (
    *refused({"all-resources": "Include all resources, even those not used by services",
              "dry-run": "Execute command in dry run mode"}),
    *without_effect({"ansi": 'Control when to print ANSI control characters ("never"|"always"|"auto") (default '
                             '"auto")'}, "string"),
    *without_effect({"compatibility": "Run compose in backward compatibility mode"}),
    Flag("env-file", "", "list", "Specify an alternate environment file", value="stringArray"),
    Flag("file", "f", "list", "Compose configuration files", value="stringArray"),
    *without_effect({"parallel": "Control max parallelism, -1 for unlimited (default -1)"}, "int"),
    Flag("profile", "", "list", "Specify a profile to enable", value="stringArray"),
    Flag("progress", "", "string", "Set type of progress output (auto, tty, plain, json, quiet)", value="string"),
    Flag("project-directory", "", "string", "Specify an alternate working directory\n(default: the path of the, first "
         "specified, Compose file)", value="string"),
    Flag("project-name", "p", "string", "Project name", value="string"),
    Flag("verbose", hidden=True, ignored=True))
"""The options that stand before a command."""
GLOBAL = tuple(flag if flag.name == "dry-run" else flag._replace(short="", hidden=True) for flag in BEFORE)
"""The same as a command knows them: it shows one of them alone."""
DRY = tuple(flag._replace(refused=flag.refused and flag.name != "dry-run") for flag in GLOBAL)
"""The same of a command that can tell what it would do, or does nothing but look."""
SHORT = {"-f": "--file", "-p": "--project-name"}
WITH_VALUE = frozenset(f"--{flag.name}" for flag in BEFORE if flag.kind != "bool")
TEMPLATE_WORDS = (
    "Format output using a custom template:\n'table':            Print output in table format with column headers "
    "(default)\n"
    "'table TEMPLATE':   Print output in table format using the given Go template\n"
    "'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\n"
    "Refer to https://docs.docker.com/{page}/ for more information about formatting output with templates{end}")
TEMPLATE = Flag("format", "", "string", TEMPLATE_WORDS.format(
    page="go/formatting", end=' (default "table")'), value="string")
"""--format of a list."""


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
