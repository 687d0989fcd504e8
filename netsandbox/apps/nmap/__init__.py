"""nmap."""
