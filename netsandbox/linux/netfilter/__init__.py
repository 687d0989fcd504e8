"""Hooks, rules, tracking and address translation."""
