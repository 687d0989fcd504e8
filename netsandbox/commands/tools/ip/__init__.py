"""`ip` of iproute2: one object a file, and how links, routes and their events are printed."""
