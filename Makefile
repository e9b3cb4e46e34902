# Two commands matter: `make run` and `make test`. Both begin on a machine with Python 3.11, venv and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: run test check bench soak clean

run: $(VENV)/.run  ## install what is missing, then start everything on this machine
	@$(BIN)/kenh up $(ARGS)

test: $(VENV)/.dev  ## the whole suite
	@$(BIN)/pytest -n 2 $(ARGS)

check: $(VENV)/.dev  ## formatting, lint, types, and the ladder of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## what is timed: prints and keeps
	@$(BIN)/python -m bench $(ARGS)

soak: $(VENV)/.dev  ## the long form of the loss test
	@$(BIN)/python -m bench.soak $(ARGS)

$(VENV)/bin/python:
	@echo "Creating a virtual environment in $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kênh needs Python 3.11 or newer (try: make PYTHON=python3.11)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	@echo "Installing Kênh and what it stands on (a minute the first time) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -q -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	@echo "Installing Kênh and its development tools (a minute the first time) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -q -e '.[dev]'
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
