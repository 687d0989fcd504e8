"""Opening the app on a terminal, and leaving the terminal as it was found."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.options import Options

ENDED_BY = ("SIGTERM", "SIGHUP", "SIGINT")
"""Signals that end the app in order; some systems have not all of them."""
LONGEST_END = 3
"""Seconds for that: a terminal that is closed may take no more output, and then the process just ends."""


def launch(options: Options) -> int:
    """Run the app to its end; returns the exit status."""
    return asyncio.run(_run(NetsandboxApp(options)))


async def _run(app: NetsandboxApp) -> int:
    """A signal ends the app in order, so that the terminal is sane; the journal stays, to be recovered."""
    loop = asyncio.get_running_loop()
    for name in ENDED_BY:
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError):  # the event loop of Windows takes no signals
                loop.add_signal_handler(number, _end, app, number)
    app.at_work.start()
    status = await app.run_async()
    app.at_work.end()
    app.autosave.leave()
    return status if status is not None else (app.return_code or 0)


def _end(app: NetsandboxApp, number: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(LONGEST_END)
    app.exit(128 + number)
