"""What the Docker engine does with Linux: networks, address management, container modes, images and names.

Rule of this room: Docker owns no packet path of its own. Whatever it achieves, it achieves by configuring namespaces,
bridges, veth pairs, routes and rules from the linux package, in the order the real engine does.
"""
