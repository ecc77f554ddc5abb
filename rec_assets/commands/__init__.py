"""What a person types: each command opens what it needs, calls the rooms beside it, shows."""
