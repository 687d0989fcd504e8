"""`nft -j list`: tables, chains and rules as JSON (libnftables-json(5), version 1.1.3)."""

from __future__ import annotations

import json
import re
from typing import Any

from netsandbox.linux.netfilter.extension import Match
from netsandbox.linux.netfilter.nft.numbers import milliseconds
from netsandbox.linux.netfilter.nft.print import NATIVE_MATCHES, NATIVE_TARGETS, head_text, match_text, rule_text
from netsandbox.linux.netfilter.nft.tokens import NftError
from netsandbox.linux.netfilter.rule import Jump, Rule
from netsandbox.linux.netfilter.ruleset import Chain, Table

Json = dict[str, Any]

BEGIN: Json = {"metainfo": {"version": "1.1.3", "release_name": "Commodore Bullmoose #4", "json_schema_version": 1}}
TOKEN = re.compile(r'"[^"]*"|[{}]|[^\s{}]+')
HEADERS = frozenset({"ip", "tcp", "udp", "udplite", "sctp", "dccp", "th", "icmp", "ether"})
ALONE = frozenset({"iifname", "oifname", "iif", "oif", "mark"})  # What `meta` may be left out before
SIGNS = frozenset({"==", "!=", "<", ">", "<=", ">=", "!"})
SPELLED = {"lt": "<", "gt": ">"}
BITS = frozenset({"state", "status"})  # Fields of ct of which one bit is enough
VERDICTS = frozenset({"accept", "drop", "return", "continue", "notrack", "queue"})
NAT_FLAGS = frozenset({"random", "fully-random", "persistent"})
REDIRECTED = frozenset({"dnat", "snat", "masquerade", "redirect"})


def document(objects: list[Json]) -> str:
    return json.dumps({"nftables": [BEGIN, *objects]}) + "\n"


def listed(what: str, tables: list[Table]) -> list[Json]:
    """`list ruleset`, `list tables` and `list chains`."""
    if what == "tables":
        return [table_object(table, table.number) for table in tables]
    if what == "chains":
        return [chain_object(table, chain) for table in tables for chain in table.chains.values()]
    return [found for table in tables for found in table_objects(table, table.number)]


def table_objects(table: Table, number: int, only: str = "") -> list[Json]:
    """A table, its chains, and behind all of those their rules; `only` one chain of it."""
    chains = [chain for chain in table.chains.values() if only in ("", chain.name)]
    found = [] if only else [table_object(table, number)]
    found += [chain_object(table, chain) for chain in chains]
    return found + [_rule_object(table, chain, rule) for chain in chains for rule in chain.rules]


def table_object(table: Table, number: int) -> Json:
    return {"table": {"family": table.family, "name": table.name, "handle": number}}


def chain_object(table: Table, chain: Chain) -> Json:
    found: Json = {"family": table.family, "table": table.name, "name": chain.name, "handle": chain.handle}
    if chain.hook is not None:
        found |= {"type": chain.kind, "hook": chain.hook.value.lower(), "prio": chain.priority,
                  "policy": "drop" if chain.drops else "accept"}
    return {"chain": found}


def _rule_object(table: Table, chain: Chain, rule: Rule) -> Json:
    reader = _Statements(rule_text(rule) if rule.said else _translated(rule))
    expressions = reader.read()
    told: Json = {"family": table.family, "table": table.name, "chain": chain.name, "handle": rule.handle}
    return {"rule": told | ({"comment": reader.comment} if reader.comment else {}) | {"expr": expressions}}


def _translated(rule: Rule) -> str:
    """What iptables made: of its matches and targets JSON has the names, but of those that nft has itself."""
    words = head_text(rule)
    for match in rule.matches:
        assert isinstance(match, Match), "what -m loads"
        words.append(match_text(rule, match) if match.name in NATIVE_MATCHES else f'xt match "{match.name}"')
    words += [f"counter packets {rule.packets} bytes {rule.bytes}"] if rule.tells_counters else []
    target = rule.target
    if isinstance(target, Jump):
        words.append(f"{'goto' if target.is_goto else 'jump'} {target.name}")
    elif target is not None:
        words.append(target.name.lower() if target.name in NATIVE_TARGETS else f'xt target "{target.name}"')
    return " ".join(words)


