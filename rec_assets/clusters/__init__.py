"""Cluster profiles J, and the publication of G and J to the profile cache."""
