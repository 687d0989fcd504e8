"""Opening the app on a terminal, and leaving the terminal as it was found."""

from __future__ import annotations

import asyncio
import signal

from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.options import Options

TERMINATED = 128 + signal.SIGTERM


def launch(options: Options) -> int:
    """Run the app to its end; returns the exit status."""
    return asyncio.run(_run(NetsandboxApp(options)))


async def _run(app: NetsandboxApp) -> int:
    """SIGTERM ends the app in order, so that the terminal is sane; the journal stays, to be recovered."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: app.exit(TERMINATED))
    status = await app.run_async()
    return status if status is not None else (app.return_code or 0)
