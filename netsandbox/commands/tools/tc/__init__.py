"""`tc` of iproute2: its objects, and one kind of queueing discipline a file."""
