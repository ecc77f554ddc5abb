"""Training data H: one row per recommendation with what followed."""
