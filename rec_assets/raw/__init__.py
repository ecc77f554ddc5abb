"""Raw exports: read in streams, stored as they came, put aside with a reason."""
