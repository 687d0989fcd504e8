"""nft's `log`: what it tells, and to whom."""

from __future__ import annotations

from netsandbox.linux.netfilter.nft.reader import Reader
from netsandbox.linux.netfilter.nft.targets import LEVELS
from netsandbox.linux.netfilter.nft.tokens import token

TEXT = "string or quoted string or string with a trailing asterisk"
LOG_FLAGS = {"tcp sequence": "--log-tcp-sequence", "tcp options": "--log-tcp-options", "ip options": "--log-ip-options",
             "skuid": "--log-uid", "ether": "--log-macdecode"}
NUMBERED = {"group": "--nflog-group", "snaplen": "--nflog-size", "queue-threshold": "--nflog-threshold"}
"""Where one of them stands, a program is told (NFLOG)."""
USUAL_LEVEL = "warn"


def log(reader: Reader) -> None:
    """Its prefix is listed before its level, and a level that is the usual one not at all."""
    verb, found, flags = reader.place - 1, dict[str, str](), set[str]()
    while reader.words and reader.words[0] in ("prefix", "level", "flags", *NUMBERED):
        key = reader.take()
        if key == "flags":
            flags |= _log_flags(reader)
        elif key in NUMBERED:
            found[key] = str(_short(reader))
        else:
            found[key] = _text(reader)
            if key == "level" and found[key] not in (*LEVELS, "audit"):
                raise reader.line.complaint("invalid log level", reader.place - 1)
    is_told = not found.keys().isdisjoint(NUMBERED)
    for key in (["level"] * ("level" in found) + ["flags"] * bool(flags)) * is_told:
        raise reader.line.complaint(f"{key} and group are mutually exclusive", verb)
    if found.get("level") == "audit":
        raise reader.not_modelled("log level audit")
    _keep_log(reader, found, flags)


def _text(reader: Reader) -> str:
    at, value = reader.place, reader.take(TEXT)
    if not value.startswith('"') and token(value)[0] != "string":
        raise reader.line.complaint(f"syntax error, unexpected {token(value)[0]}, expecting {TEXT}", at)
    return value.strip('"')


def _short(reader: Reader) -> int:
    at, value = reader.place, reader.take("number")
    if not value.isdecimal():
        raise reader.line.complaint(f"syntax error, unexpected {token(value)[0]}, expecting number", at)
    return int(value) & 0xFFFF


def _log_flags(reader: Reader) -> set[str]:
    """`tcp sequence,options`, `ip options`, `skuid`, `ether`, or `all`."""
    at, word = reader.place, reader.take()
    if word == "all":
        return {*LOG_FLAGS}
    if word in ("skuid", "ether"):
        return {word}
    if word not in ("tcp", "ip"):
        raise reader.line.complaint(f"syntax error, unexpected {token(word)[0]}", at)
    parts = reader.take("seq or options" if word == "tcp" else "options").split(",")
    if not {f"{word} {part}" for part in parts} <= {*LOG_FLAGS}:
        expecting = "seq or options" if word == "tcp" else "options"
        raise reader.line.complaint(f"syntax error, unexpected string, expecting {expecting}", at + 1)
    return {f"{word} {part}" for part in parts}


def _keep_log(reader: Reader, found: dict[str, str], flags: set[str]) -> None:
    """It is told by the kernel's own log, or handed to a program where a group is named."""
    prefix, level = found.get("prefix", ""), found.get("level", USUAL_LEVEL)
    said = "log" + f' prefix "{prefix}"' * bool(prefix) + f" level {level}" * (level != USUAL_LEVEL)
    if "group" in found:
        reader.said.append(said + "".join(f" {key} {found[key]}" for key in NUMBERED if key in found))
        told = ["--nflog-prefix", prefix] if prefix else []
        told += [word for key, flag in NUMBERED.items() if key in found for word in (flag, found[key])]
        reader.first.append(["-j", "NFLOG", *told])
        return
    tcp = ",".join(flag[4:] for flag in LOG_FLAGS if flag in flags and flag.startswith("tcp"))
    named = [f"tcp {tcp}"] * bool(tcp) + [flag for flag in LOG_FLAGS if flag in flags and not flag.startswith("tcp")]
    reader.said.append(said + "".join(f" flags {name}" for name in (["all"] if flags == {*LOG_FLAGS} else named)))
    given = [word for name in ("prefix", "level") if name in found for word in (f"--log-{name}", found[name])]
    reader.first.append(["-j", "LOG", *given, *(flag for name, flag in LOG_FLAGS.items() if name in flags)])
