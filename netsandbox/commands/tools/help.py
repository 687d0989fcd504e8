"""What the tools print when they are asked for help, or do not understand: in our own words, what is modelled."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.words import USAGE

TEXTS: dict[str, str] = {
    "ip": """\
Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | link | maddress | monitor | neighbour | netns | route | rule }
       OPTIONS := { -4 | -6 | -0 | -br[ief] | -d[etails] | -f[amily] NAME | -j[son] | -n[etns] NAME |
                    -o[neline] | -p[retty] | -s[tatistics] | -V[ersion] }""",
    "ip address": """\
Usage: ip address { add | change | replace } ADDR[/LENGTH] dev IFACE
                  [ broadcast ADDR | broadcast + ] [ label NAME ] [ scope SCOPE ]
       ip address del ADDR/LENGTH dev IFACE
       ip address [ show ] [ dev IFACE ] FILTER
       ip address flush [ dev IFACE ] FILTER
where  FILTER := [ to PREFIX ] [ scope SCOPE ] [ label PATTERN ] [ primary | secondary ] [ up | down ]
                 [ master BRIDGE ] [ type { bridge | veth | bridge_slave } ]
       SCOPE := { global | site | link | host }""",
    "ip link": """\
Usage: ip link add [ name ] IFACE [ address MAC ] [ mtu BYTES ] [ netns NAME ] type veth [ peer name IFACE … ]
       ip link add [ name ] BRIDGE [ address MAC ] type bridge [ ageing_time HUNDREDTHS ]
       ip link set [ dev ] IFACE { up | down } [ address MAC ] [ mtu BYTES ] [ name NEW ] [ arp { on | off } ]
                   [ master BRIDGE | nomaster ] [ netns NAME ] [ type { bridge | bridge_slave } SETTINGS ]
       ip link del [ dev ] IFACE
       ip link [ show ] [ dev IFACE ] [ up ] [ master BRIDGE ] [ type KIND ]""",
    "veth": "Usage: ip link add IFACE type veth [ peer name IFACE [ address MAC ] [ netns NAME ] ]",
    "bridge_slave": """\
Usage: … bridge_slave [ state NUMBER ] [ cost COST ] [ priority PRIORITY ] [ fdb_flush ]
                      [ { hairpin | isolated | learning | flood | mcast_flood | bcast_flood | guard } { on | off } ]""",
    "bridge_device": "Usage: … bridge [ ageing_time HUNDREDTHS ] [ fdb_flush ]",
    "ip route": """\
Usage: ip route [ show ] [ PREFIX | root PREFIX | match PREFIX ] [ table TABLE ] [ dev IFACE ] [ via PREFIX ]
                [ proto PROTO ] [ scope SCOPE ] [ type TYPE ] [ cache ]
       ip route flush FILTER
       ip route get ADDR [ from ADDR ] [ iif IFACE ] [ oif IFACE ] [ fibmatch ]
       ip route { add | append | change | prepend | replace | del } [ TYPE ] PREFIX
                [ via ADDR ] [ dev IFACE ] [ src ADDR ] [ metric NUMBER ] [ mtu BYTES ] [ scope SCOPE ]
                [ proto PROTO ] [ table TABLE ] [ onlink ]
where  TYPE := { unicast | local | broadcast | unreachable | prohibit | blackhole | throw }
       TABLE := { local | main | default | all | NUMBER }""",
    "ip neigh": """\
Usage: ip neigh { add | change | replace } ADDR lladdr MAC [ nud STATE ] dev IFACE
       ip neigh del ADDR dev IFACE
       ip neigh { add | del } proxy ADDR dev IFACE
       ip neigh { show | flush } [ proxy ] [ to PREFIX ] [ dev IFACE ] [ nud STATE ]
       ip neigh get ADDR dev IFACE
where  STATE := { permanent | noarp | reachable | stale | delay | probe | incomplete | failed | none | all }""",
    "ip netns": """\
Usage: ip netns [ list ]
       ip netns add NAME
       ip [ -all ] netns del [ NAME ]
       ip [ -all ] netns exec [ NAME ] COMMAND …
       ip netns identify""",
    "ip tunnel": """\
