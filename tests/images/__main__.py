"""`python -m tests.images`: build both images in clean roots, run them there, print time and size.

Needs root, debootstrap and buildah (Debian's packages of these names), a quarter of an hour, 5 GB.
pip's own configuration of this machine goes in by --mount, e.g. --mount /etc/pip.conf.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.images.builder import Builder
from tests.stack.compose_file import ANYTHING, read_compose
from tests.stack.containers import free_ports

NOT_OURS = "import os; assert os.getuid() == 1000; assert not os.access('.', os.W_OK)"
WITHOUT = (
    "import importlib.util as u; "
    "assert not any(map(u.find_spec, ('torch', 'sentence_transformers', 'rec_assets')))"
)
VECTORS = (
    "import sentence_transformers, torch; "
    "assert torch.version.cuda is None, 'PyTorch is built for CUDA: name its index for CPUs'; "
    "print(torch.__version__, sentence_transformers.__version__, float(torch.ones(3).sum()))"
)
FONTS = (
    "from rec_assets.fonts import families as f; assert 'NanumGothic' in f(); print(', '.join(f()))"
)
PYTHON = ("python", "-c")
READY_SECONDS = 120.0


def main() -> int:
    """0 when both images are built and answer; else the error is raised."""
    options = _options()
    missing = [name for name in ("debootstrap", "buildah") if not shutil.which(name)]
    if missing or os.getuid():
        sys.exit(f"needs root and Debian's packages debootstrap and buildah; missing: {missing}")
    folder = Path(options.folder or tempfile.mkdtemp(prefix="recwheel-images-"))
    mounts = [mount if ":" in mount else f"{mount}:{mount}" for mount in options.mount]
    builder = Builder(folder, mounts)
    try:
        _tell(f"stand-in for the base image: {builder.make_base():.0f} s")
        _check_service(builder, builder.build("service"))
        torch_index = f"TORCH_INDEX={options.torch_index}"
        _check_platform(builder, builder.build("platform", [torch_index]))
    finally:
        if not options.keep:
            with suppress(RuntimeError):
                builder.buildah("rm", "--all")
            shutil.rmtree(folder, ignore_errors=True)
    _tell("both images were built and answered")
    return 0


def _check_service(builder: Builder, seconds: float) -> None:
    container = builder.container("service")
    _tell(f"service: built in {seconds:.0f} s, {builder.megabytes(container)} MB")
    builder.run(container, *PYTHON, NOT_OURS)
    builder.run(container, *PYTHON, WITHOUT)
    (port,) = free_ports(1)
    command = builder.command_of("service")
    _answers(builder, container, command, ("service", "8000", port), REC_PORT=port)


def _check_platform(builder: Builder, seconds: float) -> None:
    container = builder.container("platform")
    _tell(f"platform: built in {seconds:.0f} s, {builder.megabytes(container)} MB")
    builder.run(container, *PYTHON, NOT_OURS)
    _tell(f"platform: PyTorch and sentence-transformers {builder.run(container, *PYTHON, VECTORS)}")
    _tell(f"platform: plots are lettered in {builder.run(container, *PYTHON, FONTS)}")
    builder.run(container, "python", "docker/dagster_home.py")
    builder.run(container, "dagster", "definitions", "validate", "-w", "workspace.yaml")
    _tell("platform: dagster definitions validate found nothing wrong")
    (port,) = free_ports(1)
    command = [port if word == "4000" else word for word in builder.command_of("platform")]
    _answers(builder, container, command, ("code", "4000", port))


def _answers(
    builder: Builder,
    container: str,
    command: list[str],
    place: tuple[str, str, str],
    **environment: str,
) -> None:
    """Run the image's command until compose's health check of it passes inside the container."""
    name, inside, here = place
    check = read_compose(ANYTHING)["services"][name]["healthcheck"]["test"][1:]
    began, process = time.monotonic(), builder.start(container, command, **environment)
    try:
        while True:
            with suppress(RuntimeError):
                builder.run(container, *(word.replace(inside, here) for word in check))
                break
            log = builder.folder / f"{container}.log"
            if process.poll() is not None or time.monotonic() - began > READY_SECONDS:
                raise RuntimeError(f"{name} does not answer: {log.read_text()[-3000:]}")
            time.sleep(0.5)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
    _tell(f"{name}: {' '.join(command)} is healthy after {time.monotonic() - began:.0f} s")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.images", description=__doc__)
    parser.add_argument("--mount", action="append", default=[], help="PATH, or HERE:THERE")
    parser.add_argument(
        "--torch-index",
        default=os.environ.get("TORCH_INDEX", ""),
        help="PyTorch's index of builds for CPUs; default: TORCH_INDEX, else what pip is told",
    )
    parser.add_argument("--folder", help="where to build; default: a new temporary folder")
    parser.add_argument("--keep", action="store_true", help="leave the folder")
    return parser.parse_args()


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
