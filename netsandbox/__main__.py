"""`python -m netsandbox`."""

from __future__ import annotations

import sys


def program() -> int:
    """The command line's exit status; Ctrl-C ends it with 130 also while it is still being imported."""
    try:
        from netsandbox.cli import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(program())
