# One command for each thing one does here. `make` alone lists them.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup schema build test lint format bench torture wheel new-protocol

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## a virtual environment with everything a developer needs, and the engine built into it
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --upgrade pip maturin
	$(BIN)/pip install -q '.[test,lint]' --no-build-isolation || $(BIN)/pip install -q '.[test,lint]'
	$(MAKE) build

schema: ## rebuild schema.json from the protocol files
	PYTHONPATH=python $(BIN)/python -m unwire.declare.build crates/unwire/src/schema.json

build: schema ## build the engine into the environment
	. $(BIN)/activate && maturin develop --release -q

test: ## every test, Rust and Python
	cargo test -q -p unwire
	$(BIN)/python -m pytest

lint: ## what CI checks: formats, lints, types
	cargo fmt --all --check
	cargo clippy -q --workspace --all-targets -- -D warnings
	$(BIN)/ruff format --check python tests
	$(BIN)/ruff check python tests
	$(BIN)/mypy
	$(BIN)/pyright
	PYTHONPATH=python MYPYPATH=python $(BIN)/python -m mypy.stubtest unwire._engine

format: ## put everything in the house's format
	cargo fmt --all
	$(BIN)/ruff check -q --fix python tests || true
	$(BIN)/ruff format -q python tests

bench: ## compare with the peers on the standard capture (makes it first: 1 GB)
	$(BIN)/pip install -q '.[bench]'
	test -f benches/data/big.pcap || $(BIN)/python benches/generate.py
	$(BIN)/python benches/run.py

torture: ## cut and flip every public capture
	$(BIN)/python tests/torture/torture.py

wheel: ## a wheel that installs without a compiler
	$(BIN)/pip wheel -q --no-deps -w dist .

new-protocol: ## NAME=xyz: a protocol file and its test
	$(BIN)/python -m unwire.declare.new $(NAME)
