"""Kills at drawn moments, and what must be true afterwards."""
