"""`nft -f`: whole files of rules, with blocks, variables and tables of one's own; what the real nft 1.1.3 answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.netfilter.iptables.iptables import Answer
from netsandbox.linux.netfilter.nft import command
from netsandbox.session.keeping import KeptSession
from tests.linux.netfilter.router import Router

CASES = re.findall(r"(?ms)^## (\w+)\n(.*?)\n-- says\n(.*?)\n=> (\d)\n?(.*?)(?=^## |\Z)",
                   "\n".join((Path(__file__).parent / "real_nft_files.txt").read_text().splitlines())
                   .replace("-- says\n=>", "-- says\n\n=>"))
BEFORE = "table ip old { chain o { drop; }; }"


class Machine:
    """A namespace whose files are one text."""

    def __init__(self) -> None:
        self.namespace = Router().namespace

    def run(self, *words: str, text: str = "") -> Answer:
        def read(_name: str) -> str:
            return text
        return command.run(self.namespace, list(words), read)

    def file(self, text: str) -> Answer:
        return self.run("-f", "-", text=text)

    def listed(self, *options: str) -> str:
        return self.run(*options, "list", "ruleset").out


@pytest.mark.parametrize(("name", "text", "says", "code", "listed"), CASES, ids=[case[0] for case in CASES])
def test_a_file_is_taken_whole_or_not_at_all(name: str, text: str, says: str, code: str, listed: str) -> None:
    machine = Machine()
    machine.run(BEFORE)
    before = machine.listed("-a")
    answer = machine.run("-f", f"{name}.nft", text=text)
    assert (str(answer.code), answer.err.rstrip()) == (code, says.rstrip())
    assert machine.listed("-a").rstrip() == (behind_another(listed) or before).rstrip()


def behind_another(listed: str) -> str:
    """The listings were made where no table had been before; a number is never given again."""
    if "table ip old " in listed:
        return listed
    return re.sub(r"(?m)^(table .* # handle )(\d+)", lambda found: f"{found[1]}{int(found[2]) + 1}", listed)


@pytest.mark.parametrize(("line", "says"), [
    ("add chain ip t c { type nat hook forward priority 0; }", 'Chain of type "nat" is not supported, perhaps kernel '),
    ("add chain ip t c { type nat hook prerouting priority -300; }", 'Chains of type "nat" must have a priority value'),
    ("add chain ip t c { type filter hook nowhere priority 0; }", "unknown chain hook"),
    ("add chain ip t c { type filter hook input priority dstnat; }", "invalid priority expression value"),
    ("add chain ip t c { type filter hook input priority 0; policy x; }", "unexpected string, expecting accept or"),
    ("add rule ip t o jump b", "Could not process rule: Operation not supported"),
    ("add rule ip t o index 9 drop", "Could not process rule: No such file or directory"),
    ("add rule ip t b masquerade", "Could not process rule: Operation not supported"),
    ("add rule ip t o meta nfproto ipv4 drop", "meta nfproto is only useful in the inet family"),
    ("add rule ip t o ip saddr @s drop", "sets and maps are not modelled"),
    ("add rule ip t o tcp dport vmap { 22 : accept }", "sets and maps are not modelled"),
    ("add set ip t s { type ipv4_addr; }", "nft add set is not modelled"),
    ("table ip t { set s { type ipv4_addr; }; }", "nft add set is not modelled"),
    ("add counter ip t c", "nft add counter is not modelled"),
    ("add rule ip t o queue num 5", "'queue' is not modelled"),
    ("add rule ip t o jump { drop; }", "a chain without a name is not modelled"),
    ("add table bridge t", "family bridge is not modelled"),
    ("add table x; add rule ip t nowhere drop", "No such file or directory"),
    ("table ip t { chain z { accept; drop; } }", "unexpected '}', expecting newline or semicolon"),
    ("add rule ip t o tcp dport $p drop", "unknown identifier 'p'"),
    ("include \"/etc/x\"", "include is not modelled"),
    ("delete chain ip t o", "Device or resource busy"),
    ("rename chain ip t o b", "File exists")])
def test_what_cannot_be_changes_nothing(line: str, says: str) -> None:
    machine = Machine()
    machine.file("table ip t { chain b { type filter hook input priority 0; jump o; }; chain o { drop; }; }")
    before = machine.listed("-a")
    assert before.count("drop") == 1
    answer = machine.run(line)
    assert answer.code == 1
    assert says in answer.err
    assert machine.listed("-a") == before


def test_rules_are_put_before_and_behind_others() -> None:
    machine = Machine()
    machine.run("table ip t { chain o { accept; drop; }; }")
    for line in ("insert rule ip t o index 1 return", "add rule ip t o handle 2 counter",
                 "replace rule ip t o handle 3 continue", "rename chain ip t o p",
                 "add rule ip t p ip protocol { udp, tcp } drop"):
        assert machine.run(line).code == 0
    assert [line.strip() for line in machine.listed("-a").splitlines()[2:7]] == [
        "accept # handle 2", "counter packets 0 bytes 0 # handle 5", "return # handle 4", "continue # handle 6",
        "ip protocol { tcp, udp } drop # handle 8"]
    assert machine.run("-c", "flush ruleset").code == 0
    assert machine.listed() != ""


def test_iptables_tells_of_base_chains_that_it_does_not_know() -> None:
    machine = Machine()
    machine.run("table ip filter { chain mine { type filter hook input priority 5; policy drop; }; }")
    iptables.run(machine.namespace, ["-A", "INPUT", "-j", "ACCEPT"])
    assert iptables.run(machine.namespace, ["-S", "INPUT"]).out == (
        "# Table `filter' contains incompatible base-chains, use 'nft' tool to list them.\n"
        "-P INPUT ACCEPT\n-A INPUT -j ACCEPT\n")


RULES = """flush ruleset
table inet fw {
  chain in {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    ip6 nexthdr icmpv6 accept
    ip saddr { 10.0.0.9, 10.0.0.1 } tcp dport { 80, 81 } counter accept
    icmp type echo-request counter log prefix "in: " accept
  }
}
table ip mine {
  chain p { type nat hook prerouting priority dstnat; tcp dport 81 redirect to :80; }
}
"""


def test_packets_meet_tables_of_ones_own() -> None:
    made = KeptSession()
    for line in ("ip netns add a", "ip netns add b", "ip link add va netns a type veth peer name vb netns b",
                 "ip -n a addr add 10.0.0.1/24 dev va", "ip -n b addr add 10.0.0.2/24 dev vb", "ip -n a link set va up",
                 "ip -n b link set vb up", f"cat > /tmp/fw <<'END'\n{RULES}END", "ip netns exec b nft -f /tmp/fw",
                 "ip netns exec a ping -c 1 10.0.0.2"):
        assert made.run(line).code == 0, line
    made.run("ip netns exec b python3 -m http.server 80 &")
    assert "200 OK" in made.run("ip netns exec a curl -sI 10.0.0.2:81").out
    assert made.run("ip netns exec a nc -zw 1 10.0.0.2 22").code == 1
    assert "inet fw in policy drop" in made.run("why").out
    assert "table inet fw" in made.run("why rule b inet fw in 4").out
    shown = made.run("ip netns exec b nft list ruleset").out
    assert "tcp dport { 80, 81 } counter packets 1 bytes 60 accept" in shown
    assert 'icmp type echo-request counter packets 1 bytes 84 log prefix "in: " accept' in shown


def test_what_is_said_of_a_table_stands_before_it() -> None:
    job = KeptSession().run("nft list ruleset")
    heads = [line for _stream, text in job.output for line in text.splitlines() if line.startswith(("#", "table"))]
    assert [head.split("table ip ")[1].split()[0] for head in heads] == ["filter", "filter", "nat", "nat"]
    assert [head.startswith("#") for head in heads] == [True, False, True, False]
    assert job.out.startswith("table ip filter {\n")
    assert job.err.count("\n") == 2


@pytest.mark.parametrize(("name", "says"), [
    ("/tmp", 'Not a regular file: "/tmp"'), ("/dev/null", 'Not a regular file: "/dev/null"'),
    ("/nosuch", 'Could not open file "/nosuch": No such file or directory')])
def test_what_is_no_regular_file_is_not_read(name: str, says: str) -> None:
    job = KeptSession().run(f"nft -f {name}")
    assert (job.code, job.out, job.err) == (1, "", f"internal:0:0-0: Error: {says}\n\n\n")


@pytest.mark.parametrize(("text", "where", "expecting"), [
    ("add chain ip t c\r\n", "1:17-18", ", expecting end of file or newline or semicolon"),
    ("table ip t {\r\n}\r\n", "1:13-14", ""), ("#!/usr/sbin/nft -f\r\n\r\n", "2:1-2", ""),
    ("define x = 1\r\n", "1:13-14", ", expecting newline or semicolon"),
    ("define x = { 1,\r\n2 }\r\n", "1:16-17", ", expecting comma or '}'")])
def test_no_line_of_a_file_ends_as_windows_has_it(text: str, where: str, expecting: str) -> None:
    machine = Machine()
    row = text.split("\n")[int(where[0]) - 1]
    marks = "^^".rjust(int(where.partition("-")[2]))
    assert machine.run("-f", "x.nft", text=text).err == (
        f"x.nft:{where}: Error: syntax error, unexpected CRLF line terminators{expecting}\n{row}\n{marks}\n")
    assert not machine.listed()
