"""wget's command line, GNU's and BusyBox's."""

from __future__ import annotations

from netsandbox.apps.program import UsageError

FLAGS = {"q": "quiet", "S": "server-response", "c": "continue", "4": "inet4-only"}
VALUED = {"O": "output-document", "T": "timeout", "t": "tries", "P": "directory-prefix", "U": "user-agent"}
LONG = {"quiet": False, "server-response": False, "spider": False, "no-check-certificate": False, "no-verbose": False,
        "output-document": True, "timeout": True, "tries": True, "header": True, "post-data": True, "user-agent": True,
        "no-proxy": False, "inet4-only": False}
"""Long options, and whether they take a value."""


class WgetOptions:
    """What is asked for.

    Attributes:
        output: the file to write, `-` for standard output, empty for the URL's own name.
        timeout: seconds, 0 for the usual ones.
    """

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.quiet = self.spider = self.shows_response = False
        self.output = ""
        self.timeout = 0.0
        self.headers: list[str] = []
        self.post: str | None = None


def parse(arguments: list[str], is_gnu: bool) -> WgetOptions:
    """Read a command line.

    Raises:
        UsageError: as wget words it.
    """
    options, rest = WgetOptions(), list(arguments)
    while rest:
        word = rest.pop(0)
        if word.startswith("--") and len(word) > 2:
            name, equals, value = word[2:].partition("=")
            if name not in LONG:
                raise UsageError(_unknown(f"unrecognized option '--{name}'", is_gnu), 2)
            if LONG[name] and not equals:
                value = _next(rest, f"option '--{name}' requires an argument", is_gnu)
            _set(options, name, value)
        elif word.startswith("-") and len(word) > 1:
            _short(options, word[1:], rest, is_gnu)
        else:
            options.urls.append(word)
    if not options.urls:
        raise UsageError("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\n"
                         "Try `wget --help' for more options." if is_gnu else
                         "BusyBox v1.37.0 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] URL...", 1)
    return options


def _short(options: WgetOptions, letters: str, rest: list[str], is_gnu: bool) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter == "n" and letters[:1] == "v":
            letters = letters[1:]
        elif letter in FLAGS:
            _set(options, FLAGS[letter], "")
        elif letter in VALUED:
            value = letters or _next(rest, f"option requires an argument -- '{letter}'", is_gnu)
            _set(options, VALUED[letter], value)
            return
        else:
            raise UsageError(_unknown(f"invalid option -- '{letter}'", is_gnu), 2)


def _next(rest: list[str], problem: str, is_gnu: bool) -> str:
    if not rest:
        raise UsageError(_unknown(problem, is_gnu), 2)
    return rest.pop(0)


def _unknown(problem: str, is_gnu: bool) -> str:
    usage = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options." if is_gnu else (
        "BusyBox v1.37.0 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] URL...")
    return f"wget: {problem}\n{usage}"


def _set(options: WgetOptions, name: str, value: str) -> None:
    if name == "quiet":
        options.quiet = True
    elif name == "spider":
        options.spider = True
    elif name == "server-response":
        options.shows_response = True
    elif name == "output-document":
        options.output = value
    elif name == "header":
        options.headers.append(value)
    elif name == "post-data":
        options.post = value
    elif name in ("continue", "directory-prefix"):
        raise UsageError(f"wget: --{name} is not modelled", 2)
    elif name == "timeout":
        try:
            options.timeout = max(float(value), 0.0)
        except ValueError:
            raise UsageError(f"wget: --timeout: Invalid time period ‘{value}’", 2) from None
    elif name == "user-agent":
        options.headers.append(f"User-Agent: {value}")
