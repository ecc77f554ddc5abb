"""`python -m rec_api`: the service on REC_HOST and REC_PORT, in one process."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

# Read when NumPy and the tokenizer load: small products, and many requests at once.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    import uvicorn
    from pydantic import ValidationError

    from rec_api.app import create_app
    from rec_api.listening import Server, address_of, bind, end_with_parent
    from rec_api.logs import configure
    from resources.refused_settings import refused
    from resources.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        raise SystemExit(refused(error)) from None
    options = _options(settings.host, settings.port)
    configure()
    if options.with_parent is not None:
        end_with_parent(options.with_parent)
    try:
        listener = bind(options.host, options.port)
    except OSError as error:
        raise SystemExit(f"cannot listen on {options.host}: {error.strerror or error}") from None
    config = uvicorn.Config(
        create_app(settings),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    server = Server(config, address_of(listener), options.port_file)
    server.run(sockets=[listener])
    logging.shutdown()
    if not server.started:
        raise SystemExit("the service did not start: the lines above say why")


def _options(host: str, port: int) -> argparse.Namespace:
    from resources.addresses import LAST_PORT

    parser = argparse.ArgumentParser(prog="python -m rec_api", description=__doc__)
    parser.add_argument("--host", default=host, help="address to listen on (REC_HOST)")
    parser.add_argument("--port", type=int, default=port, help="0: any free one (REC_PORT)")
    parser.add_argument(
        "--port-file", type=Path, help="file that gets host:port once the service answers"
    )
    parser.add_argument(
        "--with-parent",
        type=int,
        nargs="?",
        const=os.getppid(),
        metavar="PID",
        help="end when the parent process (PID: in case it has ended by now) ends",
    )
    options = parser.parse_args()
    if not 0 <= options.port <= LAST_PORT:
        parser.error(f"--port {options.port} is none: name one of 0 to {LAST_PORT}")
    return options


if __name__ == "__main__":
    main()
