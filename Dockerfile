# Two images, one file: `service` answers requests; `platform` is Dagster with its assets and can also
# make vectors with sentence-transformers on a CPU. docker-compose.mini.yml says which command each runs.
# Python 3.11: constraints.txt was resolved on it.
FROM python:3.11-slim-bookworm AS dependencies

# Bytecode is made while the image is built: its root is read-only when it runs.
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    MPLCONFIGDIR=/tmp/matplotlib \
    HF_HOME=/var/lib/recwheel/huggingface \
    REC_HOME=/var/lib/recwheel \
    DAGSTER_HOME=/var/lib/recwheel/dagster

WORKDIR /srv/recwheel

# A named volume begins as a copy of this folder, so its files belong to this user.
RUN useradd --uid 1000 --create-home recwheel \
    && install -d -o recwheel -g recwheel -m 0700 "$REC_HOME" "$DAGSTER_HOME"
VOLUME /var/lib/recwheel

# The dependencies first and alone: they change less often than the code.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
               print(*p['dependencies'], sep='\n')" > /tmp/requirements.txt \
    && pip install -c constraints.txt -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt


FROM dependencies AS service
COPY LICENSE ./
COPY resources resources
COPY rec_api rec_api
COPY personas_data/contexts personas_data/contexts
COPY personas_data/encoder personas_data/encoder
RUN python -m compileall -q resources rec_api
USER recwheel
EXPOSE 8000
CMD ["python", "-m", "rec_api"]


FROM dependencies AS platform

# Letters for personas that people name in Korean: the plots' own font has none.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends fonts-nanum \
    && rm -rf /var/lib/apt/lists/*

# On Linux PyPI's torch brings gigabytes of CUDA; the index that PyTorch's installation page names for
# CPUs has the build for them. Empty: whatever pip is configured with. What torch itself needs comes
# with the next step, from PyPI.
ARG TORCH_INDEX=
RUN pip install --no-deps -c constraints.txt ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
               print(*p['optional-dependencies']['sentence-transformers'], sep='\n')" \
               > /tmp/requirements.txt \
    && pip install -c constraints.txt -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt

COPY README.md LICENSE workspace.yaml dagster.yaml ./
COPY docker docker
COPY resources resources
COPY rec_api rec_api
COPY rec_assets rec_assets
COPY personas_data personas_data
RUN pip install --no-deps -e . \
    && python -m compileall -q docker resources rec_api rec_assets
USER recwheel
EXPOSE 3000 4000
CMD ["dagster", "api", "grpc", "-h", "0.0.0.0", "-p", "4000", "-m", "rec_assets.definitions"]
