"""traceroute."""
