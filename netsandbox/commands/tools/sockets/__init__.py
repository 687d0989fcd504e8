"""`ss` and `lsof`, and the sockets of a namespace as they and netstat see them."""
