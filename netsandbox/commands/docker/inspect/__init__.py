"""What the Engine's API gives of containers and networks."""
