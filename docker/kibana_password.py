"""Gives Elasticsearch's user kibana_system the password that Kibana will use; the same each start.

Elasticsearch takes only its own superuser's password from its environment.
"""

import os
import sys


def main() -> None:
    """Status 1 with a sentence when it cannot be set; no password is ever printed."""
    from elasticsearch import ApiError, Elasticsearch, TransportError

    address = os.environ["ELASTICSEARCH_HOSTS"]
    superuser = ("elastic", os.environ["ELASTIC_PASSWORD"])
    try:
        with Elasticsearch(address, basic_auth=superuser, request_timeout=30) as client:
            client.security.change_password(
                username="kibana_system", password=os.environ["KIBANA_PASSWORD"]
            )
    except (ApiError, TransportError) as error:
        status = getattr(error, "status_code", type(error).__name__)
        sys.exit(f"{address} did not take kibana_system's password ({status}): check .env")


if __name__ == "__main__":
    main()