Usage: ip tunnel { add | change | del | show } [ NAME ] [ mode { gre | ipip } ] [ remote ADDR ] [ local ADDR ]
                 [ [i|o]seq ] [ [i|o]key KEY ] [ [i|o]csum ] [ ttl TTL ] [ tos TOS ] [ [no]pmtudisc ] [ dev DEV ]""",
    "tc": """\
Usage: tc [ -s ] qdisc { add | change | replace | del } dev DEV root [ handle ID: ] KIND OPTIONS
       tc [ -s ] qdisc [ show ] [ dev DEV ]
       tc [ -s ] class [ show ] dev DEV
       tc class { add | change | replace | del } dev DEV [ parent ID ] classid ID htb rate RATE OPTIONS
       tc [ -s ] filter { add | change | replace | del | get | show } dev DEV [ parent ID ] [ protocol PROTO ]
                        [ prio PRIO ] [ handle ID ] { u32 | matchall | fw } OPTIONS
KIND := { netem | tbf | prio | htb | pfifo | bfifo | pfifo_fast | fq_codel | noqueue }""",
    "netem": """\
Usage: ... netem [ limit PACKETS ] [ delay TIME [ JITTER [CORRELATION] ] ]
                 [ distribution { uniform | normal | pareto } ] [ loss gemodel PERCENT [ R [ 1-H [ 1-K ] ] ] ]
                 [ loss PERCENT [CORRELATION] ] [ duplicate PERCENT [CORRELATION] ]
                 [ corrupt PERCENT [CORRELATION] ] [ reorder PERCENT [CORRELATION] [ gap DISTANCE ] ]
                 [ rate RATE [PACKETOVERHEAD] [CELLSIZE] [CELLOVERHEAD] ] [ seed SEED ]""",
    "htb": """\
Usage: ... qdisc add ... htb [default N] [r2q N] [direct_qlen P]
... class add ... htb rate R1 [burst B1] [mpu B] [overhead O] [prio P] [ceil R2] [cburst B2] [quantum Q]""",
    "fq_codel": "Usage: ... fq_codel\t[ limit PACKETS ] [ flows NUMBER ]\n[ memory_limit BYTES ]\n"
                "[ target TIME ] [ interval TIME ]\n[ quantum BYTES ] [ [no]ecn ]\n[ ce_threshold TIME ]\n"
                "[ ce_threshold_selector VALUE/MASK ]\n[ drop_batch SIZE ]",
    "sfq": "Usage: ... sfq\t[ limit NUMBER ] [ perturb SECS ] [ quantum BYTES ]\n"
    "\t\t[ divisor NUMBER ] [ flows NUMBER] [ depth NUMBER ]\n\t\t[ headdrop ]\n"
    "\t\t[ redflowlimit BYTES ] [ min BYTES ] [ max BYTES ]\n"
    "\t\t[ avpkt BYTES ] [ burst PACKETS ] [ probability P ]\n\t\t[ ecn ] [ harddrop ]",
    "tbf": "Usage: ... tbf limit BYTES burst BYTES[/BYTES] rate KBPS [ mtu BYTES[/BYTES] ]\n"
           "\t[ peakrate KBPS ] [ latency TIME ] [ overhead BYTES ] [ linklayer TYPE ]",
    "u32": """\
Usage: ... u32 [ match SELECTOR ... ] [ classid CLASSID ]
where  SELECTOR := { ip FIELD | { tcp | udp } { src | dst } | icmp { type | code } | u{32|16|8} }
                   VALUE MASK [ at OFFSET ]""",
    "matchall": "Usage: ... matchall [ classid CLASSID ]",
    "fw": "Usage: ... fw [ classid CLASSID ]\nwhere  what the filter's handle is: MARK[/MASK]",
    "ip tuntap": """\
Usage: ip tuntap { add | del } [ dev ] NAME mode { tun | tap } [ user USER ] [ group GROUP ] [ pi ] [ vnet_hdr ]
       ip tuntap [ show ]""",
    "ip tcp_metrics": """\
Usage:\tip tcp_metrics/tcpmetrics { COMMAND | help }
\tip tcp_metrics { show | flush } SELECTOR
\tip tcp_metrics delete [ address ] ADDRESS
SELECTOR := [ [ address ] PREFIX ]""",
    "ip mroute": """\
