# Everything a developer or a visitor runs. `make help` lists it.
# Needs git, make, and Python 3.11 or newer with pip. Paths are relative, so that a space in the folder's name does no harm.

PYTHON ?= python3
UV_VERSION = 0.13.9
BIN = .venv/bin
COMPILE = $(BIN)/python -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

export PORT ORGANISATION
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset manage test lint format bench lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: .venv/demo-installed ## Run the portal here: PORT=8000 ORGANISATION=open-e
	@exec $(BIN)/python -m portal.demo

demo-reset: .venv/demo-installed ## Forget what the demo of ORGANISATION holds
	@exec $(BIN)/python -m portal.demo reset

manage: .venv/demo-installed ## Run manage.py in the demo: ARGS="permission joan.archer@example.org"
	@exec $(BIN)/python -m portal.demo manage $(ARGS)

test: .venv/dev-installed ## Run all tests on PostgreSQL, and those that meet a database on SQLite too
	@exec $(BIN)/python -m tests.run

lint: .venv/dev-installed ## Check style, types, templates, layers, migrations and locks
	@exec $(BIN)/python -m tests.lint

format: .venv/dev-installed ## Put the code into the one style
	@$(BIN)/python -m ruff check --fix-only --quiet . ; $(BIN)/python -m ruff format .

bench: .venv/dev-installed ## Measure the portal and print one table
	@exec $(BIN)/python -m bench

lock: .venv/uv-installed ## Remake the three lock files from pyproject.toml, with the newest releases it allows
	$(COMPILE) --upgrade --group dev -o requirements-dev.txt
	$(COMPILE) --upgrade --group demo -c requirements-dev.txt -o requirements-demo.txt
	$(COMPILE) --upgrade -c requirements-dev.txt -o requirements.txt

# The development lock holds all that the demo's holds, so whoever has it needs nothing for the demo.
.venv/demo-installed: requirements-demo.txt .venv/uv-installed
	@if [ -e .venv/dev-installed ]; then $(MAKE) --no-print-directory .venv/dev-installed; \
	else $(BIN)/python -m uv pip sync --quiet --require-hashes --python $(BIN)/python requirements-demo.txt; fi
	@touch $@

.venv/dev-installed: requirements-dev.txt .venv/uv-installed
	@$(BIN)/python -m uv pip sync --quiet --require-hashes --python $(BIN)/python requirements-dev.txt
	@touch $@

.venv/uv-installed:
	@command -v "$(PYTHON)" >/dev/null || { echo "Python 3.11 or newer is needed, and there is no $(PYTHON) here: set PYTHON=…" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is $$("$(PYTHON)" -V 2>&1): set PYTHON=…" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing: install it (on Debian: apt-get install python3-venv)." >&2; exit 1; }
	@echo "Installing into .venv, once …"
	@"$(PYTHON)" -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
