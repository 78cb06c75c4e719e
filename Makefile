# Every target does its own set-up. On a fresh Debian 12: python3, make and root's apt are enough.
SHELL := /bin/bash
BIN := .venv/bin
# Debian keeps servers in sbin, which only root has on its path.
export PATH := $(PATH):/usr/sbin:/sbin
DEMO_FLAGS = $(if $(CA),--ca $(CA)) $(ARGS)
DEMO_NEEDS = $(if $(filter pebble,$(CA)),pebble)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo demo-browser test lint types unit coverage format proof bench simulate words lock clean setup-test

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## set up and run the main job on this machine (CA=pebble: with a real ACME CA; ARGS=...)
	@scripts/setup.sh demo $(DEMO_NEEDS)
	@exec $(BIN)/brassplate demo $(DEMO_FLAGS)

demo-browser: ## the demo with a Chromium that knows its names and its CA
	@scripts/setup.sh demo browser $(DEMO_NEEDS)
	@exec $(BIN)/brassplate demo --browser $(DEMO_FLAGS)

test: lint types unit ## set up, then lint, types and every test, proofs in a small sample

lint: setup-test ## ruff: format and rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup-test ## mypy, strict
	$(BIN)/mypy

unit: setup-test ## every test (ARGS="-k name" for some)
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile $(ARGS)

coverage: setup-test ## the same with branch coverage, in twice the time; below 92 % is a failure
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --cov --cov-report=term $(ARGS)

format: setup-test ## ruff: put into form, mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

proof: setup-test ## every proof at full size; the result goes to build/proof/
	@scripts/proof.sh $(ARGS)

bench: ## measure on this machine (ARGS=pump: that one alone)
	@scripts/setup.sh bench
	$(BIN)/python -m bench $(ARGS)

simulate: setup-test ## years of certificates under a virtual clock (SEED=1 DOMAINS=10000 YEARS=1); chart in build/simulation/
	$(BIN)/python -m simulation --seed $(or $(SEED),1) --domains $(or $(DOMAINS),10000) --years $(or $(YEARS),1)

words: setup-test ## take every text of the portal out for translators: build/words/portal.pot
	@mkdir -p build/words
	$(BIN)/pybabel --quiet extract --mapping=babel.cfg --no-location --sort-output --project=Brassplate \
	    --output=build/words/portal.pot portal

lock: ## make the lock files again (UPGRADE=1: with the newest releases)
	@scripts/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## remove what was built, and the virtual environment
	rm -rf .venv build dist *.egg-info .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup-test:
	@scripts/setup.sh test
