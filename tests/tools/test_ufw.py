"""ufw: what it says, what it puts into iptables, and what that does to packets."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.session import Session
from tests.lines import said_at_rest as said


def ufw(session: Session, line: str) -> str:
    return said(session, f"exec host ufw {line}")


@pytest.fixture
def session() -> Session:
    made = Session()
    said(made, "docker run -d --name cli alpine sleep 1d")
    return made


def test_rules_wait_until_the_firewall_is_enabled_and_go_when_it_is_disabled(session: Session) -> None:
    before = said(session, "exec host iptables-save -t nat")
    assert ufw(session, "status") == "Status: inactive\n"
    assert ufw(session, "allow 22/tcp") == "Rules updated\n"
    assert "ufw" not in said(session, "exec host iptables -S")
    assert ufw(session, "enable") == "Firewall is active and enabled on system startup\n"
    assert "-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT" in said(session, "exec host iptables -S")
    assert "-P INPUT DROP" in said(session, "exec host iptables -S INPUT")
    assert ufw(session, "disable") == "Firewall stopped and disabled on system startup\n"
    assert "ufw" not in said(session, "exec host iptables -S")
    assert said(session, "exec host iptables-save -t nat") == before


def test_status_lists_the_rules(session: Session) -> None:
    for line in ("allow 80", "limit ssh", "deny in on docker0 to any port 8080 proto tcp",
                 "allow from 10.0.0.0/8 to any port 53 proto udp", "enable"):
        ufw(session, line)
    rows = [line.rstrip() for line in ufw(session, "status").splitlines()]
    assert rows == ["Status: active", "", "To                         Action      From",
                    "--                         ------      ----", "80                         ALLOW       Anywhere",
                    "22/tcp                     LIMIT       Anywhere",
                    "8080/tcp on docker0        DENY        Anywhere",
                    "53/udp                     ALLOW       10.0.0.0/8", ""]
    assert "Default: deny (incoming), allow (outgoing), disabled (routed)" in ufw(session, "status verbose")
    assert "[ 2] 22/tcp                     LIMIT IN    Anywhere" in ufw(session, "status numbered")


@pytest.mark.parametrize(("line", "answer"), [
    ("allow 22/tcp", "Skipping adding existing rule"), ("deny 22/tcp", "Rule updated"), ("allow 23", "Rule added"),
    ("delete allow 22/tcp", "Rule deleted"), ("delete allow 99", "Could not delete non-existent rule"),
    ("delete 7", "ERROR: Could not find rule '7'"), ("allow nonsense", "ERROR: Could not find a profile matching"),
    ("allow 99999", "ERROR: Bad port\n"), ("frobnicate", "ERROR: Invalid syntax"), ("allow", "ERROR"),
    ("allow 1:2", "ERROR: Must specify 'tcp' or 'udp' with multiple ports"), ("allow 5/sctp", "ERROR: Bad port\n"),
    ("default deny", "Default incoming policy changed to 'deny'"),
    ("app default allow", "ufw app default allow is not modelled"),
    ("allow from 300.1.1.1", "ERROR: Bad source address"), ("reload", "Firewall reloaded")])
def test_what_it_answers(session: Session, line: str, answer: str) -> None:
    ufw(session, "allow 22/tcp")
    ufw(session, "enable")
    assert answer in ufw(session, line)


SPOKEN = """\
allow 22/tcp comment 'my ssh' = Rule updated
prepend deny from 1.2.3.4/24 = Rule inserted|WARN: Rule changed after normalization
insert 9 allow 98 = ERROR: Invalid position '9'
insert 0 allow 98 = ERROR: Cannot insert rule at position '0'
insert x allow 98 = ERROR: Insert position 'x' is not a valid position
allow to foo = ERROR: Bad destination address
allow proto esp from 10.0.0.1 = Rule added
allow proto esp from 10.0.0.1 port 5 = ERROR: Invalid port with protocol 'esp'
allow from 1.1.1.1 port 5:1 proto tcp = ERROR: Bad port '5:1'
allow 80,x/tcp = ERROR: Port ranges must be numeric
allow 22 from 1.1.1.1 = ERROR: Wrong number of arguments
allow 22/tcp log = ERROR: Option 'log' not allowed here
allow from 1.1.1.1 from 2.2.2.2 = ERROR: Improper rule syntax
route allow in 5 = ERROR: Invalid interface clause for route rule
allow out on eth1 from 1.1.1.1 port 5 to 2.2.2.2 port 6 proto udp = Rule added
route allow in on eth0 out on eth1 = Rule added
delete allow 22/tcp = Rule deleted
limit http comment hi = Rule added
allow on eth0 80 = ERROR: Wrong number of arguments
limit on eth0 from 1.1.1.1 = ERROR: Invalid token 'on'
allow in on eth0 80 = ERROR: Wrong number of arguments
deny out = ERROR: Invalid interface clause
deny in on an-interface-of-17 = ERROR: Bad interface name: interface name too long
route deny out on !eth0 = ERROR: Bad interface name: reserved character: '!'
deny from 1.1.1.1 port http proto udp = ERROR: Protocol mismatch with specified protocol udp
deny proto tcp = ERROR: Need 'to' or 'from' clause
deny proto sctp to 1.1.1.1 = ERROR: Unsupported protocol 'sctp'
allow 22 comment = ERROR: Option 'comment' missing required argument
reject 81/any = Rule added
delete reject 81 = Rule deleted
delete route allow in on eth0 out on eth1 = ERROR: Invalid syntax
route delete 1 = ERROR: 'route delete NUM' unsupported. Use 'delete NUM' instead.
default ALLOW forward = Default routed policy changed to 'allow'|(be sure to update your rules accordingly)
route deny out on eth1 log = Rule added
route delete deny out on eth1 log = Rule deleted
default deny routed = Default routed policy changed to 'deny'|(be sure to update your rules accordingly)
status foo = ERROR: Invalid syntax
show added = Added user rules (see 'ufw status' for running firewall):|ufw deny from 1.2.3.0/24|\
ufw allow from 10.0.0.1 proto esp|ufw allow out on eth1 from 1.1.1.1 port 5 to 2.2.2.2 port 6 proto udp|\
ufw route allow in on eth0 out on eth1|ufw limit 80/tcp comment 'hi'
--force delete 4 = Rule deleted
status numbered = Status: active||     To                         Action      From|\
     --                         ------      ----|\
