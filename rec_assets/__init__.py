"""The top floor: what exists, from what, when. Dagster assets and what turns them."""

import gc

# Dagster keeps 300,000 objects. Python looks through all of them once in 70,000 new ones or more:
# a quarter of a second each time, up to a tenth of a day's.
gc.set_threshold(10_000, 10, 10)
