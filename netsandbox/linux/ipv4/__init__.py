"""Internet protocol version 4: addresses, routes, neighbours, in and out, ICMP and UDP."""
