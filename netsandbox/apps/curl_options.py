"""curl's command line."""

from __future__ import annotations

from netsandbox.apps.program import UsageError

TRY = "curl: try 'curl --help' or 'curl --manual' for more information"
FLAGS = {"v": "verbose", "I": "head", "s": "silent", "S": "show-error", "O": "remote-name", "L": "location",
         "f": "fail", "i": "include", "k": "insecure", "4": "ipv4", "N": "no-buffer", "g": "globoff",
         "G": "get", "q": "disable"}
VALUED = {"o": "output", "m": "max-time", "w": "write-out", "d": "data", "X": "request", "H": "header",
          "A": "user-agent", "e": "referer"}
LONG_FLAGS = frozenset(FLAGS.values()) | {"http1.1", "http1.0", "no-progress-meter", "no-keepalive", "compressed"}
LONG_VALUED = frozenset(VALUED.values()) | {"resolve", "interface", "connect-timeout", "data-raw", "data-binary", "url",
                                            "max-redirs", "noproxy"}
REPEATED = frozenset({"header", "resolve", "url", "output"})
NUMBERS = frozenset({"max-time", "connect-timeout", "max-redirs"})
UNMODELLED_LONG = frozenset({
    "proxy", "user", "cookie", "cookie-jar", "form", "upload-file", "range", "http2", "http3", "ipv6", "cacert", "cert",
    "key", "parallel", "retry", "limit-rate", "socks5", "unix-socket", "trace", "trace-ascii", "json", "config",
    "continue-at", "dump-header", "netrc", "basic", "local-port", "data-urlencode", "create-dirs", "remote-time"})
UNMODELLED = dict(zip("xubcFTr6EZCDnKzt", (
    "proxy", "user", "cookie", "cookie-jar", "form", "upload-file", "range", "ipv6", "cert", "parallel", "continue-at",
    "dump-header", "netrc", "config", "time-cond", "telnet-option"), strict=True))


class CurlOptions:
    """What is asked for.

    Attributes:
        flags: long names of flags.  values: the last value by long name.  lists: all values of what may be repeated.
        data: the parts of a request's body, joined by &.
    """

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.values: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {name: [] for name in REPEATED}
        self.data: list[str] = []
        self.urls: list[str] = []

    def number(self, name: str) -> float | None:
        return float(self.values[name]) if name in self.values else None


def parse(arguments: list[str]) -> CurlOptions:
    """Read a command line.

    Raises:
        UsageError: as curl words it.
    """
    options, rest = CurlOptions(), list(arguments)
    while rest:
        word = rest.pop(0)
        if word.startswith("--") and len(word) > 2:
            _long(options, word[2:], rest)
        elif word.startswith("-") and len(word) > 1:
            _short(options, word[1:], rest)
        elif word != "--":
            options.urls.append(word)
    options.urls += options.lists["url"]
    if not options.urls:
        raise UsageError(TRY if not arguments else f"curl: (2) no URL specified\n{TRY}", 2)
    return options


def _long(options: CurlOptions, name: str, rest: list[str]) -> None:
    if name in LONG_FLAGS:
        options.flags.add(name)
    elif name in LONG_VALUED:
        _value(options, name, f"--{name}", rest)
    elif name.startswith("no-") and name[3:] in LONG_FLAGS:
        options.flags.discard(name[3:])
    elif name in UNMODELLED_LONG:
        raise UsageError(f"curl: --{name} is not modelled", 2)
    else:
        raise UsageError(f"curl: option --{name}: is unknown\n{TRY}", 2)


def _short(options: CurlOptions, letters: str, rest: list[str]) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in FLAGS:
            options.flags.add(FLAGS[letter])
        elif letter in VALUED:
            if letters:
                rest.insert(0, letters)
            _value(options, VALUED[letter], f"-{letter}", rest)
            return
        elif letter in UNMODELLED:
            raise UsageError(f"curl: -{letter} (--{UNMODELLED[letter]}) is not modelled", 2)
        else:
            raise UsageError(f"curl: option -{letter}: is unknown\n{TRY}", 2)


def _value(options: CurlOptions, name: str, spelled: str, rest: list[str]) -> None:
    if not rest:
        raise UsageError(f"curl: option {spelled}: requires parameter\n{TRY}", 2)
    value = rest.pop(0)
    if name in NUMBERS and not _is_number(value):
        raise UsageError(f"curl: option {spelled}: expected a proper numerical parameter\n{TRY}", 2)
    if name.startswith("data"):
        options.data.append(f"{'' if name == 'data-raw' else '@' * value.startswith('@')}"
                            f"{value if name == 'data-raw' else value.removeprefix('@')}")
    elif name in REPEATED:
        options.lists[name].append(value)
    else:
        options.values[name] = value


def _is_number(text: str) -> bool:
    whole, _dot, part = text.partition(".")
    return text.isascii() and (whole + part).isdecimal() and len(text) < 10