Usage: ip mroute show [ [ to ] PREFIX ] [ from PREFIX ] [ iif DEVICE ]
                      [ table TABLE_ID ]
TABLE_ID := [ local | main | default | all | NUMBER ]""",
    "ip xfrm": """\
Usage: ip xfrm XFRM-OBJECT { COMMAND | help }
where  XFRM-OBJECT := state | policy | monitor""",
    "ip xfrm state": "Usage: ip xfrm state { list | count | flush }",
    "ip xfrm policy": "Usage: ip xfrm policy { list | count | flush }",
    "ip ntable": """\
Usage: ip ntable change name NAME [ dev DEV ]
        [ thresh1 VAL ] [ thresh2 VAL ] [ thresh3 VAL ] [ gc_int MSEC ]
        [ PARMS ]
Usage: ip ntable show [ dev DEV ] [ name NAME ]
PARMS := [ base_reachable MSEC ] [ retrans MSEC ] [ gc_stale MSEC ]
         [ delay_probe MSEC ] [ queue LEN ]
         [ app_probes VAL ] [ ucast_probes VAL ] [ mcast_probes VAL ]
         [ anycast_delay MSEC ] [ proxy_delay MSEC ] [ proxy_queue LEN ]
         [ locktime MSEC ]""",
    "ip netconf": "Usage: ip netconf show [ dev STRING ]",
    "ip vrf": """\
Usage:\tip vrf show [NAME] ...
\tip vrf exec [NAME] cmd ...
\tip vrf identify [PID]
\tip vrf pids [NAME]""",
    "ip nexthop": """\
Usage: ip nexthop { list | flush } [ protocol ID ] SELECTOR
       ip nexthop { add | replace } id ID NH [ protocol ID ]
       ip nexthop { get | del } id ID
SELECTOR := [ id ID ] [ dev DEV ] [ groups ]
NH := { blackhole | [ via ADDRESS ] [ dev DEV ] [ onlink ] | group GROUP [ type mpath ] }
GROUP := [ <id[,weight]>/<id[,weight]>/... ]""",
    "ip rule": """\
Usage: ip rule { add | del } SELECTOR ACTION
       ip rule { flush | list }
SELECTOR := [ not ] [ from PREFIX ] [ to PREFIX ] [ fwmark FWMARK[/MASK] ]
            [ iif STRING ] [ oif STRING ] [ pref NUMBER ] [ l3mdev ] [ tos TOS ] [ uidrange NUMBER-NUMBER ]
            [ ipproto PROTOCOL ] [ sport NUMBER[-NUMBER] ] [ dport NUMBER[-NUMBER] ]
ACTION := [ table TABLE_ID ] [ prohibit | unreachable | blackhole | nop ] [ goto NUMBER ]""",
    "ip maddr": """\
Usage: ip maddr [ add | del ] MAC dev IFACE
       ip maddr show [ dev IFACE ]""",
    "bridge": """\
Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { link | fdb | vlan | mdb }
       OPTIONS := { -d[etails] | -j[son] | -n[etns] NAME | -o[neline] | -p[retty] | -s[tatistics] | -V[ersion] }""",
    "bridge link": """\
Usage: bridge link [ show ] [ dev PORT ] [ master BRIDGE ]
       bridge link set dev PORT [ state STATE ] [ cost COST ] [ priority PRIORITY ]
              [ { hairpin | isolated | learning | flood | mcast_flood | bcast_flood | guard } { on | off } ]
where  STATE := { disabled | listening | learning | forwarding | blocking | NUMBER }""",
    "bridge fdb": """\
Usage: bridge fdb { add | append | replace | del } MAC dev IFACE [ self ] [ master ]
              [ local | static | dynamic ] [ sticky ] [ use ]
       bridge fdb [ show ] [ br BRIDGE ] [ brport PORT ] [ state STATE ] [ dynamic ]
       bridge fdb get MAC { br BRIDGE | dev PORT }
       bridge fdb flush dev BRIDGE [ brport PORT ] [ [no]permanent | [no]static | [no]dynamic ]""",
    "arp": """\
