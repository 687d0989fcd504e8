"""What the kernel does with requests about a bridge and its ports (rtnl_bridge_setlink, br_changelink)."""

from __future__ import annotations

from netsandbox.linux.bridge import settings
from netsandbox.linux.drivers.bridge import KIND
from netsandbox.linux.netlink.credentials import needs_net_admin

change_bridge = needs_net_admin(KIND.change)
change_port = needs_net_admin(settings.change_port)
