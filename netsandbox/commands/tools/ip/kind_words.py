"""What may follow `type KIND`: the words that a kind declares (linux/core/devices/kind.py), as iproute2 reads them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.ip.route_words import dsfield_of, table_of
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.notes import note
from netsandbox.commands.tools.word_values import address_of, mac_bytes, number, number_of, reader, whole_address
from netsandbox.commands.tools.words import USAGE, Key, Words, garbage, key, on_or_off, parse, refused, wrong
from netsandbox.linux.core.devices.kind import Attribute, Form, LinkKind
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.wire.addresses import AddressError, is_multicast, parse_ipv4


def read_settings(kind: LinkKind, slave: bool, words: Words, namespace: NetworkNamespace,
                  read_peer: Callable[[Words], Any], makes: bool) -> dict[str, Any]:
    """All words behind `type KIND` or `type KIND_slave`.

    Args:
        read_peer: reads a device of its own, as behind `peer`.

    Raises:
        ToolError: a word that the kind does not have, or a wrong value.
    """
    attributes = kind.slave_attributes if slave else kind.attributes
    if attributes is not None and not attributes and words:
        raise ToolError(1, f'Garbage instead of arguments "{words.next()} ...". Try "ip link help".')
    keys = [_key(attribute, kind, namespace, read_peer) for attribute in attributes or ()]
    if kind.takes_each_once:
        given: set[str] = set()
        keys = [_checked(one, attribute, given) for one, attribute in zip(keys, attributes or (), strict=True)]
    found = parse(words, keys, lambda word, _words: _refuse(kind, slave, word))
    complaint = kind.complaint(found, makes)
    if complaint:
        raise ToolError(1, complaint)
    for word in found.keys() & kind.without_effect:
        note(f"{word} of a {kind.name}")
    return found


def _refuse(kind: LinkKind, slave: bool, word: str) -> None:
    """A word that the kind has not, in iproute2's words; it may ask for help."""
    usage = usage_of(kind, slave)
    if (word and "help".startswith(word)) or kind.unknown is None:
        raise ToolError(1, usage)
    name = f"{kind.name}_slave" if slave else kind.name
    complaint = kind.unknown if kind.unknown and not slave else f'{name}: unknown option "{{word}}"?'
    raise ToolError(1 if kind.attributes or slave else 255, f"{complaint.format(word=word)}\n{usage}")


def usage_of(kind: LinkKind, slave: bool = False) -> str:
    """Its usage text; where it has none of its own, one that the table gives."""
    if kind.usage and not slave:
        return kind.usage
    attributes = (kind.slave_attributes if slave else kind.attributes) or ()
    shown = [_shown(attribute) for attribute in attributes if attribute.form is not Form.REFUSED]
    return " ".join([f"Usage: ... {kind.name}{'_slave' if slave else ''}", *shown])


def _shown(attribute: Attribute) -> str:
    word = attribute.spellings[0].rstrip("*")
    value = {Form.FLAG: "", Form.ON_OFF: " { on | off }", Form.ADDRESS: " ADDR", Form.DEVICE: " DEV",
             Form.ADDRESSES: " ADDR,…",
             Form.CHOICE: f" {{ {' | '.join(attribute.choices)} }}"}.get(attribute.form, f" {word.upper()}")
    return f"[ {word}{value} ]"


def _key(attribute: Attribute, kind: LinkKind, namespace: NetworkNamespace, read_peer: Callable[[Words], Any]) -> Key:
    """One keyword of a kind."""
    spellings, name = attribute.spellings, attribute.key
    readers: dict[Form, Callable[[Words], Any]] = {
        Form.FLAG: lambda _words: attribute.value, Form.WORD: Words.next, Form.PEER: read_peer,
        Form.NUMBER: number(attribute.complaint, 0, attribute.high),
        Form.CHOICE: lambda words: _choice(words, attribute), Form.ADDRESS: lambda words: _address(words, attribute),
        Form.ADDRESSES: _addresses,
        Form.DEVICE: lambda words: interface_named(namespace, words.next(), attribute.code),
        Form.MAP: lambda words: _map(words, attribute),
        Form.GROUP: lambda words: _station(words, attribute, True),
        Form.HOST: lambda words: _station(words, attribute, False), Form.PAIR: lambda words: _pair(words, attribute),
        Form.AUTO_TTL: lambda words: _auto_ttl(words, attribute), Form.LIST: _list,
        Form.TUNNEL_KEY: lambda words: _tunnel_key(words, name),
        Form.TTL: lambda words: _ttl(words, attribute), Form.TABLE: reader(table_of, attribute.complaint),
        Form.REFUSED: lambda words: [words.next() for _ in range(attribute.words)]}
    if attribute.form is Form.ON_OFF:
        return on_or_off(spellings[0], attribute.code, attribute.complaint)._replace(name=name)
    if attribute.form is Form.REFUSED:
        return refused(*spellings, of=f"a {kind.name}", read=readers[attribute.form], name=name)
    return key(*spellings, read=readers[attribute.form], name=name)._replace(first_only=attribute.first_only)


