"""Programs that tutorials use and the sandbox does not have: what is said in one line where one is typed."""

from __future__ import annotations

WHY = {
    "cables here are as fast as one likes, so a load test would measure this machine; `curl` and `nc` make connections":
        "ab hey iperf iperf3 siege wrk",
    "there is no encryption; `nc` and `telnet` connect": "openssl ssh scp sftp",
    "`ls` lists files, and `cat > FILE`, `tee` and `sed -i` write them": "df du find nano vi vim",
    "`docker ps` and `ss -ltnp` show what runs": "htop pstree",
    "what is modelled is loaded": "insmod rmmod",
    "the rules are iptables'": "firewall-cmd",
    "IPv6 is not modelled": "ping6 traceroute6",
    "`ip -d link` and `cat /sys/class/net/DEV/…` tell what there is": "mii-tool nmcli",
    "`docker run` and `docker network create` do what a compose file describes": "docker-compose",
    "`help` tells what there is, and `ip help`, `bridge help` …": "info man",
    "`traceroute` and `mtr` are there": "tracepath",
    "`nc -zv HOST PORTS`, `fping`, `arping` and `ping` find who is there": "nmap",
    "`tcpdump` is there, and `export FILE` writes a capture for it": "tshark wireshark",
    "you may do everything": "su", "you are root": "who",
    "of Python there is `python3 -m http.server`": "python",
    "`help` lists what there is": "whereis",
    "what was printed stays; `new` begins with an empty lab": "clear reset",
    "`ss -ltnp` shows who has which port": "fuser lsof"}
REASONS = {name: why for why, names in WHY.items() for name in names.split()}


def reason(name: str) -> str:
    """Why there is no such program and what to type instead, or empty for one that nobody misses."""
    return f"the sandbox has no {name}: {REASONS[name]}" if name in REASONS else ""