[ 1] Anywhere                   DENY IN     1.2.3.0/24                |\
[ 2] Anywhere                   ALLOW IN    10.0.0.1/esp              |\
[ 3] 2.2.2.2 6/udp              ALLOW OUT   1.1.1.1 5/udp on eth1      (out)|\
[ 4] 80/tcp                     LIMIT IN    Anywhere                   # hi|
status = Status: active||To                         Action      From|--                         ------      ----|\
Anywhere                   DENY        1.2.3.0/24                |Anywhere                   ALLOW       10.0.0.1/esp  \
            |80/tcp                     LIMIT       Anywhere                   # hi||\
2.2.2.2 6/udp              ALLOW OUT   1.1.1.1 5/udp on eth1     |"""


def test_what_ufw_0_36_2_says(session: Session) -> None:
    ufw(session, "allow 22/tcp")
    ufw(session, "enable")
    for line, answer in (row.split(" = ") for row in SPOKEN.splitlines()):
        assert ufw(session, line).splitlines() == answer.split("|"), line
    assert "Backing up 'user.rules' to '/etc/ufw/user.rules.20260101_" in ufw(session, "--force reset")
    assert ufw(session, "status") == "Status: inactive\n"


APPS = (Path(__file__).parent / "real_ufw_apps.txt").read_text(encoding="utf-8").splitlines()


def test_what_ufw_0_36_2_says_of_profiles(session: Session) -> None:
    ufw(session, "allow 22/tcp")
    ufw(session, "enable")
    for line, answer in (row.split(" = ") for row in APPS):
        assert said(session, f"exec host {line}").splitlines() == (answer.split("|") if answer else []), line


def test_a_rejected_connection_is_reset_and_a_logged_rule_has_its_log_before_it(session: Session) -> None:
    for line in ("enable", "reject smtp", "reject 53/udp", "limit log 22/tcp", "route allow out on eth1 log-all"):
        ufw(session, line)
    rules = [line for line in said(session, "exec host iptables -S").splitlines() if line.startswith("-A ufw-user")]
    limit = "-m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix"
    assert rules == [
        "-A ufw-user-forward -o eth1 -j ufw-user-logging-forward", "-A ufw-user-forward -o eth1 -j ACCEPT",
        "-A ufw-user-input -p tcp -m tcp --dport 25 -j REJECT --reject-with tcp-reset",
        "-A ufw-user-input -p udp -m udp --dport 53 -j REJECT --reject-with icmp-port-unreachable",
        "-A ufw-user-input -p tcp -m tcp --dport 22 -j ufw-user-logging-input",
        ("-A ufw-user-input -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name DEFAULT "
         "--mask 255.255.255.255 --rsource"),
        ("-A ufw-user-input -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 30 "
         "--hitcount 6 --name DEFAULT --mask 255.255.255.255 --rsource -j ufw-user-limit"),
        "-A ufw-user-input -p tcp -m tcp --dport 22 -j ufw-user-limit-accept",
        '-A ufw-user-limit -m limit --limit 3/min -j LOG --log-prefix "[UFW LIMIT BLOCK] "',
        "-A ufw-user-limit -j REJECT --reject-with icmp-port-unreachable", "-A ufw-user-limit-accept -j ACCEPT",
        f'-A ufw-user-logging-forward -o eth1 {limit} "[UFW ALLOW] "', "-A ufw-user-logging-forward -o eth1 -j RETURN",
        f'-A ufw-user-logging-input -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW {limit} "[UFW LIMIT] "',
        "-A ufw-user-logging-input -p tcp -m tcp --dport 22 -j RETURN"]
    assert "(log-all, out)" in ufw(session, "status numbered")
    assert "ufw route allow out on eth1 log-all" in ufw(session, "show added")


def test_packets_meet_its_rules(session: Session) -> None:
    ufw(session, "enable")
    ping = "docker exec cli ping -c 1 -W 1 172.17.0.1"
    assert "1 packets received" in said(session, ping)
    ufw(session, "default deny outgoing")
    assert "1 packets received" in said(session, ping), "an answer is let out all the same"
    assert "100% packet loss" in said(session, "exec host ping -c 1 -W 1 172.17.0.2")
    assert "OUTPUT DROP" in said(session, "why")


def test_what_takes_rules_away_by_number_or_all_of_them_asks_first(session: Session) -> None:
    for line in ("allow 22/tcp", "allow 80", "enable"):
        ufw(session, line)
    question = "Deleting:\n allow 22/tcp\nProceed with operation (y|n)? "
    job = session.run("ufw delete 1")
    assert job.out == f"{question}\nAborted\n"
    assert "nobody answers here" in job.err
    assert session.run("echo n | ufw delete 1").out == f"{question}Aborted\n"
    assert ufw(session, "status").count("ALLOW") == 2
    assert session.run("echo y | ufw delete 1").out == f"{question}Rule deleted\n"
    assert "22/tcp" not in ufw(session, "status")
    reset = "Resetting all rules to installed defaults. Proceed with operation (y|n)? "
    assert session.run("ufw reset").out == f"{reset}\nAborted\n"
    assert session.run("echo y | ufw reset").out.startswith(f"{reset}Backing up 'user.rules' to")
    assert ufw(session, "status") == "Status: inactive\n"
