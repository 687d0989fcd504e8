"""How the client writes times, sizes and lists."""
