
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
