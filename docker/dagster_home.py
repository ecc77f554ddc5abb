"""Makes REC_HOME ready before three containers open it: folders, dagster.yaml, Dagster's databases.

Run again with each start: the image's dagster.yaml replaces the one that a volume still holds.
"""

from rec_assets.commands.dagster_home import instance
from rec_assets.commands.home import prepare
from resources.settings import Settings


def main() -> None:
    """Returns when code, webserver and daemon may start."""
    settings = Settings()
    prepare(settings)
    with instance(settings.home):
        pass


if __name__ == "__main__":
    main()
