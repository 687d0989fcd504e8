"""A message of BOOTP or DHCP in tcpdump's words (print-bootp.c)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netsandbox.wire.addresses import format_ipv4, format_mac
from netsandbox.wire.describe_out import characters

HEADER, MAGIC = 236, 240
COOKIE = bytes.fromhex("63825363")
ETHERNET = 1
KINDS = {1: "Request", 2: "Reply"}
MESSAGES = {1: "Discover", 2: "Offer", 3: "Request", 4: "Decline", 5: "ACK", 6: "NACK", 7: "Release", 8: "Inform"}
_FORMS = {
    "address": "1 Subnet-Mask,3 Default-Gateway,4 Time-Server,5 IEN-Name-Server,6 Domain-Name-Server,7 LOG,8 CS,"
    "9 LPR-Server,10 IM,11 RL,16 SS,28 BR,32 RSA,41 YS,42 NTP,44 Netbios-Name-Server,45 WDD,48 XFS,49 XDM,"
    "50 Requested-IP,54 Server-ID,65 N+S,68 MH,69 SMTP,70 POP3,71 NNTP,72 WWW,73 FG,74 IRC,75 STS,76 STDA,"
    "92 Associated-IP,112 NI,118 SUBNET",
    "signed": "2 Time-Zone,91 Last-Transaction-Time",
    "text": "12 Hostname,14 DP,15 Domain-Name,17 RP,18 EP,40 YD,47 Netbios-Scope,56 MSG,60 Vendor-Class,66 TFTP,67 BF,"
    "80 SLP-NA,88 TZSTR,95 LDAP,98 UAP,100 POSIX-TZ,101 TZ-Name,113 NITAG,114 URL",
    "short": "13 BS,22 RSZ,25 MTU-Table,26 MTU,57 MSZ,64 N+D,93 ARCH,117 NSSEARCH",
    "flag": "19 IPF,20 SRT,27 LSN,29 MD,30 MS,31 Router-Discovery,34 UT,36 IE,39 KG,116 NOAUTO",
    "pair": "21 PF,33 Static-Route",
    "byte": "23 TTL,37 TT,43 Vendor-Option,78 SLP-DA,79 SLP-SCOPE,83 ARMT,89 FQDNS,90 AUTH,94 NDI,97 GUID",
    "long": "24 MTU-Timeout,35 AT,38 KI,51 Lease-Time,58 RN,59 RB", "node": "46 Netbios-Node", "overload": "52 OO",
    "message": "53 DHCP-Message", "wanted": "55 Parameter-Request", "client": "61 Client-ID",
    "classes": "77 User-Class", "name": "81 FQDN", "agent": "82 Agent-Information",
    "routes": "121 Classless-Static-Route,249 Classless-Static-Route-Microsoft", "": "0 PAD,255 END"}
OPTIONS = {int(number): (name, form) for form, words in _FORMS.items()
           for number, name in (word.split(" ") for word in words.split(","))}
"""Names, and the form in which a value is told."""
PAD, END = 0, 255
NAMED = {"node": {1: "b-node", 2: "p-node", 4: "m-node", 8: "h-node"},
         "overload": {1: "file", 2: "sname", 3: "file+sname"}}
SUBOPTIONS = {1: "Circuit-ID", 2: "Remote-ID", 6: "Subscriber-ID"}
LINE = "\n\t      "


def dhcp_text(data: bytes, verbose: int) -> str:
    """`BOOTP/DHCP, Request from 02:42:ac:11:00:02, length 300`, and with -v its fields and options."""
    if not data:
        return " [|bootp]"
    kind, hardware, size = data[0], *data[1:3].ljust(2, b"\0")
    text = f"BOOTP/DHCP, {KINDS.get(kind, f'unknown (0x{kind:02x})')}"
    if len(data) < 3:
        return f"{text} [|bootp]"
    is_ethernet = (hardware, size) == (ETHERNET, 6)
    if kind == 1 and is_ethernet:
        if len(data) < 34:
            return f"{text} [|bootp]"
        text += f" from {_mac(data)}"
    text += f", length {len(data)}"
    return text if not verbose else text + _fields(data, is_ethernet, verbose)


def _mac(data: bytes) -> str:
    return format_mac(int.from_bytes(data[28:34], "big"))


class _EndsEarlyError(Exception):
    """The bytes end inside of what is to be told."""


def _fields(data: bytes, is_ethernet: bool, verbose: int) -> str:
    told: list[str] = []
    try:
        for part in (_numbers(data, is_ethernet, verbose), _addresses(data, is_ethernet), _names(data)):
            told.extend(part)
        _need(data, MAGIC)
    except _EndsEarlyError:
        return "".join(told) + " [|bootp]"
    return "".join(told) + _vendor(data, verbose)


def _need(data: bytes, size: int) -> None:
    if len(data) < size:
        raise _EndsEarlyError


def _numbers(data: bytes, is_ethernet: bool, verbose: int) -> Iterator[str]:
    _need(data, 10)
    hardware, size, hops = data[1:4]
    yield f", htype {hardware}" * (hardware != ETHERNET) + f", hlen {size}" * (not is_ethernet)
    yield f", hops {hops}" if hops else ""
    yield f", xid 0x{int.from_bytes(data[4:8], 'big'):x}"
    seconds, flags = int.from_bytes(data[8:10], "big"), int.from_bytes(data[10:12], "big")
    yield f", secs {seconds}" if seconds else ""
    _need(data, 12)
    yield f", Flags [{'Broadcast' if flags & 0x8000 else 'none'}]"
    yield f" (0x{flags:04x})" if verbose > 1 else ""


def _addresses(data: bytes, is_ethernet: bool) -> Iterator[str]:
    for name, at in (("Client", 12), ("Your", 16), ("Server", 20), ("Gateway", 24)):
        _need(data, at + 4)
        yield f"\n\t  {name}-IP {_ip(data, at)}" if any(data[at:at + 4]) else ""
    if is_ethernet:
        _need(data, 34)
        yield f"\n\t  Client-Ethernet-Address {_mac(data)}"


def _names(data: bytes) -> Iterator[str]:
    """The server's and the file's."""
    for name, at, end in (("sname", 44, 108), ("file", 108, HEADER)):
        _need(data, at + 1)
        if data[at]:
            value, mark, _rest = data[at:end].partition(bytes(1))
            yield f'\n\t  {name} "{characters(value)}"'
            if not mark:
                raise _EndsEarlyError


def _vendor(data: bytes, verbose: int) -> str:
    if data[HEADER:MAGIC] != COOKIE:
        number = int.from_bytes(data[HEADER:MAGIC], "big")
        return f"\n\t  Vendor-#0x{number:08x}" if number else ""
    return f"\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x{COOKIE.hex()}" + _options(data, MAGIC, verbose)


def _options(data: bytes, at: int, verbose: int) -> str:
    text = ""
    while at < len(data):
        kind = data[at]
        at += 1
        if kind == PAD and verbose < 3:
            continue
        if kind == END and verbose < 3:
            break
        name, form = OPTIONS.get(kind, ("Unknown", "any"))
        if kind in (PAD, END):
            run = 1
            while kind == PAD and at < len(data) and data[at] == PAD:
                at, run = at + 1, run + 1
            text += f"\n\t    {name} ({kind}), length 0" + (f", occurs {run}" if run > 1 else "")
            continue
        if at >= len(data):
            return f"{text} [|bootp]"
        size = data[at]
        value = data[at + 1:at + 1 + size]
        text += f"\n\t    {name} ({kind}), length {size}{': ' if size else ''}"
        if len(value) < size:
            return f"{text} [|bootp]"
        text += _value(form, value)
        at += 1 + size
    return text


def _value(form: str, data: bytes) -> str:
    if form in FORMS:
        return FORMS[form](data)
    if form == "any":
        form = "byte" if len(data) % 2 else "short" if len(data) % 4 else "long"
    if form == "byte":
        return ".".join(map(str, data))
    if form == "text":
        return f'"{characters(data)}"'
    size, read = NUMBERS[form]
    whole = len(data) - len(data) % size
    return ",".join(read(data[at:at + size]) for at in range(0, whole, size)) + _trailing(data[whole:])


def _trailing(rest: bytes) -> str:
    return f"\n\t  trailing data length {len(rest)}" if rest else ""


def _number(data: bytes) -> str:
    return str(int.from_bytes(data, "big"))


def _signed(data: bytes) -> str:
    return str(int.from_bytes(data, "big", signed=True))


def _address(data: bytes) -> str:
    return format_ipv4(int.from_bytes(data, "big"))


def _pair(data: bytes) -> str:
    return f"({_address(data[:4])}:{_address(data[4:])})"


def _flag(data: bytes) -> str:
    return {0: "N", 1: "Y"}.get(data[0], f"{data[0]}?")


NUMBERS: dict[str, tuple[int, Callable[[bytes], str]]] = {
    "address": (4, _address), "long": (4, _number), "signed": (4, _signed), "short": (2, _number), "pair": (8, _pair),
    "flag": (1, _flag)}
"""Bytes of one of several, and how it is told."""


def _node(data: bytes) -> str:
    return _named("node", data)


def _overload(data: bytes) -> str:
    return _named("overload", data)


def _named(form: str, data: bytes) -> str:
    if not data:
        return "[ERROR: length < 1 bytes]"
    return NAMED[form].get(data[0], f"#{data[0]}") + _trailing(data[1:])


def _message(data: bytes) -> str:
    return MESSAGES.get(data[0], f"Unknown ({data[0]})") if len(data) == 1 else _value("byte", data)


def _wanted(data: bytes) -> str:
    words = [f"{OPTIONS.get(kind, ('Unknown',))[0]} ({kind})" for kind in data]
    return "".join(f"{LINE}{', '.join(words[at:at + 4])}" for at in range(0, len(words), 4))


def _client(data: bytes) -> str:
    if not data:
        return "[ERROR: length < 1 bytes]"
    if not data[0]:
        return f'"{characters(data[1:])}"'
    return ("ether " if data[0] == ETHERNET else f"hardware-type {data[0]}, ") + data[1:].hex(":")


def _classes(data: bytes) -> str:
    if len(data) < 2:
        return "[ERROR: length < 2 bytes]"
    text, at, count = "", 0, 0
    while at < len(data):
        count, size = count + 1, data[at]
        text += f"{LINE}instance#{count}: "
        if not size:
            return f"{text}[ERROR: suboption length must be non-zero]"
        if at + 1 + size > len(data):
            return f"{text}[ERROR: invalid option]"
        text += f'"{characters(data[at + 1:at + 1 + size])}", length {size}'
        at += 1 + size
    return text


def _name(data: bytes) -> str:
    """RFC 4702: flags, two codes that nobody uses any more, the name."""
    if len(data) < 3:
        return "[ERROR: length < 3 bytes]"
    flags = data[0]
    text = f"[ERROR: MBZ nibble 0x{flags >> 4:x} != 0] " if flags & 0xF0 else ""
    letters = "".join(letter for bit, letter in ((1, "S"), (2, "O"), (4, "E"), (8, "N")) if flags & bit)
    text += f"[{letters}] " if letters else ""
    text += f"{data[1]}/{data[2]} " if data[1] or data[2] else ""
    return f'{text}"{characters(data[3:])}"'


def _agent(data: bytes) -> str:
    text, at = "", 0
    while at + 2 <= len(data):
        kind, size = data[at], data[at + 1]
        value = data[at + 2:at + 2 + size]
        text += f"{LINE}{SUBOPTIONS.get(kind, 'Unknown')} SubOption {kind}, length {size}: "
        if len(value) < size:
            return f"{text}length goes past end of option"
        text += characters(value) if kind in SUBOPTIONS else "".join(
            f"\n\t\t0x{row:04x}:  {value[row:row + 16].hex(' ', -2)}" for row in range(0, size, 16))
        at += 2 + size
    return text + _trailing(data[at:])


def _routes(data: bytes) -> str:
    """RFC 3442: of a destination the bytes that its mask covers."""
    if len(data) < 5:
        return "[ERROR: length < 5 bytes]"
    words: list[str] = []
    at = 0
    while at < len(data):
        width, left = data[at], len(data) - at - 1
        if width > 32:
            return ",".join([*words, f"[ERROR: Mask width ({width}) > 32]"])
        significant = (width + 7) // 8
        if significant + 4 > left:
            return ",".join([*words, f"[ERROR: Remaining length ({left}) < {significant + 4} bytes]"])
        destination = _address(data[at + 1:at + 1 + significant].ljust(4, b"\0"))
        at += 1 + significant
        words.append(f"({f'{destination}/{width}' if width else 'default'}:{_ip(data, at)})")
        at += 4
    return ",".join(words)


FORMS: dict[str, Callable[[bytes], str]] = {
    "node": _node, "overload": _overload, "message": _message, "wanted": _wanted, "client": _client,
    "classes": _classes, "name": _name, "agent": _agent, "routes": _routes}


def _ip(data: bytes, at: int) -> str:
    return _address(data[at:at + 4])
