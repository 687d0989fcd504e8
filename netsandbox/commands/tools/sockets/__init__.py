"""`ss` and `lsof`, and whose sockets they and netstat see."""
