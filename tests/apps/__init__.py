"""Tests of the programs that run inside a namespace, and of the verbs that capture."""
