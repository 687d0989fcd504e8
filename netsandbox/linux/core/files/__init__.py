"""The file systems of hosts and containers, what stands in them, and whose it is."""
