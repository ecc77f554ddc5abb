"""User profiles G: evidence per day and the preferences that follow."""
