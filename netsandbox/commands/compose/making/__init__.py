"""What a project becomes: its networks, volumes, images and containers."""
