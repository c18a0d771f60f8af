# `make help` lists the targets. Each makes .venv first where there is none or the lock file is newer.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help corpus test test-slow test-thorough lint format docs generate mutations version bench bench-check lock clean release pictures

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch .venv/.ready

corpus: .venv/.ready  ## Build corpus/ from seeds/
	$(BIN)/corpus-tools build seeds corpus

test: .venv/.ready  ## Run the tests
	$(BIN)/python -m pytest

test-slow: .venv/.ready  ## Run the tests that take minutes
	$(BIN)/python -m pytest -m slow

test-thorough: .venv/.ready  ## Run the tests that leave nothing out and take much longer
	$(BIN)/python -m pytest -m thorough

lint: .venv/.ready  ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/.ready  ## Format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/.ready  ## Build the documentation site into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

generate: .venv/.ready  ## Write the files that derive from schema/ and the figures in the documents
	$(BIN)/python -m corpus_tools.generating
	$(BIN)/python -m corpus_tools.figures

mutations: .venv/.ready  ## Corrupt corpora in all ways and write docs/mutations.md
	$(BIN)/python -m tests.mutations

pictures: .venv/.ready  ## Take the pictures in docs/pictures anew (needs chromium)
	$(BIN)/python -m tests.viewer_pictures

version: .venv/.ready  ## Add the version of corpus/ to the released ones in VERSIONS.json
	$(BIN)/python -m corpus_tools.versions

release: .venv/.ready  ## Run .ci/run, then make a release of corpus/ in dist/; publishes nothing
	.ci/run
	rm -rf dist
	$(BIN)/corpus-tools release corpus dist
	$(BIN)/corpus-tools verify-release dist seeds

bench: .venv/.ready  ## Run the benchmarks
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-json benchmarks/results.json
	$(BIN)/python -m corpus_tools.figures

bench-check: .venv/.ready  ## Compare the ratios of the last run with those that are committed
	mkdir -p .benchmarks && git show HEAD:benchmarks/results.json > .benchmarks/committed.json
	$(BIN)/python benchmarks/regressions.py .benchmarks/committed.json benchmarks/results.json

lock: .venv/.ready  ## Renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --group dev --all-extras --output-file requirements.lock --upgrade pyproject.toml

clean:  ## Remove what the other targets made, but for corpus/
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks dist site
