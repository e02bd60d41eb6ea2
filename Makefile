# `make demo` and `make test` are enough on a fresh machine: each first sets up what it needs (.ci/set-up), once.
.DEFAULT_GOAL := help
.PHONY: help demo gallery test browser fuzz crash serve lint types bench bench-check judges bombs scan-rates lock clean \
	set-up set-up-tests set-up-browser

PYTHON ?= python3
export PYTHON
BIN := .venv/bin
DEMO := build/demo

help:  ## Say what there is to make.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: set-up  ## Issue licences of every type, judge good and bad ones; PDFs and pictures are left in build/demo.
	$(BIN)/python docs/demo/run.py $(DEMO)

gallery: set-up  ## Draw every template with ordinary, long and rare values into docs/gallery.
	PYTHONPATH=docs/demo $(BIN)/python docs/gallery/make_gallery.py

test: set-up-tests  ## Run the tests.
	$(BIN)/pytest -n 2 -rs

browser: set-up-browser  ## Open the page behind the QR in a real browser.
	$(BIN)/pytest tests/browser

fuzz: set-up-tests  ## Fuzz what takes bytes of strangers, SECONDS=120 all in all; what breaks is left in build/fuzz.
	$(BIN)/python tests/fuzz/fuzz_all.py --seconds $(or $(SECONDS),120)

crash: set-up-tests  ## Kill issuing processes and servers, RUNS=2000 times; nothing acknowledged may be lost.
	$(BIN)/python tests/crash/killing.py --runs $(or $(RUNS),200)

serve: set-up  ## Start the verification service on the demo's licences, with lists of today.
	test -e $(DEMO)/license.toml || $(MAKE) demo
	$(BIN)/license keys publish --home $(DEMO) --passphrase-file $(DEMO)/passphrase
	$(BIN)/license trust publish --home $(DEMO) --passphrase-file $(DEMO)/passphrase
	$(BIN)/license publish --home $(DEMO) --passphrase-file $(DEMO)/passphrase
	$(BIN)/license serve --home $(DEMO)

lint: set-up  ## Check style, form and import contracts.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: set-up  ## Check types.
	$(BIN)/mypy

bench: set-up-tests  ## Measure beside the usual way (docs/performance.md), then each part; LICENSES=100000 in the longest batch.
	$(BIN)/python bench/reach.py --write --licenses $(or $(LICENSES),100000)
	$(BIN)/python bench/chain.py
	$(BIN)/python bench/sizes.py
	$(BIN)/python bench/records.py
	$(BIN)/python bench/codes.py
	$(BIN)/python bench/placing.py
	$(BIN)/python bench/bundle.py
	$(BIN)/python bench/characters_as_modules.py

bench-check: set-up-tests  ## Run every benchmark in its smallest form, so that none rots.
	$(BIN)/pytest tests/integration/test_benches.py --whole-benches

judges: set-up-tests  ## Put LICENSES=2000 random licences before every judge: none may find a fault.
	$(BIN)/pytest -n 2 tests/conformance/test_many_licenses.py --licenses $(or $(LICENSES),2000)

bombs: set-up  ## Ask a service with good requests, alone and beside 10,000 bad ones, 500 at once.
	$(BIN)/python bench/load.py
	$(BIN)/python bench/load.py --addresses 5000

scan-rates: set-up-tests  ## Measure which pictures of codes are read, by each library and by us; WRITE=--write notes it.
	$(BIN)/python bench/scan_rates.py $(WRITE)

lock: set-up  ## Write requirements.lock anew from pyproject.toml; UPGRADE=--upgrade takes newer versions.
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet $(UPGRADE) --output-file requirements.lock
	.ci/set-up run

clean:  ## Remove what was made, but .venv.
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

set-up:
	@.ci/set-up run

set-up-tests:
	@.ci/set-up test

set-up-browser:
	@.ci/set-up browser
