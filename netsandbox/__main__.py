"""`python -m netsandbox`."""

import _signal as signal  # type: ignore[import-not-found]  # of C: to load `signal` takes long enough to be interrupted
import sys


def program() -> int:
    """The command line's exit status; Ctrl-C ends it also while it is still being imported.

    By the signal itself, then: Python loses a KeyboardInterrupt in the callbacks of its own imports.
    """
    try:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        from netsandbox.cli import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(program())
