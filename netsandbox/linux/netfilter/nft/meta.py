"""What nft knows of a packet beside its headers and its connection: meta, and interfaces."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.linux.core.devices.interface import MAX_NAME
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import WORD, Span, UsageError
from netsandbox.linux.netfilter.matches.host import read_group, read_user, write_users
from netsandbox.linux.netfilter.matches.state import mark_of
from netsandbox.linux.netfilter.nft import elements
from netsandbox.linux.netfilter.nft.numbers import Field, ask, numbers_of
from netsandbox.linux.netfilter.nft.reader import Reader, protocol_name, protocols
from netsandbox.linux.netfilter.targets.packet import class_number, class_text

MOST_LENGTH = 0xFFFF


def _interface(reader: Reader, name: str) -> None:
    at = reader.place + (reader.words[:1] in (["!="], ["=="]))
    is_known = name in ("iif", "oif")

    def shown(text: str) -> str:
        if not is_known and (not text or len(text) > MAX_NAME):
            raise reader.line.complaint_of(f"String exceeds maximum length of {MAX_NAME + 1}" if text else
                                           "Empty string is not allowed", text, at)
        device = reader.line.interface(text) if is_known else text
        if device is None and text.isdecimal():
            raise reader.not_modelled(f"{name} {text}")
        if device is None:
            raise reader.line.complaint("Interface does not exist", at)
        return f'"{device}"'
    negated, value = reader.asked(name, shown, elements.texts)
    devices = [shown(one)[1:-1] for one in value.split(",")]
    reader.one_of(negated, [["-i" if name.startswith("i") else "-o", one.replace("*", "+")] for one in devices])


class Interface:
    """iif, iifname, oif and oifname."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, reader: Reader) -> None:
        _interface(reader, self.name)


def _mark_of(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    return buffer.mark


MARK = Field(_mark_of, WORD, "#010x", wrong="Could not parse packet mark", looks_at=(mark_of,))


def meta(reader: Reader) -> None:
    field = reader.take()
    if reader.words[:1] == ["set"]:
        if field not in SET:
            raise reader.not_modelled(f"meta {field} set")
        reader.take()
        SET[field](reader)
    elif field in ASKED:
        ASKED[field](reader)
    elif field in ("iifname", "iif", "oifname", "oif"):
        _interface(reader, field)
    else:
        raise reader.not_modelled(f"meta {field}")


OPERATORS = {"&": "and", "and": "and", "|": "or", "or": "or", "^": "xor", "xor": "xor"}
SIGNS = {"and": "&", "or": "|", "xor": "^"}
OWN = {"meta": "MARK", "ct": "CONNMARK"}
HASHES = ("jhash", "numgen", "symhash")  # What a mark may be set to that iptables counts or works out otherwise


def set_mark(reader: Reader, whose: str) -> None:
    """The packet's mark, or the connection's: a number, or the other one's, or a few bits of it changed."""
    at, word = reader.place, reader.take()
    if word == "mark":
        reader.words.insert(0, word)
        word = "meta"
    said = f"{whose} mark set "
    if word in HASHES:
        raise reader.not_modelled(f"{said}{word}")
    if word not in OWN:
        number, = numbers_of(reader, MARK, [word], at)[0]
        reader.said.append(said + MARK.write(number))
        reader.first.append(["-j", OWN[whose], "--set-mark", str(number)])
    elif reader.take() != "mark":
        raise reader.not_modelled(f"{said}{word}")
    else:
        _set_to_mark(reader, whose, word, f"{said}{word} mark")


def _set_to_mark(reader: Reader, whose: str, word: str, said: str) -> None:
    """To a mark that there is, of which an operator and a number may follow."""
    operator, number = "", WORD
    if reader.words[:1] and reader.words[0] in OPERATORS:
        operator = OPERATORS[reader.take()]
        (number,), = numbers_of(reader, MARK, [reader.take()], reader.place - 1)
        said += f" {SIGNS[operator]} {MARK.write(number)}"
    is_changed_again = bool(reader.words) and reader.words[0] in (*OPERATORS, "<<", ">>")
    if is_changed_again or (word != whose and operator in ("or", "xor")):
        raise reader.not_modelled(said)
    reader.said.append(said)
    if word == whose:
        reader.first.append(["-j", OWN[whose], f"--{operator or 'or'}-mark", str(number if operator else 0)])
    else:
        restores = whose == "meta"
        masks = ["--nfmask", str(WORD if restores else number), "--ctmask", str(number if restores else WORD)]
        reader.first.append(["-j", "CONNMARK", "--restore-mark" if restores else "--save-mark",
                             *(masks if operator else [])])


def _set_own_mark(reader: Reader) -> None:
    set_mark(reader, "meta")


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
    ask(reader, "meta mark", MARK)


def _length(reader: Reader) -> None:
    negated, span = list[str](), reader.compared("meta length", str, MOST_LENGTH)
    if span is None:
        negated, span = reader.asked("meta length")
    reader.out += ["-m", "length", *negated, "--length", span.replace("-", ":")]


def _protocol(reader: Reader) -> None:
    negated, value = reader.asked("meta l4proto", protocol_name, protocols)
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


def _user(reader: Reader) -> None:
    _owner(reader, "skuid", read_user, "User does not exist")


def _group(reader: Reader) -> None:
    _owner(reader, "skgid", read_group, "Group does not exist")


def _owner(reader: Reader, name: str, read: Callable[[str], Span], unknown: str) -> None:
    def shown(part: str) -> str:
        try:
            return write_users(read(part))
        except UsageError:
            raise reader.line.complaint(unknown, reader.place - 1) from None
    negated, span = list[str](), reader.compared(f"meta {name}", shown, WORD - 1)
    if span is None:
        negated, span = reader.asked(f"meta {name}", shown, elements.numbers)
    reader.one_of(negated, [["-m", "owner", f"--{name[2:]}-owner", one] for one in map(shown, span.split(","))])


def _cpu(reader: Reader) -> None:
    if reader.words[:1] and reader.words[0] in ("<", ">", "<=", ">="):
        raise reader.not_modelled(f"meta cpu {reader.words[0]}")
    negated, value = reader.asked("meta cpu")
    reader.one_of(negated, [["-m", "cpu", "--cpu", one] for one in value.split(",")])


def _network_protocol(reader: Reader) -> None:
    """Of what this reads all is IPv4."""
    negated, value = reader.asked("meta protocol")
    if value not in ("ip", "ip6"):
        raise reader.not_modelled(f"meta protocol {value}")
    if (value == "ip6") is not bool(negated):
        reader.never(reader.said.pop())
    elif reader.words and len(reader.said) == 1 and not reader.is_inet:  # payload_dependency_kill
        reader.said.pop()


SET = {"mark": _set_own_mark, "priority": _set_priority, "nftrace": _set_trace}
ASKED = {"mark": _mark, "length": _length, "l4proto": _protocol, "nfproto": _family, "pkttype": _packet_type,
         "skuid": _user, "skgid": _group, "cpu": _cpu, "protocol": _network_protocol}


class Unprefixed:
    """A word that `meta` may be left out before."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __call__(self, reader: Reader) -> None:
        reader.words.insert(0, self.word)
        meta(reader)


UNPREFIXED = {word: Unprefixed(word) for word in ("mark", "pkttype", "skuid", "skgid", "cpu")}
