"""Makes the category vectors of REC_ENCODER where none stand: live traffic alone asks for no run.

Run again with each start: with vectors of that encoder it ends at once.
"""

from functools import partial

from rich.console import Console

from rec_assets.cli import PIPED_WIDTH, spoken
from rec_assets.commands.category_vectors import make_where_none_stand


def main() -> None:
    """Status 1 and a sentence when they cannot be made; 143 and what to do when it is stopped."""
    spoken(partial(make_where_none_stand, Console(width=PIPED_WIDTH)))


if __name__ == "__main__":
    main()
