# The commands of the README. Nothing is installed outside .venv/.
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help env lock run test stories nightly soak fuzz chaos mutants check bench docs audit ui clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

env: .venv/ready  ## the environment, from the hash-pinned lock

.venv/ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "kring needs Python 3.11, 3.12 or 3.13 on the PATH"; exit 1; }
	@echo "building .venv with $$($(PYTHON) --version)"
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 2>/dev/null || true
	@if [ -x $(BIN)/uv ]; then \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock:  ## compile requirements.in into requirements.lock
	$(BIN)/uv pip compile requirements.in -o requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-strip-extras --no-annotate --no-header

run: env  ## sample exports, a run, the 2024 scorecard, the database
	@$(BIN)/kring sample
	@$(BIN)/kring run
	@$(BIN)/kring scorecard 2024

# what a process compiled is kept for the others, of which the tests begin many
test: env  ## rules, readers and commands; at every change (about five minutes on two cores)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 2 --dist loadfile

stories: env  ## many runs of a home, readers, locks and stops, and the documents as a reader follows them (about ten minutes)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/stories tests/chaos

nightly: env  ## the real server and a browser: reruns, nights, a crash; many examples (a quarter of an hour)
	@PYTHONDONTWRITEBYTECODE= KRING_EXAMPLES=10 $(BIN)/python -m pytest -m "nightly or hypothesis" -o "norecursedirs=fuzz slow .*" tests

fuzz: env  ## mutated exports through the readers, four minutes
	@$(BIN)/python tests/fuzz/campaign.py 1 240

mutants: env  ## altered rules that tests must notice, fifteen minutes
	@$(BIN)/python tests/mutation/campaign.py 1 900

# all nights in one process: what the C library keeps for threads that are gone grows with their
# number and would hide, or look like, memory that kring does not give back
soak: env  ## sixty nights with faults in them: figures, disk and memory; about five minutes
	@MALLOC_ARENA_MAX=2 $(BIN)/python -m pytest -m slow tests/slow/test_soak.py -s

chaos: env  ## faults at durable calls, random kills, readers; about twenty minutes and strace
	@$(BIN)/python tests/chaos/campaign.py 300

check: env  ## lint, format, types, imports, docs/dictionary.md
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pipelines.shipped_dictionary --check docs/dictionary.md

bench: env .tmp/bench-venv/ready  ## cost at a million and ten million contacts, beside other ways; SIZES="..."
	@$(BIN)/python tests/bench/campaign.py $(SIZES) --write

# what others would use instead; no part of kring's environment
.tmp/bench-venv/ready:
	@$(PYTHON) -m venv .tmp/bench-venv
	@.tmp/bench-venv/bin/pip install --quiet --disable-pip-version-check pandas pyarrow
	@touch $@

docs: env  ## docs/dictionary.md, from comments, SQL headers, contracts and the register
	@$(BIN)/python -m pipelines.shipped_dictionary docs/dictionary.md

audit:  ## known weaknesses of what is locked; needs the network
	@$(PYTHON) -m venv .tmp/audit && .tmp/audit/bin/pip install --quiet pip-audit || \
		{ echo "NOT AUDITED: pip-audit could not be installed; it needs a package index"; exit 1; }
	@.tmp/audit/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip \
		--strict --progress-spinner off || { echo; \
		echo "NOT PROVEN CLEAN. A table above lists weaknesses. An error means that there was no"; \
		echo "answer, as of a mirror without advisories. Then run it where the public index can be"; \
		echo "reached: docs/privacy.md, Weaknesses."; exit 1; }

ui: env  ## Dagster's web interface on this machine
	@$(BIN)/kring ui

clean:  ## remove the environment and what runs left in data/
	rm -rf .venv data/landing data/lake data/published data/dagster data/record data/key data/key.* data/sample.json
