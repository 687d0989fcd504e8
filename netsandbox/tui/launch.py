"""Opening the app on a terminal, and leaving the terminal as it was found."""

from __future__ import annotations

import asyncio
import os
import signal
from threading import Event, Thread

from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.options import Options

ENDED_BY = ("SIGTERM", "SIGHUP", "SIGINT")  # Signals that end the app in order; some systems have not all of them
LONGEST_END = 3  # Seconds for that: a terminal that is closed may take no more output, and then the process just ends


LOOK = 1.0  # Seconds between two looks at whether the terminal is still there


def launch(options: Options) -> int:
    """Run the app to its end; returns the exit status."""
    return asyncio.run(_run(NetsandboxApp(options)))


async def _run(app: NetsandboxApp) -> int:
    """A signal ends the app in order, so that the terminal is sane; the journal stays, to be recovered."""
    loop = asyncio.get_running_loop()
    # Not by the loop's own handlers: it stands still while a terminal takes no output, and would never call them.
    for number in (getattr(signal, name) for name in ENDED_BY if hasattr(signal, name)):
        signal.signal(number, lambda number, _frame: _end(app, loop, number))
    app.at_work.start()
    over = Event()
    if hasattr(signal, "SIGHUP") and "TEXTUAL_DRIVER" not in os.environ:
        Thread(target=_hang_up_with_the_terminal, args=(over,), name="terminal", daemon=True).start()
    status = await app.run_async()
    over.set()
    app.at_work.end()
    app.autosave.leave()
    return status if status is not None else (app.return_code or 0)


def _end(app: NetsandboxApp, loop: asyncio.AbstractEventLoop, number: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(LONGEST_END)
    loop.call_soon_threadsafe(app.exit, 128 + number)


def _hang_up_with_the_terminal(over: Event) -> None:
    """Not every process is told that its terminal was closed, maybe while it loaded its modules, and one that waits to
    paint does not read its end."""
    while not over.wait(LOOK):
        if not os.isatty(0):
            os.kill(os.getpid(), signal.SIGHUP)
            return