def _checked(one: Key, attribute: Attribute, given: set[str]) -> Key:
    """check_duparg: a second value, which is looked at only then, is refused; a word that stands alone is its own."""
    is_alone = attribute.form is Form.FLAG or not attribute.words

    def read(words: Words) -> Any:
        if one.name in given:
            if is_alone:
                words.back()
            word = words.next()
            raise garbage(word, word) if is_alone else garbage(one.name, word)
        given.add(one.name)
        return one.read(words)
    return one._replace(read=read)


def _choice(words: Words, attribute: Attribute) -> str:
    word = words.next()
    found = next((choice for choice in attribute.choices if word.lower() == choice.lower()), None)
    if found is None:
        if attribute.code == 1:
            raise ToolError(1, attribute.complaint.format(word=word))
        raise wrong(word, attribute.complaint)
    return found


def _address(words: Words, attribute: Attribute) -> int:
    word = words.next()
    if word in ("any", "default"):
        return 0
    try:
        return parse_ipv4(whole_address(word))
    except AddressError:
        if attribute.complaint:
            raise wrong(word, attribute.complaint) from None
        raise ToolError(1, f'Error: inet address is expected rather than "{word}".') from None


def _addresses(words: Words) -> list[int]:
    return [plain_address_of(word) for word in words.next().split(",")]


def plain_address_of(word: str) -> int:
    """get_addr32."""
    try:
        return parse_ipv4(whole_address(word))
    except AddressError:
        raise ToolError(1, f'Error: an IP address is expected rather than "{word}"') from None


def _ttl(words: Words, attribute: Attribute) -> int:
    """A byte, or what stands for the inner packet's."""
    word = words.next()
    if word in ("inherit", "auto"):
        return int(attribute.key == "tos")
    value = dsfield_of(word) if attribute.key == "tos" else number_of(word)
    if value is None or not 0 <= value <= 255:
        raise wrong(word, attribute.complaint)
    return value


def _auto_ttl(words: Words, attribute: Attribute) -> int | None:
    """With `auto`, which the number 0 says too."""
    word = words.peek()
    if word == "auto":
        words.next()
        return None
    return _ttl(words, attribute) or (0 if word == "inherit" else None)


def _station(words: Words, attribute: Attribute, group: bool) -> int:
    """The address of a group, or of no group."""
    word = words.peek()
    address = address_of(words.next())
    if is_multicast(address) is not group:
        raise wrong(word, attribute.complaint)
    return address


def _pair(words: Words, attribute: Attribute) -> tuple[int, int]:
    found = []
    for what in (attribute.complaint, attribute.complaint.replace("min", "max")):
        word = words.next()
        value = number_of(word)
        if value is None or not 0 <= value <= 65535:
            raise wrong(word, what)
        found.append(value)
    return found[0], found[1]


def _tunnel_key(words: Words, name: str) -> int:
    """tnl_parse_key."""
    word = words.next()
    value = number_of(word)
    if "." in word:
        with suppress(AddressError):
            return parse_ipv4(word)
    if value is None or not 0 <= value < 1 << 32:
        raise ToolError(USAGE, f'invalid value for "{name}": "{word}"; it should be an unsigned integer')
    return value


def _list(words: Words) -> list[tuple[str, int]]:
    """`add MAC`, `del MAC`, `set MAC…` or `flush`."""
    command = words.next()
    if command == "flush":
        return [("flush", 0)]
    if command == "set":
        found = [("flush", 0)]
        while words and ":" in words.peek():
            found.append(("add", _mac(words)))
        return found
    if command not in ("add", "del"):
        raise ToolError(1, f'Error: argument of "macaddr" must be "add", "del" or "flush", not "{command}"')
    return [(command, _mac(words))]


def _mac(words: Words) -> int:
    return int.from_bytes(bytes(mac_bytes(words.next())), "big")


def _map(words: Words, attribute: Attribute) -> dict[int, int]:
    """One or more `from:to`."""
    found: dict[int, int] = {}
    while words:
        left, colon, right = words.peek().partition(":")
        if not colon:
            break
        if not (left.isdecimal() and right.isdecimal() and left.isascii() and right.isascii()):
            raise wrong(left, attribute.complaint)
        found[int(left[:9])] = int(right[:9]) & 7
        words.next()
    return found
