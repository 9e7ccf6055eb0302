"""Thin tasks: open a transaction, ask the house, commit. No argument carries work."""
