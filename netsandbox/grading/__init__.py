"""`netsandbox check`: whether what scenarios expect holds, in the lab of their lines or of a session handed in."""
