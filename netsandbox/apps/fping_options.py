"""fping's command line: its options and the targets that it names."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.apps.program import UsageError

TABLE = OptionTable("fping", 1, "see 'fping -h' for usage information",
                    acts="a A u e s q g v h c= C= r= p= t= i= b= H=", usual="4",
                    refused="6 d D J l m M n N o R B= O= Q= S= T= I= f= k= x=")
VERSION = "fping: Version 5.1"
USAGE = """\
Usage: fping [options] [targets...]

Probing options:
   -4, --ipv4         only ping IPv4 addresses
   -6, --ipv6         only ping IPv6 addresses
   -b, --size=BYTES   amount of ping data to send, in bytes (default: 56)
   -B, --backoff=N    set exponential backoff factor to N (default: 1.5)
   -c, --count=N      count mode: send N pings to each target
   -f, --file=FILE    read list of targets from a file ( - means stdin)
   -g, --generate     generate target list (only if no -f specified)
                      (give start and end IP in the target list, or a CIDR address)
                      (ex. fping -g 192.168.1.0 192.168.1.255 or fping -g 192.168.1.0/24)
   -H, --ttl=N        set the IP TTL value (Time To Live hops)
   -I, --iface=IFACE  bind to a particular interface
   -l, --loop         loop mode: send pings forever
   -m, --all          use all IPs of provided hostnames (e.g. IPv4 and IPv6), use with -A
   -M, --dontfrag     set the Don't Fragment flag
   -O, --tos=N        set the type of service (tos) flag on the ICMP packets
   -p, --period=MSEC  interval between ping packets to one target (in ms)
                      (in loop and count modes, default: 1000 ms)
   -r, --retry=N      number of retries (default: 3)
   -R, --random       random packet data (to foil link data compression)
   -S, --src=IP       set source address
   -t, --timeout=MSEC individual target initial timeout (default: 500 ms,
                      except with -l/-c/-C, where it's the -p period up to 2000 ms)

Output options:
   -a, --alive        show targets that are alive
   -A, --addr         show targets by address
   -C, --vcount=N     same as -c, report results in verbose format
   -d, --rdns         show targets by name (force reverse-DNS lookup)
   -D, --timestamp    print timestamp before each output line
   -e, --elapsed      show elapsed time on return packets
   -i, --interval=MSEC  interval between sending ping packets (default: 10 ms)
   -n, --name         show targets by name (reverse-DNS lookup for target IPs)
   -N, --netdata      output compatible for netdata (-l -Q are required)
   -o, --outage       show the accumulated outage time (lost packets * packet interval)
   -q, --quiet        quiet (don't show per-target/per-ping results)
   -Q, --squiet=SECS  same as -q, but add interval summary every SECS seconds
   -s, --stats        print final stats
   -u, --unreach      show targets that are unreachable
   -v, --version      show version
   -x, --reachable=N  shows if >=N hosts are reachable or not"""
TABLE.names |= {name: TABLE.letters[letter] for letter, name in re.findall(r"-(\w), --(\w+)", USAGE)}
MOST_TARGETS, MOST_DATA = 1024, 65488


def number_of(read: Read, letter: str, usual: int) -> int:
    """An option's value.

    Raises:
        UsageError: it is no number.
    """
    text = read.values.get(letter, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UsageError(USAGE, 1)
    return int(text)


def targets(read: Read) -> list[str]:
    """The names and addresses, those between the ends or of a network with -g.

    Raises:
        UsageError: they are too many, or no addresses.
    """
    words = read.operands
    if "g" not in read:
        return words
    if len(words) not in (1, 2):
        raise UsageError(USAGE, 1)
    try:
        if len(words) == 2:
            first, last = (int(IPv4Address(word)) for word in words)
        else:
            network = IPv4Network(words[0], strict=False)
            ends = int(network.prefixlen < 31)
            first, last = int(network.network_address) + ends, int(network.broadcast_address) - ends
    except ValueError as error:
        raise UsageError(f"fping: {error}", 1) from None
    if last - first >= MOST_TARGETS:
        raise UsageError(f"fping: more than {MOST_TARGETS} addresses", 1)
    return [str(IPv4Address(address)) for address in range(first, last + 1)]


def parse(arguments: list[str]) -> Read:
    """Raises UsageError: they make no run of fping."""
    read = TABLE.read(arguments)
    if "v" in read or "h" in read:
        raise UsageError("", 0, VERSION if "v" in read else USAGE)
    if "a" in read and "u" in read:
        raise UsageError("fping: specify only one of a, u", 1)
    for letter in "cC":
        if letter in read and not number_of(read, letter, 1):
            raise UsageError(USAGE, 1)
    for letter in "rptiH":
        number_of(read, letter, 1)
    if number_of(read, "b", 56) > MOST_DATA:
        raise UsageError(f"fping: data size {read.values['b']} not valid, must be lower than {MOST_DATA}", 1)
    return read
