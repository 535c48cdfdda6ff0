# `make demo` and `make test` need python3, python3-venv, python3-dev, gcc, libc6-dev and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready

.PHONY: demo test test-long bench check format pictures translations clean

demo: $(INSTALLED)
	$(BIN)/kiosk demo

test: $(READY)
	$(BIN)/pytest -m "not long"

test-long: $(READY)
	$(BIN)/pytest -m long

bench: $(READY)
	$(BIN)/python tests/bench/run.py

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The pictures of the README, and the Chinese catalogue as the program reads it.
pictures: $(READY)
	$(BIN)/python docs/pictures.py

translations: $(READY)
	$(BIN)/pybabel compile -D kiosk -d kiosk/locale

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --editable .
	touch $(INSTALLED)

# pip reads dependency groups since 25.1.
$(READY): $(INSTALLED)
	$(BIN)/pip install --quiet --group dev
	touch $(READY)
