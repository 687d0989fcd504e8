"""The page of `netsandbox serve`: it asks no other server for anything, keys work in it at once, and what is copied
comes to the browser's clipboard.

textual-serve's script draws the terminal and speaks with the socket; `SCRIPT` goes before it and listens in.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

DARK, LIGHT = "#121212", "#e0e0e0"
"""Around the terminal: the backgrounds of textual-dark and textual-light."""

_PAGE = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
SCRIPT = Path(__file__).with_name("page.js").read_text(encoding="utf-8")


def page(socket: str, size: int, light: bool) -> str:
    """The page whose terminal speaks with a web socket (size: of its letters, in pixels)."""
    text = _PAGE.replace("{size}", str(size)).replace("{background}", LIGHT if light else DARK)
    return text.replace("{socket}", escape(socket, quote=True))


def policy(socket: str) -> str:
    """What the page may load and speak with (Content-Security-Policy): this server, and nothing else."""
    return (f"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            f"connect-src 'self' {socket}; frame-ancestors 'none'; form-action 'none'; base-uri 'none'")
