"""`bridge` of iproute2: one object a file."""
