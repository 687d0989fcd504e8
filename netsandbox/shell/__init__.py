"""The sandbox's sh: grammar, expansion, the small file system, jobs; it knows programs by name only."""
