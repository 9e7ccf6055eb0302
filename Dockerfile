# One image for every process of the compose file; which one runs is the command.
# 3.11 is the oldest Python the project supports and the one the suite runs on.
FROM python:3.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /app

# The locked dependencies change seldom, so they are a layer of their own.
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock

COPY pyproject.toml README.md alembic.ini ./
COPY alembic alembic
COPY services services
# Editable, so that the migrations beside `services` are found; compiled, because nothing is
# written at run time.
RUN pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q services alembic


FROM python:3.11-slim-bookworm

COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app

# A number, so that an orchestrator can see that it is not root. Named volumes take the owner of
# the folder they are first mounted on: two are where the keys are made,
# and one is where photos and files lie.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /keys /owner-keys /evidence
USER 10001:10001

ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    TUANZU_HOME=/tmp/tuanzu
EXPOSE 8000
CMD ["tuanzu", "--help"]
