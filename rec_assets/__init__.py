"""The top floor: what exists, from what, when. Dagster assets and what turns them."""
