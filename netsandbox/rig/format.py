"""A kernel lab's JSON: what may be said in it, checked before anything is built, and how its result is written.

Each complaint names the place and what belongs there.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

from netsandbox.linux.core.devices import kind as kinds
from netsandbox.wire.addresses import AddressError, parse_ipv4, parse_mac

Action = dict[str, Any]
Result = dict[str, Any]
Finish = Callable[[Result], None]
FORMAT = "kernel_lab/1"
LONGEST = 1_000_000  # Seconds that anything in a lab may take, and how many times it may be done
DATAGRAM = 1 << 20  # Bytes of the longest datagram that a lab may try to send: more than any socket takes
SHOWN = 60
LARGEST = 1 << 26  # Bytes that one step of a TCP script sends or waits for


class KernelLabError(Exception):
    """The lab names something that does not exist, or that is not simulated."""


class Kind:
    """One kind of value: what it is called, and how it is recognised."""

    def __init__(self, name: str, accepts: Callable[[Any], bool]) -> None:
        self.name = name
        self.accepts = accepts

    def check(self, place: str, value: Any) -> None:
        """Raises KernelLabError unless the value is of this kind."""
        if not self.accepts(value):
            raise KernelLabError(f"{place}: {shown(value)} is not {self.name}")


def shown(value: Any) -> str:
    """A value as a complaint repeats it."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _integer(low: int, high: int) -> Kind:
    return Kind(f"an integer from {low} to {high}", lambda value: type(value) is int and low <= value <= high)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= LONGEST


def _is_address(value: Any) -> bool:
    return _parses(parse_ipv4, value)


def _parses(parse: Callable[[str], int], value: Any) -> bool:
    try:
        return isinstance(value, str) and parse(value) >= 0
    except AddressError:
        return False


def _is_size(arguments: list[Any]) -> bool:
    return len(arguments) == 1 and type(arguments[0]) is int and 0 <= arguments[0] <= LARGEST


def _is_pause(arguments: list[Any]) -> bool:
    return len(arguments) == 1 and _is_number(arguments[0])


STEPS: dict[str, Callable[[list[Any]], bool]] = {
    "send": lambda arguments: len(arguments) == 1 and isinstance(arguments[0], str), "send_n": _is_size,
    "recv": _is_size, "recv_n": _is_size, "recv_eof": lambda arguments: not arguments, "sleep": _is_pause,
    "until": _is_pause, "shutdown": lambda arguments: not arguments, "close": lambda arguments: not arguments,
    "rst": lambda arguments: not arguments}
"""The steps of a TCP script, and what each takes."""


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


TEXT = Kind("text", lambda value: isinstance(value, str))
NAME = Kind("a name", lambda value: isinstance(value, str) and bool(value) and value.isprintable())
IFACE_NAME = Kind("an interface name, of 1 to 15 characters", lambda value: bool(re.fullmatch(r"[^\s/:]{1,15}", value)))
TEXTS = Kind("a list of texts", _is_texts)
WORDS = Kind("a list of one or more texts", lambda value: _is_texts(value) and bool(value))
COMMAND = Kind("a node and a command, as a list of texts", lambda value: _is_texts(value) and len(value) > 1)
SCRIPT = Kind("a list of steps, each a list that begins with its name", lambda value: isinstance(value, list) and all(
    isinstance(step, list) and step and isinstance(step[0], str) and step[0] in STEPS and STEPS[step[0]](step[1:])
    for step in value))
LINK = Kind("two interfaces, each as \"node:iface\"", lambda value: _is_texts(value) and len(value) == 2)
FLAG = Kind("true or false", lambda value: value in (True, False))
SECONDS = Kind(f"a number of seconds from 0 to {LONGEST}", _is_number)
COUNT = _integer(0, LONGEST)
BYTE = _integer(0, 255)
PORT = _integer(0, 65535)
ADDRESS = Kind("an IPv4 address", _is_address)
MAC = Kind("a MAC address", lambda value: _parses(parse_mac, value))
SETTING = Kind("an integer or text", lambda value: type(value) in (int, str))
OBJECT = Kind("an object", lambda value: isinstance(value, dict))
LIST = Kind("a list", lambda value: isinstance(value, list))


def _one_of(*names: str) -> Kind:
    return Kind(" or ".join(names), lambda value: value in names)


LAB = {"name": TEXT, "about": TEXT, "jitter": TEXT, "nodes": OBJECT, "links": LIST, "setup": LIST, "settle": SECONDS,
       "linger": SECONDS, "frame_cap": COUNT, "actions": LIST,
       "observe": TEXTS, "drops": FLAG, "ipv6": FLAG}
