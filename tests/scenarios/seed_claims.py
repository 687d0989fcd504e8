"""The tutorial's claims, and where each is shown: in which scenario, by which expectation.

A claim is right (✔), imprecise (◐) or wrong (✘); of the last two kinds the
scenario shows what Linux and Docker do instead.
"""

from __future__ import annotations

from typing import NamedTuple


class Claim(NamedTuple):
    """One claim.

    Attributes:
        text: it, in a few words.
        shown: (scenario, expectation) pairs.
        waits: what of it is not shown yet, and what for.
    """

    mark: str
    text: str
    shown: tuple[tuple[str, str], ...]
    waits: str = ""


TOUR, HOST, IDENTITY, CABLE = "netns-tour", "host-net", "mac-ip", "one-cable"
ARP, CACHE, HUB, SWITCH, BRIDGE = "arp-basics", "arp-cache", "hub", "switch-learning", "two-port-bridge"
VETH, HAND, PING = "veth", "docker0-by-hand", "docker0-ping"
FIELDS = ("frames 1 out on pc1:eth0 bytes 22 '02 00 00 00 00 01 0a 00 01 01 00 00 00 00 00 00 0a 00 01 03' "
          "where arp")
FOUR_FRAMES = ("order in on ports of docker0 where arp and broadcast then arp and src nginx-2 "
               "then icmp and src nginx-1 then icmp and src nginx-2")

