"""Programs that tutorials use and the sandbox does not have: what is said in one line where one is typed."""

from __future__ import annotations

WHY = {
    "cables here are as fast as one likes, so a load test would measure this machine; `iperf3` and `curl` connect":
        "ab hey iperf siege wrk netperf qperf",
    "there is no encryption; `nc` and `telnet` connect": "openssl ssh scp sftp sshpass wg wg-quick openvpn gpg apt-key "
        "ipsec swanctl tailscale tailscaled zerotier-cli tincd cloudflared ngrok",
    "`ls` lists files, and `cat > FILE`, `tee` and `sed -i` write them":
        "df du nano vi vim emacs tree file lsblk findmnt rsync zip unzip gzip split shuf "
        "sync blkid losetup",
    "of text there are grep, sed, awk, sort, uniq, cut, tr, head, tail, wc and jq":
        "diff cmp paste comm join fold fmt expand unexpand xxd hexdump od "
        "bc perl ruby php yq yes",
    "`docker ps` and `ss -ltnp` show what runs": "htop pstree free vmstat iostat iftop nethogs iptraf screen tmux",
    "what is modelled is loaded": "insmod rmmod depmod",
    "the rules are iptables'": "firewall-cmd ipset ebtables arptables",
    "`nft list ruleset` shows what iptables made": "iptables-translate iptables-restore-translate iptables-xml",
    "`iptables-save` and `iptables-restore` keep and load rules": "iptables-apply",
    "services are reached by their addresses and published ports; there is no IPVS": "ipvsadm",
    "IPv6 is not modelled": "ping6 traceroute6 rdisc",
    "`ip` sets up interfaces, and `ip -d link` and `cat /sys/class/net/DEV/…` tell what there is":
        "mii-tool nmcli ifup ifdown netplan lspci lscpu",
    "the host's address stands still, and its router gives out none": "dhclient dhcpcd udhcpc",
    "`cat /etc/resolv.conf` and `hostname` tell it": "resolvectl systemd-resolve resolvconf timedatectl "
        "loginctl lsb_release",
    "`help` tells what there is, and `ip help`, `bridge help` …": "info man",
    "`nc -zv HOST PORTS`, `fping`, `arping` and `ping` find who is there": "nping hping3 arp-scan scapy whois",
    "`tcpdump` is there, and `export FILE` writes a capture for it": "tshark wireshark ngrep tcpflow tcpreplay",
    "of Python there is `python3 -m http.server`": "pip pip3",
    "`help` lists what there is": "whereis",
    "`ss -ltnp` shows who has which port": "fuser",
    "`trace` and `why` tell what became of a packet": "strace ltrace perf bpftrace gdb ftrace",
    "network namespaces are `ip netns` and links to /proc/PID/ns/net in /run/netns; nothing is mounted":
        "mount umount chroot pivot_root debootstrap capsh setcap getcap",
    "all runs with root's rights": "useradd usermod groupadd addgroup adduser passwd visudo newgrp gpasswd",
    "SELinux is not modelled": "semanage chcon restorecon",
    "what a package brings is there already": "dpkg rpm apt-cache snap gcc make go git "
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
    "`dig` and `nslookup` ask, and `serve-dns` answers": "dnsmasq named rndc",
    "services are `systemctl status docker`; what else runs is in `ps`": "chkconfig rc-service update-rc.d initctl",
}
REASONS = {name: why for why, names in WHY.items() for name in names.split()}


def reason(name: str) -> str:
    """Why there is no such program and what to type instead, or empty for one that nobody misses."""
    return f"the sandbox has no {name}: {REASONS[name]}" if name in REASONS else ""
