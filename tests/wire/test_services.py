"""Ports by their names, as a Debian's /etc/services has them, in one table for every tool."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession
from netsandbox.wire.services import SERVICES, port_number, service_name

REAL = """\
http                  80/tcp www
http-alt              8080/tcp webcache
imap2                 143/tcp imap
kerberos              88/tcp kerberos5 krb5 kerberos-sec
ntp                   123/udp
redis                 6379/tcp
snmp-trap             162/tcp snmptrap
syslog                514/udp"""
"""`getent services` of a Debian 13."""


@pytest.mark.parametrize("line", REAL.splitlines(), ids=lambda line: line.split()[0])
def test_getent_tells_a_service_with_its_other_names(line: str) -> None:
    name, port, *others = line.split()
    for asked in (name, *others) if name != "syslog" else ("syslog/udp",):
        assert KeptSession().run(f"getent services {asked}").out == line + "\n"
    assert service_name(int(port.partition("/")[0]), port.partition("/")[2]) == name


def test_a_port_has_one_name_in_a_protocol() -> None:
    for name, (port, protocols) in SERVICES.items():
        assert port_number(name) == port
        assert [service_name(port, protocol) for protocol in protocols] == [name] * len(protocols)
    assert (service_name(514, "tcp"), service_name(514, "udp")) == ("shell", "syslog")


@pytest.mark.parametrize("text", ["", "65536", "nosuch", "-1", "99999999999", "٨٠"])
def test_what_is_no_port_has_no_number(text: str) -> None:
    assert port_number(text) is None


def test_the_tools_agree() -> None:
    session = KeptSession()
    session.run("nc -l 3389 &")
    assert "ms-wbt-server" in session.run("ss -tl").out
    assert "dpt:ms-wbt-server" in session.run("iptables -A INPUT -p tcp --dport 3389 -j ACCEPT; iptables -L INPUT").out
    assert session.run("ss -tlH sport = :rdp").code == 1
