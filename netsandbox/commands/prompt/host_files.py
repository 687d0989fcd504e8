"""The files of /etc that a host of the lab has from the start."""

from __future__ import annotations

from netsandbox.commands.tools.ip.table_names import PATH

SYSCTL_CONF = """#
# /etc/sysctl.conf - Configuration file for setting system variables
# See sysctl.conf (5) and /etc/sysctl.d/ for information.
#

# Uncomment the next line to enable packet forwarding for IPv4
#net.ipv4.ip_forward=1

# Uncomment the next two lines to enable Spoof protection (reverse-path filter)
#net.ipv4.conf.default.rp_filter=1
#net.ipv4.conf.all.rp_filter=1
"""
"""As a new machine has it: nothing but comments."""
RT_TABLES = """#
# reserved values
#
255\tlocal
254\tmain
253\tdefault
0\tunspec
#
# local
#
#1\tinr.ruhep
"""
"""As iproute2 brings it."""
OS_RELEASE = """PRETTY_NAME="netsandbox, a simulated Linux"
NAME="netsandbox"
ID=netsandbox
ID_LIKE=debian
"""
ALONE = {"/etc/sysctl.conf": SYSCTL_CONF, PATH: RT_TABLES, "/etc/os-release": OS_RELEASE}
