"""The page of `netsandbox serve`: it asks no other server for anything, keys work in it at once, and what is copied
comes to the browser's clipboard.

textual-serve's script draws the terminal and speaks with the socket; `SCRIPT` goes before it and listens in.
"""

from __future__ import annotations

from html import escape

DARK, LIGHT = "#121212", "#e0e0e0"
"""Around the terminal: the backgrounds of textual-dark and textual-light."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>netsandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/xterm.css">
<style>
@font-face {{
  font-family: "Roboto Mono"; font-weight: 100 700; src: url("/static/fonts/RobotoMono-VariableFont_wght.ttf");
}}
html, body {{ height: 100%; margin: 0; overflow: hidden; background: {background}; }}
#terminal {{ width: 100vw; height: 100vh; }}
.xterm .xterm-viewport {{ background-color: {background} !important; }} /* beside the last column, too narrow for one */
.textual-terminal {{ opacity: 0; }}
body.-first-byte .textual-terminal {{ opacity: 1; }}
#ended {{ display: none; position: absolute; inset: 0; place-content: center; z-index: 10; text-align: center;
  font: 16px "Roboto Mono", monospace; background: {background}; color: #888; }}
body.-closed #ended {{ display: grid; }}
button {{ font: inherit; padding: 0.5em 2em; }}
#start {{ display: none; }}
</style>
<script src="/page.js"></script>
</head>
<body>
<button id="start"></button>
<div id="ended"><p>This lab has ended.</p><button id="again">Begin again</button></div>
<div id="terminal" class="textual-terminal" data-session-websocket-url="{socket}" data-font-size="{size}"></div>
</body>
</html>
"""

SCRIPT = r"""
"use strict";
const COPY = /\x1b\]52;[a-z]*;([A-Za-z0-9+\/=]*)(?:\x07|\x1b\\)/g;

function copy(text) {
  if (navigator.clipboard) {
    navigator.clipboard.writeText(text).catch(() => byHand(text));
  } else {
    byHand(text);
  }
}

function byHand(text) {  // where the page came without encryption from another machine
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  takeKeys();
}

function takeKeys() {
  const keys = document.querySelector(".xterm-helper-textarea");
  if (keys && document.activeElement !== keys) keys.focus();
}

function look(data) {
  if (!(data instanceof ArrayBuffer)) return;
  if (!document.body.classList.contains("-first-byte")) setTimeout(takeKeys, 50);
  const bytes = new Uint8Array(data);
  if (bytes.indexOf(0x1b) < 0) return;
  const text = new TextDecoder("latin1").decode(bytes);
  for (const found of text.matchAll(COPY)) {
    const raw = Uint8Array.from(atob(found[1]), (one) => one.charCodeAt(0));
    copy(new TextDecoder().decode(raw));
  }
}

window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", (event) => look(event.data));
  }
};

// The terminal measures its letters once, when it opens: they have to be there.
async function begin() {
  document.getElementById("again").addEventListener("click", () => location.reload());
  const fonts = ["", "bold "].map((weight) => document.fonts.load(weight + '16px "Roboto Mono"'));
  await Promise.allSettled(fonts);
  const script = document.createElement("script");
  script.src = "/static/js/textual.js";
  script.addEventListener("load", () => window.onload(new Event("load")));
  document.head.append(script);
}

window.addEventListener("focus", takeKeys);
window.addEventListener("load", begin);
"""


def page(socket: str, size: int, light: bool) -> str:
    """The page whose terminal speaks with a web socket.

    Args:
        size: of its letters, in pixels.
    """
    return _PAGE.format(socket=escape(socket, quote=True), size=size, background=LIGHT if light else DARK)


def policy(socket: str) -> str:
    """What the page may load and speak with (Content-Security-Policy): this server, and nothing else."""
    return (f"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            f"connect-src 'self' {socket}; frame-ancestors 'none'; form-action 'none'; base-uri 'none'")