Usage: arp [-vn] [-i IFACE] [-a] [ADDR]      show the table
       arp [-i IFACE] -d ADDR                delete an entry
       arp [-i IFACE] -s ADDR MAC [temp]     add an entry""",
    "brctl": """\
Usage: brctl [commands]
commands:
	addbr     	<bridge>		add bridge
	delbr     	<bridge>		delete bridge
	addif     	<bridge> <device>	add interface to bridge
	delif     	<bridge> <device>	delete interface from bridge
	hairpin   	<bridge> <port> {on|off}	turn hairpin on/off
	setageing 	<bridge> <time>		set ageing time
	setbridgeprio	<bridge> <prio>		set bridge priority
	setfd     	<bridge> <time>		set bridge forward delay
	sethello  	<bridge> <time>		set hello time
	setmaxage 	<bridge> <time>		set max message age
	setpathcost	<bridge> <port> <cost>	set path cost
	setportprio	<bridge> <port> <prio>	set port priority
	show      	[ <bridge> ]		show a list of bridges
	showmacs  	<bridge>		show a list of mac addrs
	showstp   	<bridge>		show bridge stp info
	stp       	<bridge> {on|off}	turn stp on/off""",
    "route": """\
Usage: route [-n] [-e | -ee]
       route { add | del } { -net | -host } TARGET[/LENGTH] [netmask MASK] [gw ADDR] [metric NUMBER] [dev IFACE]""",
    "netstat": """\
usage: netstat [-vWeenNcCF] [<Af>] -r         netstat {-V|--version|-h|--help}
       netstat [-vWnNcaeol] [<Socket> ...]
       netstat { [-vWeenNac] -i | [-cnNe] -M | -s [-6tuw] }

        -r, --route              display routing table
        -i, --interfaces         display interface table
        -v, --verbose            be verbose
        -W, --wide               don't truncate IP addresses
        -n, --numeric            don't resolve names
        -e, --extend             display other/more information
        -p, --programs           display PID/Program name for sockets
        -l, --listening          display listening server sockets
        -a, --all                display all sockets (default: connected)

  <Socket>={-t|--tcp} {-u|--udp} {-x|--unix}""",
    "nstat": """\
Usage: nstat [OPTION] [ PATTERN [ PATTERN ] ]
   -h, --help          this message
   -a, --ignore        ignore history
   -d, --scan=SECS     sample every statistics every SECS
   -j, --json          format output in JSON
   -n, --nooutput      do history only
   -p, --pretty        pretty print
   -r, --reset         reset history
   -s, --noupdate      don't update history
   -t, --interval=SECS report average over the last SECS
   -V, --version       output version information
   -z, --zeros         show entries with zero activity""",
    "ss": "Usage: ss [-t] [-u] [-l | -a] [-n] [-p] [-H] [ state { listening | established | … } ] [ sport = :PORT ]",
    "lsns": """\
Usage: lsns [-t net] [-p PID] [-n] [-o COLUMN,COLUMN…]
where  COLUMN := { NS | TYPE | NPROCS | PID | USER | NETNSID | NSFS | COMMAND }""",
    "sysctl": """\
Usage: sysctl [-n | -N | -b] [-e] [-q] KEY…
       sysctl [-w] KEY=VALUE…
       sysctl -a [-r PATTERN]""",
    "bridge vlan": "Usage: bridge vlan [ show ]",
    "bridge mdb": """\
Usage: bridge mdb { add | del } dev DEV port PORT grp GROUP [ permanent | temp ] [ vid VID ]
       bridge mdb get dev DEV grp GROUP [ vid VID ]
       bridge mdb flush dev DEV [ port PORT ] [ vid VID ] [ [no]permanent ]
       bridge mdb [ show ] [ dev DEV ] [ vid VID ]""",
    "bridge monitor": "Usage: bridge monitor [ link | fdb | all ]",
    "ip monitor": """\
Usage: ip monitor [ all | OBJECTS ] [ label ] [ dev DEVICE ]
OBJECTS :=  address | link | neigh | route""",
}


def usage(topic: str, code: int = USAGE) -> ToolError:
    """The usage text of an object, on standard error; most tools end with status 255."""
    return ToolError(code, TEXTS[topic])