NODE = {"ifaces": OBJECT, "routes": TEXTS, "sysctl": OBJECT, "netns_of": NAME, "iptables": TEXTS,
        "rules": TEXTS, "ipv6": FLAG}
IFACE = {"type": TEXT, "mac": MAC, "ip": TEXTS, "master": NAME, "mtu": _integer(0, 1 << 31), "up": FLAG,
         "ageing": SECONDS, "hub": FLAG, "args": TEXT, "link": TEXT}
EVERY_ACTION = {"do": TEXT, "in": NAME, "at": SECONDS, "bg": FLAG, "timeout": SECONDS, "show": FLAG}
UDP = {"reuse": FLAG, "ttl": BYTE, "tos": BYTE, "broadcast": FLAG,
       "pmtudisc": _one_of("dont", "want", "do", "probe"), "port": PORT}
TCP = {"reuse": FLAG, "ttl": BYTE, "tos": BYTE, "port": PORT}
NEEDED: dict[str, dict[str, Kind]] = {
    "ping": {"in": NAME, "to": TEXT}, "arping": {"in": NAME, "iface": TEXT, "to": TEXT},
    "ip": {"in": NAME, "args": TEXT}, "bridge": {"in": NAME, "args": TEXT}, "exec": {"in": NAME, "argv": WORDS},
    "link": {"in": NAME, "iface": TEXT, "state": TEXT}, "sysctl": {"in": NAME, "key": TEXT, "value": SETTING},
    "send_frame": {"in": NAME, "iface": TEXT, "hex": TEXT}, "udp_serve": {"in": NAME, "port": PORT},
    "udp_send": {"in": NAME, "to": ADDRESS, "port": PORT}, "tcp_serve": {"in": NAME, "port": PORT},
    "tcp_client": {"in": NAME, "to": ADDRESS, "port": PORT}, "bind": {"in": NAME, "proto": _one_of("tcp", "udp"),
                                                                  "port": PORT},
    "watch": {"in": NAME, "what": _one_of("neigh", "fdb", "stp"), "for": SECONDS}, "snapshot": {"as": TEXT},
    "wait": {"for": SECONDS}, "join": {}, "iptables": {"in": NAME, "args": TEXT}, "conntrack": {"in": NAME}}
"""The actions there are, each with the fields that it cannot do without."""
OPTIONAL: dict[str, dict[str, Kind]] = {
    "ping": {"count": COUNT, "args": TEXTS, "id": PORT}, "arping": {"count": COUNT, "args": TEXTS},
    "send_frame": {"count": COUNT}, "udp_serve": {**UDP, "addr": ADDRESS, "echo": FLAG},
    "udp_send": {**UDP, "from": ADDRESS, "sport": PORT, "data": TEXT, "size": _integer(0, DATAGRAM), "count": COUNT,
                 "interval": SECONDS, "wait": SECONDS, "connected": FLAG},
    "bind": {**UDP, "addr": ADDRESS}, "conntrack": {"args": TEXT},
    "tcp_serve": {**TCP, "addr": ADDRESS, "script": SCRIPT, "backlog": _integer(0, 65535), "accept": FLAG},
    "tcp_client": {**TCP, "from": ADDRESS, "sport": PORT, "script": SCRIPT},
    "watch": {"every": Kind("a number of seconds above 0", lambda value: _is_number(value) and value >= 0.001)}}


def check(spec: Any) -> None:
    """Refuse what is wrong or not simulated, by its name, before anything runs (KernelLabError: the first thing that
    was found)."""
    if not isinstance(spec, dict) or not isinstance(spec.get("nodes"), dict):
        raise KernelLabError("a lab is a JSON object with a key 'nodes'")
    _check_fields("lab", spec, LAB)
    for number, action in enumerate(spec.get("actions", [])):
        _check_action(spec, f"actions[{number}]", action)
    for node, body in spec["nodes"].items():
        _check_node(spec, node, body)
    _check_links(spec)
    for number, command in enumerate(spec.get("setup", [])):
        COMMAND.check(f"setup[{number}]", command)
        _check_node_name(spec, f"setup[{number}]", command[0])


def _check_fields(place: str, body: dict[str, Any], kinds: dict[str, Kind]) -> None:
    """An object that may have these keys and no others."""
    for key, value in body.items():
        if key not in kinds:
            raise KernelLabError(f"{place}: unknown key {shown(key)}; there are {', '.join(sorted(kinds))}")
        kinds[key].check(f"{place}.{key}", value)


