"""What somebody types who filters with Wireshark, in the words of this log's filter."""

from __future__ import annotations

import re

FIELDS = {
    "ip.addr": "host {}", "ip.host": "host {}", "ip.src": "src host {}", "ip.dst": "dst host {}",
    "ip.src_host": "src host {}", "ip.dst_host": "dst host {}", "arp.src.proto_ipv4": "arp and src host {}",
    "arp.dst.proto_ipv4": "arp and dst host {}", "frame.number": "frame {}",
    **{f"{protocol}.{field}": f"{protocol} and {words} {{}}" for protocol in ("tcp", "udp")
       for field, words in (("port", "port"), ("srcport", "src port"), ("dstport", "dst port"))},
}
_TEST = re.compile(r"(?:#(\d+)(?!\S)|(\w+(?:\.\w+)+)(?:\s*(==|!=|eq\b|ne\b|=)\s*([^\s()&|]+))?)")
FLAGS = re.compile(r"tcp\.flags\.(syn|fin|reset|push|ack|urg)\b(?:\s*(?:==|=|eq\b)\s*([01]))?", re.IGNORECASE)
SLICE = re.compile(r"\w+\[")


def meant_by(text: str) -> str:
    """What to say of the test that a text begins with; empty where it is none of Wireshark's."""
    flag = FLAGS.match(text)
    if flag is not None:
        name = {"reset": "rst", "push": "psh"}.get(flag[1].lower(), flag[1].lower())
        return f"did you mean `{'not ' * (flag[2] == '0')}{name}`?"
    if SLICE.match(text):
        return "of a header's bytes only TCP's flags are tests here, as in `tcp[tcpflags] & tcp-syn != 0`"
    found = _TEST.match(text)
    if found is None:
        return ""
    number, field, sign, value = found.groups()
    words = f"frame {number}" if number else FIELDS.get(field, "").format(value) if value else ""
    words = f"not ({words})" if words and sign in ("!=", "ne") else words
    if words:
        return f"did you mean `{words}`?"
    return "of Wireshark's fields only addresses, ports and frame.number are tests here" if sign else ""
