# One image for the service and for Dagster; docker-compose.mini.yml says which command each runs.
# The default encoder needs no PyTorch, so none is installed.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    REC_HOME=/var/lib/recwheel \
    DAGSTER_HOME=/var/lib/recwheel/dagster

WORKDIR /srv/recwheel

# The dependencies first and alone: they change less often than the code.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
               print(*p['dependencies'], sep='\n')" > /tmp/requirements.txt \
    && pip install -c constraints.txt -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt

# Named one by one, so that no .env and no REC_HOME of the building machine can slip in.
COPY README.md LICENSE workspace.yaml dagster.yaml ./
COPY resources resources
COPY rec_api rec_api
COPY rec_assets rec_assets
COPY personas_data personas_data
RUN pip install --no-deps -e . \
    && useradd --uid 1000 --create-home recwheel \
    && install -d -o recwheel -g recwheel "$REC_HOME" "$DAGSTER_HOME"

# A named volume begins as a copy of this folder, so its files belong to this user.
VOLUME /var/lib/recwheel
USER recwheel
EXPOSE 8000 3000
CMD ["python", "-m", "rec_api"]
