# Two commands: `make demo` and `make test`. Everything they need, they install into .venv from requirements.lock.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST := $(BIN)/python -m pytest
export SVU_HOME ?= data

.PHONY: demo demo-live test fast check ui bench soak format clean

demo: $(READY)  ## ten demonstration sources, a full night, the year in review
	$(BIN)/svu demo

demo-live: $(READY)  ## the same night against live systems on this machine: PostgreSQL, the courts' API, SFTP
	$(BIN)/svu demo --live

test: $(READY)  ## every test, on two processes
	$(PYTEST) -n 2 --dist loadscope -m "not soak"

fast: $(READY)  ## the tests that take seconds
	$(PYTEST) -n 2 --dist loadscope -m "not soak and not slow"

check: $(READY)  ## lint, format, types, generated pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python docs/generate.py --check

ui: $(READY)  ## the Dagster UI on 127.0.0.1:3000, on the same data
	$(BIN)/svu ui

bench: $(READY)  ## speed and memory as ratios
	$(BIN)/python -m benchmarks.run

soak: $(READY)  ## every test and the long loops, hours; docs/reliability.md is made from what they counted
	rm -f tally.jsonl
	SVU_TALLY=$(CURDIR)/tally.jsonl $(PYTEST) -n 2 --dist loadscope
	$(BIN)/python docs/reliability.py tally.jsonl

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## leaves data/ alone
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)
