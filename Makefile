# The only list of commands. `make` sets itself up and regenerates everything.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := generate
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
# A file's tests run one after another in one process, two files at a time; the long ones come early.
PYTEST ?= $(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
FUZZ_TIME ?= 10m
SEED ?= 1
MUTANTS ?= --seed $(SEED) --engine --stock 24

.PHONY: help
help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

$(STAMP): requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed; say which one with PYTHON=…" >&2; exit 1; }
	@echo "Setting up $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements/dev.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup
setup: $(STAMP) ## Create .venv with the pinned, hashed requirements

.PHONY: generate
generate: $(STAMP) ## Validate and bundle spec/, regenerate generated/ (the default)
	@$(BIN)/specfoundry generate

.PHONY: validate
validate: $(STAMP) ## Check the contract and print every finding
	@$(BIN)/specfoundry validate

.PHONY: check
check: $(STAMP) ## Lint, types, imports and drift; writes nothing
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache >$(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }
	@$(BIN)/specfoundry validate
	@$(BIN)/specfoundry generate --check

.PHONY: format
format: $(STAMP) ## Format and repair what the linter can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

.PHONY: test
test: $(STAMP) ## Set up what the tests need and run them all
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash tests/system-packages
	@$(PYTEST)

.PHONY: golden
golden: $(STAMP) ## Renew the golden files of the toolchain; review the diff
	@SPECFOUNDRY_GOLDEN=renew $(PYTEST) -q tests/generator/golden

.PHONY: fuzz
fuzz: $(STAMP) ## Fuzz the reference server for FUZZ_TIME (10m) with SEED (1)
	@$(BIN)/python tests/contract/fuzz_reference.py --time $(FUZZ_TIME) --seed $(SEED)

.PHONY: mutants
mutants: $(STAMP) ## Count the faults of a server that the contract notices; results to build/mutants.json
	@cd tests/contract && $(CURDIR)/$(BIN)/python -m mutation $(MUTANTS)

.PHONY: docs
docs: $(STAMP) ## Write the API docs as a static site to build/docs
	@$(BIN)/specfoundry docs --output build/docs

.PHONY: serve
serve: $(STAMP) ## Start the reference Cloud Controller on http://127.0.0.1:8181
	@mkdir -p build
	@$(BIN)/cloud-controller serve --data build/cloud-controller

.PHONY: bench
bench: $(STAMP) ## Compare side by side; ratios to build/bench.json
	@$(BIN)/python tests/bench/run.py

.PHONY: build
build: $(STAMP) ## Build sdist and wheel into dist/
	@$(BIN)/python -m build --no-isolation --outdir dist

.PHONY: pins
pins: $(STAMP) ## Renew the pinned requirements from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements/dev.txt
	@echo uv | $(BIN)/uv pip compile - --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements/bootstrap.txt

.PHONY: clean
clean: ## Remove what was built; keep .venv, spec/ and generated/
	@rm -rf build dist .specfoundry .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
