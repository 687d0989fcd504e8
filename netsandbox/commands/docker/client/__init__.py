"""One line of the docker client: its flags, its help, and which Engine it is for."""
