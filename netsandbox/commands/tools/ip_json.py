"""What the tools print with -j, as Python lists: for `show`, snapshots and tests."""

from __future__ import annotations

from netsandbox.commands.tools.bridge_fdb import fdb_json
from netsandbox.commands.tools.bridge_link import bridge_link_json
from netsandbox.commands.tools.ip_address import address_json, link_json
from netsandbox.commands.tools.ip_neighbour import neighbour_json
from netsandbox.commands.tools.ip_route import route_cache_json, route_json

__all__ = ["address_json", "bridge_link_json", "fdb_json", "link_json", "neighbour_json", "route_cache_json",
           "route_json"]
