"""How long Elasticsearch and Kibana may be busy or away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeVar

BUSY: Final = frozenset({429, 502, 503, 504})  # for now; any other status stays as it is

Answer = TypeVar("Answer")


class Patience(NamedTuple):
    """How long a server may be busy or away: pauses of this sum, each twice the one before."""

    seconds: float = 60.0
    first_s: float = 0.1
    longest_s: float = 20.0

    def pauses(self) -> Iterator[float]:
        """Seconds to wait before each try; 0 before the first."""
        yield 0.0
        pause, waited = self.first_s, 0.0
        while waited < self.seconds:
            yield pause
            waited += pause
            pause = min(pause * 2, self.longest_s)


def patiently(patience: Patience, request: Callable[[], Answer]) -> Answer:
    """The request's answer; made again after a pause while the server is busy or away."""
    from elasticsearch import ApiError, ConnectionTimeout, SSLError
    from elasticsearch import ConnectionError as NoConnection

    last: Exception | None = None
    for pause in patience.pauses():
        time.sleep(pause)
        try:
            return request()
        except SSLError:  # a certificate does not mend itself
            raise
        except (NoConnection, ConnectionTimeout) as error:
            last = error
        except ApiError as error:
            if error.status_code not in BUSY:
                raise
            last = error
    assert last is not None
    raise last