CLAIMS: dict[str, Claim] = {
    "S1": Claim("✔", "the network that a container sees is its namespace's own", (
        (TOUR, "no interface blue"), (TOUR, "interface blue:lo down state DOWN"), (TOUR, "no route blue"),
        (TOUR, "port blue 80 free"), (TOUR, "no arp blue"))),
    "S2": Claim("◐", "cards, loopback, routes and iptables make up the stack; more is per namespace", (
        (TOUR, "no output contains '-A '"), (TOUR, "sysctl blue net.ipv4.ip_forward 1"), (TOUR, "no arp blue")),
        "rules of one's own and conntrack wait for iptables; the built-in chains are shown"),
    "S3": Claim("✔", "--net=host: no namespace is made", (
        (HOST, "namespace nginx-host is host"),
        (HOST, "output contains 'Published ports are discarded when using host network mode'"))),
    "S4": Claim("✘", "the line as printed has dashes for hyphens and is refused", (
        (HOST, "exit 125"), (HOST, "output contains 'invalid reference format'"),
        (HOST, "output contains 'docker run -d --net=host --name nginx-host nginx'"))),
    "S5": Claim("✔", "then it listens on the host's port 80", (
        (HOST, "port host 80 held by nginx-host"), (HOST, "output matches '0\\.0\\.0\\.0:80 .*\"nginx\"'"))),
    "S6": Claim("✔", "good performance: nothing is in between", (
        (HOST, "frames 4 on host:lo where icmp"), (HOST, "no frames on host:docker0"),
        (HOST, "frames 2 on ports of docker0 where icmp"))),
    "S7": Claim("✔", "shared resources: ports collide", (
        (HOST, "state nginx-2nd exited 1"), (HOST, "log nginx-2nd contains 'Address already in use'")),
        "the other text, of two published ports (-p), waits for publishing, which needs iptables"),
    "S8": Claim("✔", "in a namespace of its own it has its own address and ports", (
        (HOST, "port nginx-a 80 held by nginx-a"), (HOST, "port nginx-b 80 held by nginx-b"))),
    "S9": Claim("◐", "a card has a MAC from the factory; virtual ones are drawn, and can be changed", (
        (IDENTITY, "output matches 'link/ether [0-9a-f][26ae]:'"),
        (IDENTITY, "interface pc1:eth0 mac 02:00:00:00:00:99 address 10.0.1.11/24"))),
    "S10": Claim("◐", "an address is unique within one network, and not bound to a device", (
        (IDENTITY, "no frames on pc4"), (IDENTITY, "frames 2 in on pc1:eth0 saying 'Reply 10.0.1.12 is-at'"),
        (IDENTITY, "arp pc1 10.0.1.99 pc2 REACHABLE"))),
    "S11": Claim("◐", "an address that changes while somebody sends: the rest is lost", (
        (IDENTITY, "frames 4 out on pc1:eth0 since 4 lines where icmp"),
        (IDENTITY, "frames 2 in on pc1:eth0 since 4 lines where icmp"),
        (IDENTITY, "drop IP_INADDRERRORS at pc2:eth0 where icmp and src pc1"))),
    "S12": Claim("✔", "a MAC does not tell where: it never crosses a router", (
        (IDENTITY, "frames 1 in on pc3:eth0 from router:eth1 to pc3 where icmp and src pc1 and dst pc3"),
        (IDENTITY, "no frames on pc3 from pc1"), (IDENTITY, "no arp pc1 10.0.2.13"))),
    "S13": Claim("◐", "door number and identity card; but that card can be changed as well", (
        (IDENTITY, "arp pc2 10.0.1.11 02:00:00:00:00:99"), (IDENTITY, "arp pc1 10.0.1.22 pc2 REACHABLE"))),
    "S14": Claim("✔", "ARP finds the MAC of an IP address", (
        (ARP, "arp pc1 10.0.1.3 pc3 REACHABLE"),
        (ARP, "frames 1 out on pc1:eth0 bytes 0 'ff ff ff ff ff ff 02 00 00 00 00 01 08 06' where arp"))),
    "S15": Claim("◐", "ARP stays within one local network, and the prefix decides what that is", (
        (ARP, "frames 1 out on pc1:eth0 saying 'who-has 10.0.1.254 tell 10.0.1.1'"),
        (ARP, "no frames on pc1 saying 'who-has 10.0.2.4'"), (ARP, "no frames on pc4"),
        (ARP, "frames 1 in on pc1:eth0 from router:eth0 saying 'Reply 10.0.2.4 is-at'"))),
    "S16": Claim("✔", "a request holds both addresses of the asker and the IP address asked for", (
        (ARP, FIELDS),)),
    "S17": Claim("✘", "it is broadcast on the link layer, not on the network layer", (
        (ARP, "frames 1 out on pc1:eth0 bytes 0 'ff ff ff ff ff ff 02 00 00 00 00 01 08 06' where arp"),
        (ARP, "no frames where ip and broadcast"),
        (CACHE, "frame at 5s ± 0.3s out on pc2:eth0 from pc2 to pc1 saying 'Request who-has 10.0.0.1'"))),
    "S18": Claim("✔", "all receive it, and the one that is meant answers", (
        (ARP, "frames 1 in on pc2:eth0 since 2 lines where arp and broadcast and verdict ignored"),
        (ARP, "frames 1 in on pc3:eth0 since 2 lines where arp and broadcast and verdict answered"),
        (ARP, "no arp pc2"))),
    "S19": Claim("✔", "the answer goes to the asker alone", (
        (ARP, "frames 1 in on pc1:eth0 from pc3 to pc1 since 2 lines saying 'Reply 10.0.1.3 is-at 02:00:00:00:00:03'"),
        (ARP, "no frames on pc2 from pc3 since 2 lines"))),
    "S20": Claim("✔", "the table first, then a question, whose answer is kept", (
        (ARP, "order on pc1:eth0 where arp and out then arp and in then icmp and out then icmp and in"),
        (CACHE, "arp pc1 10.0.0.2 pc2 REACHABLE"), (CACHE, "no frames where arp"),
        (CACHE, "frames 3 out on pc1:eth0 to everyone saying 'who-has 10.0.0.9'"),
        (CACHE, "drop NEIGH_FAILED at pc1"))),
    "S21": Claim("◐", "rows expire; Linux keeps and checks them, the classic model deletes them", (
        (CACHE, "arp pc1 10.0.0.2 pc2 STALE"), (CACHE, "frames 2 out on pc1:eth0 to pc2 where arp"),
        (CACHE, "no arp pc1"))),
    "S22": Claim("✔", "a cable joins two machines", (
        (CABLE, "interface pc1:eth0 up carrier state UP peer pc2:eth0"), (CABLE, "reach pc1 pc2"))),
    "S23": Claim("◐", "more than two need something in the middle: a hub, today a switch", (
        (HUB, "reach pc1 pc4"), (HUB, "reach pc2 pc3"), (CABLE, "no interface pc3"))),
    "S24": Claim("✔", "a hub belongs to the physical layer: no addresses, no table", (
        (HUB, "interface hub1:p1 kind port carrier mac 00:00:00:00:00:00"),
        (HUB, "frames 3 out on hub1 from pc1 to pc2 where icmp and src pc1"))),
    "S25": Claim("◐", "it sends to all, which repeats the frame and does not make it a broadcast", (
        (HUB, "frames 1 in on pc3:eth0 from pc1 to pc2 where icmp"),
        (HUB, "frames 3 out on hub1 from pc1 to pc2 where icmp and src pc1"))),
    "S26": Claim("◐", "who is not meant drops it: the card by the MAC, the IP layer by the address", (
        (HUB, "drop OTHERHOST at pc3:eth0 where icmp and dst pc2"),
        (HUB, "drop IP_INADDRERRORS at pc3:eth0 where icmp"))),
    "S27": Claim("✔", "insecure and inefficient", (
        (HUB, "output of 'sniff pc4' contains '10 frames: 10 overheard'"),
        (HUB, "frames 20 where icmp and verdict dropped"))),
    "S28": Claim("✔", "a switch keeps a table of MACs and ports, filters and forwards", (
        (SWITCH, "mac sw1 pc1 on p1"), (SWITCH, "no frames on pc3"))),
    "S29": Claim("◐", "the frame is for the peer and not for the switch", (
        (SWITCH, "frames 1 out on pc1:eth0 from pc1 to pc2 where icmp"), (SWITCH, "no frames to sw1"))),
    "S30": Claim("◐", "the table is empty at first, but for the bridge's own addresses", (
        (SWITCH, "no mac sw1"), (SWITCH, "output matches 'dev p1 master br0 permanent'"))),
    "S31": Claim("✘", "an unknown destination is flooded; it is the source that is learned", (
        (SWITCH, "frames 2 out on ports of sw1 where icmp and src pc1 and verdict flooded"),
        (SWITCH, "frames 1 in on pc3:eth0 to pc2 where icmp and src pc1"), (SWITCH, "no mac sw1 pc3"))),
    "S32": Claim("◐", "a known one takes one port; the same port is filtered, rows age", (
        (SWITCH, "frames 2 out on ports of sw1 where icmp"),
        (BRIDGE, "drop BRIDGE_NO_EGRESS_PORT at br1:p1 where icmp"), (SWITCH, "mac sw1 pc1 on p4"))),
    "S33": Claim("◐", "two ports or many is history", (
        (BRIDGE, "output contains \"'br1' has 2 ports and all are used\""),
        (BRIDGE, "interface sw1:p4 master br0 port forwarding"))),
    "S34": Claim("✔", "each container is like a host with a stack of its own", (
        (PING, "no namespace nginx-1 is nginx-2"), (HOST, "no namespace nginx-a is host"))),
    "S35": Claim("✔", "two hosts by a cable, many by a switch", (
        (CABLE, "reach pc1 pc2"), (SWITCH, "mac sw1 pc3 on p3"))),
    "S36": Claim("✔", "a Linux bridge is a switch: it learns MACs and forwards by them", (
        (HAND, "mac docker0 c1 on veth1"), (PING, "mac docker0 nginx-1 on nginx-1"))),
    "S37": Claim("✔", "docker0 is there by default, down while it is empty, with an address of its own", (
        (HOST, "interface host:docker0 up no-carrier state DOWN"),
        (PING, "interface host:docker0 kind bridge up carrier address 172.17.0.1/16"))),
    "S38": Claim("✘", "what is connected to docker0 communicates: containers, not bridges", (
        (HAND, "output contains 'Can not enslave a bridge to a bridge'"), (HAND, "no frames on c2 from c1"),
        (HAND, "interface c1:eth0 joins docker0"))),
    "S39": Claim("✔", "a veth pair connects a container to the bridge", (
        (HAND, "frames 3 in on server:veth1 where arp and broadcast"),
        (HAND, "interface server:veth1 master docker0 port forwarding"), (HAND, "frames 4 in on ports of docker0"))),
    "S40": Claim("✔", "it always is two cards", (
        (VETH, "interface host:veth-red kind veth peer host:veth-blue down no-carrier"), (VETH, "no interface red"),
        (VETH, "no interface blue"), (VETH, "output matches 'veth-red@if[0-9]+:'"))),
    "S41": Claim("✔", "what one sends the other receives, in whatever namespace", (
        (VETH, "frames 2 out on red:veth-red"), (VETH, "frames 2 in on blue:veth-blue"),
        (VETH, "interface red:veth-red up no-carrier"))),
    "S42": Claim("✔", "so it is used as a cable between namespaces", (
        (VETH, "interface red:veth-red peer blue:veth-blue"), (VETH, "no frames on host"))),
    "S43": Claim("✔", "nginx-1's eth0 is one end, the other is plugged into docker0", (
        (PING, "interface nginx-1:eth0 kind veth address 172.17.0.2/16 peer host joins docker0"),
        (VETH, "output matches 'veth[0-9a-f]{7}@if2:.*master docker0'"))),
    "S44": Claim("✔", "nginx-2 has a pair as well", (
        (PING, "interface nginx-2:eth0 kind veth address 172.17.0.3/16 peer host joins docker0"),)),
    "S45": Claim("✔", "the two reach each other", (
        (PING, "output contains ', 0% packet loss'"), (PING, "reach nginx-2 nginx-1"))),
    "S46": Claim("✔", "the MAC of 172.17.0.3 is needed, once the route says that it is on the link", (
        (PING, "output contains '172.17.0.3 dev eth0 src 172.17.0.2'"), (PING, "no output contains via"))),
    "S47": Claim("✔", "so eth0 sends an ARP broadcast", (
        (PING, "frames 1 out on nginx-1:eth0 to everyone saying 'Request who-has 172.17.0.3 tell 172.17.0.2'"),)),
    "S48": Claim("✔", "docker0 passes it on to all other ports, and takes it itself", (
        (PING, "frames 1 out on ports of docker0 where arp and broadcast and verdict flooded"),
        (PING, "frames 1 in on host:docker0 where arp and broadcast"))),
    "S49": Claim("✔", "nginx-2 answers with its MAC", (
        (PING, "frames 1 in on nginx-1:eth0 from nginx-2 to nginx-1 saying 'Reply 172.17.0.3 is-at'"),)),
    "S50": Claim("✔", "docker0 finds the port in its table", (
        (PING, "frames 2 out on ports of docker0 where icmp"), (PING, "mac docker0 nginx-2 on nginx-2"))),
    "S51": Claim("✔", "nginx-2 gets the packet and answers", (
        (PING, FOUR_FRAMES), (PING, "output contains 'ttl=64'"),
        (PING, "frame at 5s ± 0.3s out on nginx-2:eth0 to nginx-1 saying 'Request who-has 172.17.0.2'"))),
    "S52": Claim("–", "left out: this path bypasses iptables", (
        (PING, "no frames on host:docker0 since 5 lines where icmp"),
        (PING, "no frames since 5 lines where icmp and verdict routed"), (PING, "output contains 'ttl=64'"),
        (PING, "sysctl host net.bridge.bridge-nf-call-iptables 0")),
        "a rule that never fires, its counters, and br_netfilter turned on wait for iptables"),
}
