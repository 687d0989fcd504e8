"""The rules that ufw puts around those of a person: /etc/ufw/before.rules and after.rules of Debian's ufw 0.36."""

from __future__ import annotations

WAYS = ("input", "output", "forward")
BASE = ("before-logging", "before", "after", "after-logging", "reject", "track")
"""What each of INPUT, OUTPUT and FORWARD leads to, in this order."""
ICMP_TYPES = (3, 11, 12, 8)
LIMIT = "-m limit --limit 3/min --limit-burst 10"
BEFORE = [
    "-A ufw-before-input -i lo -j ACCEPT", "-A ufw-before-output -o lo -j ACCEPT",
    *(f"-A ufw-before-{way} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT" for way in WAYS),
    "-A ufw-before-input -m conntrack --ctstate INVALID -j ufw-logging-deny",
    "-A ufw-before-input -m conntrack --ctstate INVALID -j DROP",
    *(f"-A ufw-before-input -p icmp -m icmp --icmp-type {kind} -j ACCEPT" for kind in ICMP_TYPES),
    *(f"-A ufw-before-forward -p icmp -m icmp --icmp-type {kind} -j ACCEPT" for kind in ICMP_TYPES),
    "-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT",
    "-A ufw-before-input -j ufw-not-local",
    *(f"-A ufw-not-local -m addrtype --dst-type {kind} -j RETURN" for kind in ("LOCAL", "MULTICAST", "BROADCAST")),
    f"-A ufw-not-local {LIMIT} -j ufw-logging-deny", "-A ufw-not-local -j DROP",
    "-A ufw-before-input -d 224.0.0.251 -p udp -m udp --dport 5353 -j ACCEPT",
    "-A ufw-before-input -d 239.255.255.250 -p udp -m udp --dport 1900 -j ACCEPT",
    *(f"-A ufw-before-{way} -j ufw-user-{way}" for way in WAYS)]
AFTER = [
    *(f"-A ufw-after-input -p {protocol} -m {protocol} --dport {port} -j ufw-skip-to-policy-input"
      for protocol, port in (("udp", 137), ("udp", 138), ("tcp", 139), ("tcp", 445), ("udp", 67), ("udp", 68))),
    "-A ufw-after-input -m addrtype --dst-type BROADCAST -j ufw-skip-to-policy-input"]
LIMITED = [
    '-A ufw-user-limit -m limit --limit 3/min -j LOG --log-prefix "[UFW LIMIT BLOCK] "',
    "-A ufw-user-limit -j REJECT --reject-with icmp-port-unreachable", "-A ufw-user-limit-accept -j ACCEPT"]
LOGGING = [
    f"-A ufw-logging-deny -m conntrack --ctstate INVALID {LIMIT} -j RETURN",
    f'-A ufw-logging-deny {LIMIT} -j LOG --log-prefix "[UFW BLOCK] "',
    f'-A ufw-logging-allow {LIMIT} -j LOG --log-prefix "[UFW ALLOW] "']
"""At the level low, which is the usual one."""


def chains() -> list[str]:
    """All chains of ufw's own."""
    names = [f"ufw-{part}-{way}" for part in (*BASE, "user", "user-logging", "skip-to-policy") for way in WAYS]
    return [*names, "ufw-logging-allow", "ufw-logging-deny", "ufw-not-local", "ufw-user-limit", "ufw-user-limit-accept"]


def track(policies: dict[str, str]) -> list[str]:
    """What is let go on its way out (or through), where all of it is: so that answers are known."""
    return [f"-A ufw-track-{way} -p {protocol} -m conntrack --ctstate NEW -j ACCEPT"
            for way in WAYS for protocol in ("tcp", "udp") if policies[way] == "ACCEPT"]


def restore_text(policies: dict[str, str], logs: bool) -> str:
    """What ufw gives to iptables-restore when it is enabled."""
    lines = ["*filter", *(f":{way.upper()} {'ACCEPT' if policies[way] == 'ACCEPT' else 'DROP'} [0:0]" for way in WAYS)]
    lines += [f":{name} - [0:0]" for name in chains()]
    lines += [f"-A {way.upper()} -j ufw-{part}-{way}" for way in WAYS for part in BASE]
    lines += BEFORE + AFTER
    if logs:
        lines += [f'-A ufw-after-logging-{way} {LIMIT} -j LOG --log-prefix "[UFW BLOCK] "'
                  for way in WAYS if policies[way] != "ACCEPT"] + LOGGING
    lines += [f"-A ufw-skip-to-policy-{way} -j {policies[way]}" for way in WAYS]
    lines += [f"-A ufw-reject-{way} -j REJECT" for way in WAYS if policies[way] == "REJECT"]
    return "\n".join([*lines, *track(policies), *LIMITED, "COMMIT", ""])
