"""Rules that a person writes into ufw's before.rules and after.rules."""

from __future__ import annotations

from netsandbox.session.session import Session

DOCKER = """*filter
:ufw-user-forward - [0:0]
:DOCKER-USER - [0:0]
-A DOCKER-USER -j ufw-user-forward
-A DOCKER-USER -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -d 172.16.0.0/12 -j DROP
COMMIT
"""


def written(session: Session, name: str, text: str) -> None:
    for line in text.splitlines():
        assert session.run(f"echo '{line}' >> /etc/ufw/{name}").code == 0


def test_rules_of_its_own_files_are_loaded_before_those_of_its_lines() -> None:
    session = Session()
    for line in ("add-host lan", "connect host lan", "set-ip host:eth0 192.168.1.10/24",
                 "set-ip lan:eth0 192.168.1.20/24", "docker run -d --name web -p 8080:80 nginx"):
        assert session.run(line).code == 0, line
    asked = "exec lan nc -zw1 192.168.1.10 8080"
    assert session.run("ufw --force enable; iptables -A DOCKER-USER -j ACCEPT").code == 0
    written(session, "after.rules", DOCKER)
    assert session.run(asked).code == 0, "nobody has loaded it yet"
    assert session.run("ufw reload").code == 0
    assert session.run("iptables -S DOCKER-USER").out.splitlines() == [
        "-N DOCKER-USER", "-A DOCKER-USER -j ufw-user-forward",
        "-A DOCKER-USER -d 172.16.0.0/12 -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP"]
    assert session.run(asked).code == 1
    assert session.run("ufw route allow proto tcp from any to any port 80").code == 0
    assert session.run(asked).code == 0
    assert session.run("ufw disable").code == 0
    assert session.run("iptables -S ufw-user-forward").out == "-N ufw-user-forward\n", "something leads there"


def test_other_tables_and_what_is_no_rule() -> None:
    session = Session()
    written(session, "before.rules", "*nat\n-A POSTROUTING -s 10.8.0.0/16 -o eth0 -j MASQUERADE\nCOMMIT\n")
    assert session.run("ufw --force enable").code == 0
    assert "-A POSTROUTING -s 10.8.0.0/16 -o eth0 -j MASQUERADE" in session.run("iptables -t nat -S").out
    written(session, "before.rules", "*filter\n-A NOPE -j ACCEPT\nCOMMIT\n")
    job = session.run("ufw reload")
    assert (job.code, job.err.partition("\n")[0]) == (1, "ERROR: problem running ufw-init")
