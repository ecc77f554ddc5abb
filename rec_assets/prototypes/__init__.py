"""Category vectors: what a text says of its category, learned from the context pool."""
