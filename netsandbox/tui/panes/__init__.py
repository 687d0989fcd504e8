"""One pane a file; a pane talks upward by messages and never to its neighbours."""
