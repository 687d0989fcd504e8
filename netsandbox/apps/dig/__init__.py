"""dig, and what nslookup and host share with it."""