def _check_node(spec: dict[str, Any], node: str, body: Any) -> None:
    place = f"nodes.{node}"
    NAME.check("nodes", node)
    OBJECT.check(place, body)
    _check_fields(place, body, NODE)
    if body.get("ipv6") or spec.get("ipv6"):
        raise KernelLabError(f"{place}: IPv6 is not simulated yet")
    owner = spec["nodes"].get(body.get("netns_of", node))
    if not isinstance(owner, dict) or ("netns_of" in body and "netns_of" in owner):
        raise KernelLabError(f"{place}.netns_of: {shown(body['netns_of'])} is no node with a namespace of its own")
    for key, value in body.get("sysctl", {}).items():
        SETTING.check(f"{place}.sysctl.{key}", value)
    for name, iface in body.get("ifaces", {}).items():
        IFACE_NAME.check(f"{place}.ifaces", name)
        OBJECT.check(f"{place}.ifaces.{name}", iface)
        _check_fields(f"{place}.ifaces.{name}", iface, IFACE)
        if kinds.find(iface.get("type", "veth")) is None and iface["type"] != "tap":
            raise KernelLabError(f"{place}.ifaces.{name}: interface type {shown(iface['type'])} is not simulated "
                                 f"({', '.join(kind.name for kind in kinds.all_kinds())} are)")
        if "link" in iface:
            _check_node_name(spec, f"{place}.ifaces.{name}.link", iface["link"].partition(":")[0])


def _check_action(spec: dict[str, Any], place: str, action: Any) -> None:
    """An action's fields; what else it says is only repeated in the result."""
    OBJECT.check(place, action)
    name = action.get("do")
    if not isinstance(name, str) or name not in NEEDED:
        raise KernelLabError(f"{place}: action {shown(name)} is not simulated; these are: {', '.join(sorted(NEEDED))}")
    for key in NEEDED[name].keys() - action.keys():
        raise KernelLabError(f"{place}: {name} needs {key!r}")
    for key, kind in {**EVERY_ACTION, **NEEDED[name], **OPTIONAL.get(name, {})}.items():
        if key in action:
            kind.check(f"{place}.{key}", action[key])
    if "in" in action:
        _check_node_name(spec, f"{place}.in", action["in"])


FIRST_KINDS = ("veth", "bridge", "vxlan", "macvlan")  # Devices that the kernel of the first labs had
SECOND_WORDS = ("vlan", "neigh_suppress")


def knows_vlans(spec: dict[str, Any]) -> bool:
    """Whether a lab is for a kernel whose bridges can filter by VLAN: what the first labs' kernel lacked is in it."""
    asked = [word for action in spec.get("actions", ()) for word in str(action.get("args", "")).split()
             if "show" not in str(action["args"])]
    asked += [word for command in spec.get("setup", ()) for word in command]
    if {"drops", "ipv6"} & spec.keys() or any(word.startswith(SECOND_WORDS) for word in asked):
        return True
    return any("rules" in node or iface.get("type", "veth") not in FIRST_KINDS
               or (iface.get("type") == "bridge" and "args" in iface)
               for node in spec["nodes"].values() for iface in node.get("ifaces", {}).values())


def _check_links(spec: dict[str, Any]) -> None:
    """Each end is a veth interface of a node, and has one cable."""
    taken: set[str] = set()
    for number, ends in enumerate(spec.get("links", [])):
        LINK.check(f"links[{number}]", ends)
        for end in ends:
            node, _colon, name = end.partition(":")
            _check_node_name(spec, f"links[{number}]", node)
            iface = spec["nodes"][node].get("ifaces", {}).get(name)
            if iface is None or iface.get("type", "veth") != "veth":
                raise KernelLabError(f"links[{number}]: {shown(end)}: node {node!r} has no veth interface {name!r}")
            if end in taken:
                raise KernelLabError(f"links[{number}]: {shown(end)} is in two links")
            taken.add(end)


def _check_node_name(spec: dict[str, Any], place: str, node: str) -> None:
    if node not in spec["nodes"]:
        raise KernelLabError(f"{place}: there is no node {shown(node)}; the lab has {', '.join(spec['nodes'])}")


def dump(result: dict[str, Any]) -> str:
    """JSON with one line for each frame, action and table row: small and diffable."""
    def block(value: Any, depth: int) -> str:
        pad = " " * depth
        if depth < 3 and isinstance(value, dict) and value:
            rows = [f"{pad} {json.dumps(key)}: {block(item, depth + 1)}" for key, item in value.items()]
            return "{\n" + ",\n".join(rows) + "\n" + pad + "}"
        if depth < 4 and isinstance(value, list) and value and isinstance(value[0], dict):
            return "[\n" + ",\n".join(f"{pad} {json.dumps(item)}" for item in value) + "\n" + pad + "]"
        return json.dumps(value)
    return block(result, 0) + "\n"