class _Statements:
    """The statements of one rule's text (comment: what stands behind them)."""

    def __init__(self, text: str) -> None:
        self.text, self.comment = text, ""
        self.words: list[str] = TOKEN.findall(text)

    def read(self) -> list[Json]:
        found = []
        while self.words:
            if self.words[0] == "comment":
                self.comment = self._next(1).strip('"')
            else:
                found.append(self._statement())
        return found

    def _next(self, skipped: int = 0) -> str:
        del self.words[:skipped]
        if not self.words:
            raise NftError(f"netsandbox: nft -j: what this says is not modelled: {self.text}\n")
        return self.words.pop(0)

    def _takes(self, word: str) -> bool:
        if self.words[:1] != [word]:
            return False
        self.words.pop(0)
        return True

    def _statement(self) -> Json:
        word = self._next()
        if word in VERDICTS:
            return {word: None}
        if word in ("jump", "goto"):
            return {word: {"target": self._next()}}
        if word == "xt":
            return {"xt": {"type": self._next(), "name": self._next().strip('"')}}
        if word == "counter":
            return {"counter": {"packets": int(self._next(1)), "bytes": int(self._next(1))}}
        if word == "limit":
            return self._limit()
        if word == "ct" and self._takes("count"):
            over = self._takes("over")
            return {"ct count": {"val": int(self._next())} | ({"inv": True} if over else {})}
        if word == "log":
            return {"log": self._log() or None}
        if word == "reject":
            return self._reject()
        if word in REDIRECTED:
            return {word: self._where() or None}
        if word == "tcp" and self.words[:4] == ["option", "maxseg", "size", "set"]:
            return self._set_segment_size()
        return self._set_field(word) if self.words[1:2] == ["set"] else self._match(word)

    def _set_segment_size(self) -> Json:
        del self.words[:4]
        size = self._next()
        return {"mangle": {"key": {"tcp option": {"name": "maxseg", "field": "size"}},
                           "value": {"rt": {"key": self._next()}} if size == "rt" else int(size)}}

    def _set_field(self, word: str) -> Json:
        key = self._field(word)[0]
        word = self._next(1)
        value = self._field(word)[0] if word in ("meta", "ct") else _value(word)
        operator = self._next() if self.words[:1] and self.words[0] in ("&", "|", "^") else ""
        return {"mangle": {"key": key, "value": {operator: [value, _value(self._next())]} if operator else value}}

    def _limit(self) -> Json:
        self._takes("rate")
        over = self._takes("over")
        rate, _slash, unit = self._next().partition("/")
        burst = int(self._next()) if self._takes("burst") else 5
        found: Json = {"rate": int(rate), "burst": burst, "per": unit}
        self._takes("packets")
        return {"limit": found | ({"inv": True} if over else {})}

    def _log(self) -> Json:
        found: Json = {}
        while self.words and self.words[0] in ("prefix", "level", "flags", "group", "snaplen", "queue-threshold"):
            key = self._next()
            if key == "flags":
                found[key] = self._log_flags(found.get(key, []))
            else:
                found[key] = _value(self._next())
        return found

    def _log_flags(self, before: Any) -> Any:
        word = self._next()
        more = [f"{word} {part}" for part in self._next().split(",")] if word in ("tcp", "ip") else [word]
        flags = [*([before] if isinstance(before, str) else before), *more]
        return flags if len(flags) > 1 else flags[0]

    def _reject(self) -> Json:
        if not self._takes("with"):
            return {"reject": {"type": "icmp", "expr": "port-unreachable"}}
        kind = self._next()
        if kind == "tcp":
            return {"reject": {"type": f"tcp {self._next()}"}}
        self._takes("type")
        return {"reject": {"type": kind, "expr": self._next()}}

    def _where(self) -> Json:
        found: Json = {"family": self._next()} if self.words[:1] == ["ip"] else {}
        if self._takes("to"):
            address, _colon, port = self._next().partition(":")
            found |= ({"addr": _value(address)} if address else {}) | ({"port": _value(port)} if port else {})
        if self.words and {*self.words[0].split(",")} <= NAT_FLAGS:
            flags = self._next().split(",")
            found["flags"] = flags if len(flags) > 1 else flags[0]
        return found

    def _match(self, word: str) -> Json:
        left, is_bits = self._field(word)
        if self._takes("&"):
            left = {"&": [left, self._bits()]}
        sign = SPELLED.get(self.words[0] if self.words else "", self.words[0] if self.words else "")
        sign = sign if sign in SIGNS else ""
        if sign:
            self.words.pop(0)
        right = self._right()
        is_set = isinstance(right, dict) and "set" in right
        return {"match": {"op": sign or ("in" if is_bits and not is_set else "=="), "left": left, "right": right}}

    def _bits(self) -> Any:
        """A mask: a number, an address, a flag, or several in brackets."""
        word = self._next()
        if not word.startswith("("):
            return _value(word)
        names = [word[1:]]
        while self._takes("|"):
            names.append(self._next())
        names[-1] = names[-1].rstrip(")")
        return {"|": names} if len(names) > 1 else names[0]

    def _field(self, word: str) -> tuple[Json, bool]:
        """What is asked, and whether one bit of it is enough."""
        if word in HEADERS:
            field = self._next()
            return {"payload": {"protocol": word, "field": field}}, (word, field) == ("tcp", "flags")
        if word == "fib":
            flags = [self._next()]
            while self._takes("."):
                flags.append(self._next())
            return {"fib": {"result": self._next(), "flags": flags}}, False
        if word == "ct":
            key = self._next()
            if key not in ("original", "reply"):
                return {"ct": {"key": key}}, key in BITS
            name = self._next()
            return {"ct": {"key": f"ip {self._next()}" if name == "ip" else name, "dir": key}}, False
        if word == "meta" or word in ALONE:
            return {"meta": {"key": self._next() if word == "meta" else word}}, False
        raise NftError(f"netsandbox: nft -j: what this says is not modelled: {self.text}\n")

    def _right(self) -> Any:
        word = self._next()
        if self.words[:1] == ["|"]:
            names = [word]
            while self._takes("|"):
                names.append(self._next())
            return {"|": names}
        if word != "{":
            return _value(word) if "," not in word else [_value(part) for part in word.split(",")]
        found = []
        while (word := self._next()) != "}":
            found.append(_value(word.rstrip(",")))
        return {"set": found}


def _value(text: str) -> Any:
    """A number, a range, a prefix or a name."""
    if text.startswith('"'):
        return text.strip('"')
    if re.fullmatch(r"0x[0-9a-f]+|\d+", text):
        return int(text, 0)
    low, dash, high = text.partition("-")
    if (duration := milliseconds(text)) is not None:
        return duration // 1000
    if text in ("exists", "missing"):
        return text == "exists"
    if dash and re.fullmatch(r"0x[0-9a-f]+|[\d.]+s?", low):
        return {"range": [_value(low), _value(high)]}
    address, slash, length = text.partition("/")
    return {"prefix": {"addr": address, "len": int(length)}} if slash and length.isdecimal() else text
