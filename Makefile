# Recwheel's commands; `make` lists them.
#   PYTHON=/path/to/python3.12        use this Python instead of the first on PATH that fits
#   SIZE=full                         `make bench` at the full sizes: an hour instead of minutes
#   SEED=2 NUMBER=6                   of `make kills`: which moments are drawn, and how many
#   MOUNTS="/etc/pip.conf"            what `make images` lets the builds see, read-only
#   WORKERS=8                         of `make test`: so many tests at once
#   EXTRAS=sentence-transformers      install these extras of pyproject.toml too (comma-separated)

VENV := .venv
PYTHON ?= python3.12 python3.11 python3 python
EXTRAS ?=
SEED ?= 1
NUMBER ?= 60
MOUNTS ?=
# One more than cores: some tests wait for a daemon's next look.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check -qq
comma := ,
# The stamp's name carries the extras: another EXTRAS installs what an earlier call did not.
SUFFIX := $(if $(EXTRAS),-$(subst $(comma),-,$(EXTRAS)))

.DEFAULT_GOAL := help
.PHONY: help setup dev run test lint bench kills images screenshots clean

help:
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/stamp-run$(SUFFIX) ## make .venv and install Recwheel; nothing if that is done

run: setup ## load the sample, simulate three days, build everything, print the exit criteria
	@$(VENV)/bin/recwheel run

test: lint ## lint, types, all tests
	@$(VENV)/bin/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: dev ## ruff and mypy
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/mypy

bench: dev ## every benchmark in tests/benchmarks
	@for bench in tests/benchmarks/bench_*.py; do \
	    echo "== $$bench"; \
	    $(VENV)/bin/python -m "$$(echo "$${bench%.py}" | tr / .)" || exit 1; \
	done

kills: dev ## kill -9 at sixty drawn moments, a line for each (SEED=1, NUMBER=60); half an hour
	@$(VENV)/bin/python -m tests.kills --seed $(SEED) --number $(NUMBER)

images: dev ## build both images in clean roots without Docker and run them there; ten minutes, root
	@$(VENV)/bin/python -m tests.images $(foreach mount,$(MOUNTS),--mount $(mount))

screenshots: dev ## take the README's pictures of Dagster's interface anew (needs chromium)
	@REC_TEST_PICTURES=docs/pictures $(VENV)/bin/pytest tests/operated

clean: ## remove .venv and caches; what a run wrote (.recwheel) stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

dev: $(VENV)/stamp-dev$(SUFFIX)

$(VENV)/stamp-run$(SUFFIX): WANTED := $(EXTRAS)
$(VENV)/stamp-dev$(SUFFIX): WANTED := dev,mongo-test$(if $(EXTRAS),$(comma)$(EXTRAS))

# PyTorch goes first: asked for as a dependency it would not be held to the build that is at hand.
$(VENV)/stamp-%: pyproject.toml constraints.txt
	@$(find_python)
	@echo "Installing Recwheel into $(VENV) (once; a minute or two) ..."
	@$(if $(findstring sentence-transformers,$(EXTRAS)),$(PIP) install -c constraints.txt torch)
	@$(PIP) install -c constraints.txt -e '.$(if $(WANTED),[$(WANTED)])'
	@touch $@ $(@:$(SUFFIX)=) $(VENV)/stamp-run

# Leaves a working environment of a version that fits alone. A command on PATH may be a shim that
# only prints an error, so each is asked for its version.
define find_python
version() { "$$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }; \
case "$$(version $(VENV)/bin/python)" in 3.11|3.12) \
    if $(VENV)/bin/python -m pip --version >/dev/null 2>&1; then exit 0; fi;; \
esac; \
for python in $(PYTHON); do \
    case "$$(version "$$python")" in \
        3.11|3.12) "$$python" -m venv --clear $(VENV) && exit 0; rm -rf $(VENV); exit 1;; \
        ?*) found="$${found:-Python $$(version "$$python") ($$python)}";; \
    esac; \
done; \
echo "Found $${found:-no Python called $(PYTHON)}, but Recwheel needs Python 3.11 or 3.12: install one" \
    "of them, or name one that is elsewhere: make setup PYTHON=/path/to/python3.12" >&2; \
exit 1
endef
