# The project's own commands; `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check fix fuzz chaos contract release bench bench-doors bench-feed bench-monitoring clean

help: ## say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

$(VENV)/run.stamp: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/run.stamp

run: $(VENV)/run.stamp ## install, start everything on this machine, print the address and what to try
	@exec $(BIN)/tuanzu up

test: $(VENV)/dev.stamp ## the whole suite, on a real PostgreSQL and a real Valkey
	$(BIN)/python -m pytest -n 2

check: $(VENV)/dev.stamp ## format, lint, types, import contracts, known vulnerabilities, tests of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/ty check services
	$(BIN)/lint-imports
	$(BIN)/python -m tests.house.audit
	$(BIN)/python -m pytest -q tests/house

fix: $(VENV)/dev.stamp ## let ruff format and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(VENV)/dev.stamp ## ten thousand requests and more that no honest client sends (10 to 20 minutes)
	$(BIN)/python -m tests.fuzz

MINUTES ?= 5
SEED    ?=
chaos: $(VENV)/dev.stamp ## kill, wipe and hang everything while sixteen write; MINUTES=5, SEED= repeats
	$(BIN)/python -m tests.chaos --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

contract: $(VENV)/dev.stamp ## write docs/contract from the code
	$(BIN)/python -m services.api.contract

release: $(VENV)/dev.stamp ## make the present contract the one that clients rely on
	$(BIN)/python -m services.api.release

bench: $(VENV)/dev.stamp ## measure this machine beside hand-written ceilings
	$(BIN)/python -m bench

bench-doors: $(VENV)/dev.stamp ## measure what authentication, scope and the second wall cost
	$(BIN)/python -m bench.doors

bench-feed: $(VENV)/dev.stamp ## measure how fast a fact is in the stream and at a webhook
	$(BIN)/python -m bench.feed

bench-monitoring: $(VENV)/dev.stamp ## measure the watch over a million projects, and a simulation
	$(BIN)/python -m bench.monitoring

clean: ## remove the environment, the caches and the local data
	rm -rf $(VENV) .tuanzu .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
