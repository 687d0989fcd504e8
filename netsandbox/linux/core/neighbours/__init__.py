"""Which MAC a next hop has, and how sure the kernel is of it."""
