"""`ip` of iproute2: one object a file, and how links and routes are printed."""
