"""wget's command line, GNU's and BusyBox's."""

from __future__ import annotations

from netsandbox.apps.options import read_options
from netsandbox.apps.program import UsageError

USAGE = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options."
BUSYBOX_USAGE = "BusyBox v1.37.0 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] URL..."
FLAGS = frozenset({*"qSc4", "spider", "no-check-certificate", "no-verbose", "no-proxy"})
VALUED = frozenset({*"OTtPUn", "header", "post-data"})
LONG = {"quiet": "q", "server-response": "S", "inet4-only": "4", "output-document": "O", "timeout": "T", "tries": "t",
        "user-agent": "U", **{name: name for name in FLAGS | VALUED if len(name) > 1}}
NOT_MODELLED = {"c": "continue", "P": "directory-prefix"}


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
    options, usage = WgetOptions(), USAGE if is_gnu else BUSYBOX_USAGE
    given, options.urls = read_options("wget", arguments, FLAGS, VALUED, LONG, usage, 2)
    for name, value in given:
        _set(options, name, value)
    if not options.urls:
        raise UsageError(f"wget: missing URL\n{USAGE}" if is_gnu else BUSYBOX_USAGE, 1)
    return options


def _set(options: WgetOptions, name: str, value: str) -> None:
    if name == "q":
        options.quiet = True
    elif name == "spider":
        options.spider = True
    elif name == "S":
        options.shows_response = True
    elif name == "O":
        options.output = value
    elif name == "header":
        options.headers.append(value)
    elif name == "post-data":
        options.post = value
    elif name in NOT_MODELLED:
        raise UsageError(f"wget: --{NOT_MODELLED[name]} is not modelled", 2)
    elif name == "n" and value.strip("v"):
        raise UsageError(f"wget: illegal option -- `-n{value.strip('v')[0]}'\n{USAGE}", 2)
    elif name == "T":
        try:
            options.timeout = max(float(value), 0.0)
        except ValueError:
            raise UsageError(f"wget: --timeout: Invalid time period ‘{value}’", 2) from None
    elif name == "U":
        options.headers.append(f"User-Agent: {value}")
