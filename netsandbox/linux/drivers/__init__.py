"""Network devices other than the bridge, one kind a file."""
