"""nc and ncat."""
