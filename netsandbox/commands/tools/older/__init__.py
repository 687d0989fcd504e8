"""The tools from before iproute2: net-tools, bridge-utils, vlan and uml-utilities."""
