"""What nft knows of a packet beside its headers: meta, interfaces, and its connection."""

from __future__ import annotations

from netsandbox.linux.netfilter.nft_reader import Reader, hexadecimal, protocol_name, protocol_order
from netsandbox.linux.netfilter.targets_packet import class_number, class_text

STATES = ("invalid", "established", "related", "new", "untracked")
"""Of a connection, in the order of their bits."""


MOST_LENGTH = 0xFFFF


def _interface(reader: Reader, name: str) -> None:
    at = reader.place + (reader.words[:1] in (["!="], ["=="]))
    negated, device = reader.asked(name, lambda word: '"' + word.strip('"') + '"')
    devices = device.replace('"', "").split(",")
    if name in ("iif", "oif") and not all(map(reader.line.has_interface, devices)):
        raise reader.line.complaint("Interface does not exist", at)
    reader.one_of(negated, [["-i" if name.startswith("i") else "-o", one.replace("*", "+")] for one in devices])


class Interface:
    """iif, iifname, oif and oifname."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, reader: Reader) -> None:
        _interface(reader, self.name)


def ct(reader: Reader) -> None:
    field = reader.take()
    if field == "mark" and reader.words[:1] == ["set"]:
        _set_connection_mark(reader)
        return
    if field == "mark":
        negated, value = reader.asked("ct mark", hexadecimal)
        reader.out += ["-m", "connmark", *negated, "--mark", value]
        return
    flags = {"state": "--ctstate", "status": "--ctstatus", "direction": "--ctdir"}
    if field not in flags:
        raise reader.not_modelled(f"ct {field}")
    at = reader.place
    negated, value = reader.asked(f"ct {field}", str, _state_order if field == "state" else None)
    if field == "state" and not set(value.split(",")) <= set(STATES):
        raise reader.line.complaint("Could not parse conntrack state", at + bool(negated))
    reader.out += ["-m", "conntrack", *negated, flags[field], value.upper()]


def _set_connection_mark(reader: Reader) -> None:
    reader.take()
    value = reader.take()
    if value in ("mark", "meta"):  # the packet's
        if value == "meta" and reader.take() != "mark":
            raise reader.not_modelled("ct mark set meta")
        reader.said.append("ct mark set meta mark")
        reader.first.append(["-j", "CONNMARK", "--save-mark"])
        return
    reader.said.append(f"ct mark set {hexadecimal(value)}")
    reader.first.append(["-j", "CONNMARK", "--set-mark", value])


def _state_order(name: str) -> int:
    return STATES.index(name) if name in STATES else len(STATES)


def meta(reader: Reader) -> None:
    field = reader.take()
    if field in SET and reader.words[:1] == ["set"]:
        reader.take()
        SET[field](reader)
    elif field in ASKED:
        ASKED[field](reader)
    elif field in ("iifname", "iif", "oifname", "oif"):
        _interface(reader, field)
    else:
        raise reader.not_modelled(f"meta {field}")


def _set_mark(reader: Reader) -> None:
    value = reader.take()
    if value == "ct" and reader.words[:1] == ["mark"]:
        reader.take()
        reader.said.append("meta mark set ct mark")
        reader.first.append(["-j", "CONNMARK", "--restore-mark"])
        return
    if value in ("mark", "meta", "ct"):
        raise reader.not_modelled(f"meta mark set {value}")
    reader.said.append(f"meta mark set {hexadecimal(value)}")
    reader.first.append(["-j", "MARK", "--set-mark", value])


def _set_priority(reader: Reader) -> None:
    at, value = reader.place, reader.take()
    classid = class_number(value)
    if classid is None:
        raise reader.line.complaint("Could not parse priority", at)
    reader.said.append(f"meta priority set {class_text(classid) if classid else 'none'}")
    reader.first.append(["-j", "CLASSIFY", "--set-class", class_text(classid)])


def _set_trace(reader: Reader) -> None:
    if reader.words[:1] != ["1"]:
        raise reader.not_modelled("meta nftrace")
    reader.take()
    reader.said.append("meta nftrace set 1")
    reader.first.append(["-j", "TRACE"])


def _mark(reader: Reader) -> None:
    negated, value = reader.asked("meta mark", hexadecimal)
    reader.out += ["-m", "mark", *negated, "--mark", value]


def _length(reader: Reader) -> None:
    negated, span = list[str](), reader.compared("meta length", str, MOST_LENGTH)
    if span is None:
        negated, span = reader.asked("meta length")
    reader.out += ["-m", "length", *negated, "--length", span.replace("-", ":")]


def _protocol(reader: Reader) -> None:
    negated, value = reader.asked("meta l4proto", protocol_name, protocol_order)
    reader.protocol = value
    reader.one_of(negated, [["-p", one] for one in value.split(",")])


def _family(reader: Reader) -> None:
    at = reader.place
    negated, value = reader.asked("meta nfproto")
    if not reader.is_inet:
        raise reader.line.complaint("meta nfproto is only useful in the inet family", at - 2, until=at - 1)
    if (value == "ipv6") is not bool(negated):
        reader.never(reader.said.pop())


def _packet_type(reader: Reader) -> None:
    negated, value = reader.asked("meta pkttype", lambda name: "host" if name == "unicast" else name)
    reader.one_of(negated, [["-m", "pkttype", "--pkt-type", "otherhost" if one == "other" else one]
                            for one in value.split(",")])


def _owner(reader: Reader) -> None:
    negated, value = reader.asked("meta skuid", lambda name: "0" if name == "root" else name)
    reader.out += ["-m", "owner", *negated, "--uid-owner", value]


SET = {"mark": _set_mark, "priority": _set_priority, "nftrace": _set_trace}
ASKED = {"mark": _mark, "length": _length, "l4proto": _protocol, "nfproto": _family, "pkttype": _packet_type,
         "skuid": _owner}


def mark(reader: Reader) -> None:
    reader.words.insert(0, "mark")
    meta(reader)


def packet_type(reader: Reader) -> None:
    reader.words.insert(0, "pkttype")
    meta(reader)
