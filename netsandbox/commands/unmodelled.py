"""Programs that tutorials use and the sandbox does not have: what is said in one line where one is typed."""

from __future__ import annotations

WHY = {
    "TCP connections are not modelled; `ping` reaches, and `ss -ltn` in the other node shows who listens":
        "ab curl iperf iperf3 nc ncat netcat socat ssh telnet wget",
    "the packets of a name server are not modelled; `ping NAME` finds a container on the same network":
        "dig getent host nslookup",
    "there is no file system": "df du find nano vi vim",
    "`ip netns add NAME` makes a namespace, and `ip netns exec NAME …` runs in it": "unshare",
    "`docker ps` and `ss -ltnp` show what runs": "htop pgrep pidof ps pstree",
    "`docker kill` and `docker stop` end a container's program": "killall pkill",
    "the engine is always there": "dockerd journalctl service systemctl",
    "what is modelled is loaded": "insmod lsmod modprobe rmmod",
    "the rules are iptables'": "firewall-cmd",
    "IPv6 is not modelled": "ping6 traceroute6", "there are no queueing disciplines": "tc",
    "`ip -d link` and `cat /sys/class/net/DEV/…` tell what there is": "ethtool mii-tool nmcli",
    "`docker run` and `docker network create` do what a compose file describes": "docker-compose",
    "`help` tells what there is, and `ip help`, `bridge help` …": "info man",
    "`traceroute` is there": "mtr tracepath", "`arping` and `ping` find who is there": "nmap",
    "`tcpdump` is there, and `export FILE` writes a capture for it": "tshark wireshark",
    "you may do everything": "su", "you are root": "groups id who",
    "the servers that run are those of the images, as nginx": "python python3",
    "`help` lists what there is": "which whereis",
    "what was printed stays; `new` begins with an empty lab": "clear reset",
    "`ss -ltnp` shows who has which port": "fuser lsof"}
REASONS = {name: why for why, names in WHY.items() for name in names.split()}


def reason(name: str) -> str:
    """Why there is no such program and what to type instead, or empty for one that nobody misses."""
    return f"the sandbox has no {name}: {REASONS[name]}" if name in REASONS else ""
