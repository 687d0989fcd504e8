"""docker run and create: what a container is told when it is made."""
