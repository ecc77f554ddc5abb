"""Personas: mined from raw data, edited by people; category vectors of the pool."""
