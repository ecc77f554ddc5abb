"""Persona bots that use the real service for a day."""
