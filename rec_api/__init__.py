"""The middle floor: the thin HTTP service that scores and logs."""
