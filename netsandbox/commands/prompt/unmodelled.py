"""Programs that tutorials use and the sandbox does not have: what is said in one line where one is typed."""

from __future__ import annotations

WHY = {
    "cables here are as fast as one likes, so a load test would measure this machine; `iperf3` and `curl` connect":
        "ab hey iperf siege wrk netperf qperf",
    "there is no encryption; `nc` and `telnet` connect": "openssl ssh ssh-keygen ssh-copy-id scp sftp "
        "sshpass wg wg-quick openvpn gpg apt-key ipsec swanctl tailscale "
        "tailscaled zerotier-cli tincd cloudflared ngrok",
    "`cat > FILE` (until a line `EOF` with `<< EOF`), `tee` and `sed -i` write files":
        "nano vi vim emacs nvim joe pico",
    "`ls` lists files, and `cat > FILE`, `tee` and `sed -i` write them":
        "du file rsync zip unzip xz bzip2 split shuf sync strings mkfifo mknod shred setfacl getfacl inotifywait",
    "there are no disks: a machine's files are kept with the lab": "df lsblk findmnt blkid losetup fdisk mkfs",
    "of text there are grep, sed, awk, sort, uniq, cut, tr, diff, head, tail, wc and jq":
        "join fold fmt expand unexpand xxd hexdump "
        "bc perl ruby php yq",
    "`docker ps` and `ss -ltnp` show what runs": "pstree screen tmux",
    "programs take neither memory nor processors here; `ps aux` and `docker top NAME` list them":
        "top htop atop free vmstat iostat mpstat pidstat",
    "`ip -s link` counts what passes, and `tcpdump` shows it":
        "iftop nethogs iptraf iptraf-ng nload bmon vnstat sar dstat ifstat speedometer",
    "nobody else is here: the lab is yours": "w who last finger users write wall",
    "what is modelled is loaded": "insmod rmmod depmod modinfo",
    "`ip -s link` and `tc -s qdisc` count what passes, and `why` tells what was dropped": "lnstat rtstat ctstat",
    "the rules are iptables'": "firewall-cmd ipset ebtables arptables fail2ban-client psad",
    "`nft list ruleset` shows what iptables made":
        "iptables-translate ip6tables-translate iptables-restore-translate iptables-xml",
    "`iptables-save` and `iptables-restore` keep and load rules": "iptables-apply netfilter-persistent",
    "services are reached by their addresses and published ports; there is no IPVS": "ipvsadm",
    "`cat /etc/os-release` and `uname -a` tell it": "lsb_release",
    "`ip -4 -br addr` and `ip route get ADDRESS` tell what a prefix holds": "ipcalc sipcalc",
    "IPv6 is not modelled": "ping6 traceroute6 rdisc",
    "`ip` sets up interfaces, and `ip -d link` and `cat /sys/class/net/DEV/…` tell what there is":
        "mii-tool devlink rdma nmcli nmtui ifup ifdown netplan lspci lscpu lshw iw iwconfig",
    "the host's address stands still, and its router gives out none": "dhclient dhcpcd udhcpc",
    "`cat /etc/resolv.conf` and `hostname` tell it": "resolvectl systemd-resolve resolvconf timedatectl "
        "loginctl",
    "`help` tells what there is, and `ip help`, `bridge help` …": "info man",
    "`nc -zv HOST PORTS`, `fping`, `arping` and `ping` find who is there": "nping hping3 arp-scan scapy whois",
    "`tcpdump` is there, and `export FILE` writes a capture for it": "tshark wireshark termshark ngrep "
        "dumpcap sysdig tcpflow tcpick tcpreplay",
    "of Python there is `python3 -m http.server`": "pip pip3",
    "`help` lists what there is": "whereis locate ldd locale",
    "`trace` and `why` tell what became of a packet": "strace ltrace perf bpftrace gdb ftrace",
    "network namespaces are `ip netns` and links to /proc/PID/ns/net in /run/netns; nothing else is mounted":
        "chroot pivot_root debootstrap capsh setcap getcap",
    "all runs with root's rights": "useradd usermod groupadd addgroup adduser passwd visudo newgrp gpasswd",
    "SELinux is not modelled": "semanage chcon restorecon",
    "what a package brings is there already": "dpkg rpm apt-cache snap update-alternatives gcc make go git "
        "add-apt-repository yum-config-manager",
    "the bridges are Linux's: `ip link add br0 type bridge`, VLANs by `bridge vlan`":
        "ovs-vsctl ovs-ofctl ovs-dpctl ovs-appctl ovs-docker ovsdb-client",
    "its steps can be typed: a veth pair, `ip link set … netns PID`, `ip addr add`": "pipework weave",
    "there is no Kubernetes; pods are containers that share a namespace, `docker run --network container:NAME`":
        "kubectl kubeadm kubelet helm minikube kind k3s k3d crictl calicoctl cilium istioctl flanneld etcd etcdctl",
    "containers are Docker's": "ctr nerdctl podman buildah runc containerd skopeo lxc lxc-create machinectl dive ctop "
        "docker-machine vagrant virsh virt-install qemu-system-x86_64",
    "programs are the images' and the sandbox's own": "node npm java mvn mongo",
    "a database takes connections here and keeps no tables; `nc -zv HOST PORT` shows that it is reached":
        "mysql mysqldump mysqladmin mariadb mariadb-dump mariadb-admin psql pg_dump pg_isready createdb createuser",
    "time here is the lab's; `wait 10s` lets it pass": "crontab at reboot shutdown poweroff halt",
    "nginx is a container's: `docker run -d nginx`, whose configuration may have `upstream` and `proxy_pass`":
        "apache2 haproxy traefik caddy envoy squid varnishd keepalived lighttpd",
    "routes are set by `ip route`; no program tells others of them": "bird birdc vtysh zebra ospfd bgpd gobgp exabgp",
    "`dig` and `nslookup` ask, and `serve-dns` answers": "dnsmasq named rndc drill delv kdig",
    "services are `systemctl status docker`; what else runs is in `ps`": "chkconfig rc-service update-rc.d initctl",
}
REASONS = {name: why for why, names in WHY.items() for name in names.split()}


def reason(name: str) -> str:
    """Why there is no such program and what to type instead, or empty for one that nobody misses."""
    return f"the sandbox has no {name}: {REASONS[name]}" if name in REASONS else ""
