# Duecourse: what can be done here. `make help` lists it. Needs python3 (3.11 or newer) with pip, and make.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .stamps
TOWN ?= small
PIP := $(PYTHON) -m pip --disable-pip-version-check --python $(BIN)/python install --quiet
WORDS := $(shell find src -name '*.po')

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all check bench lock css vendor completions contact-sheet clean-data browser

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

setup: $(STAMPS)/run $(STAMPS)/words  ## install what the service needs into .venv

run: setup  ## set up and run everything in ./data: public site 8000, office 8001; TOWN=full (or none): its first run's town
	@exec $(BIN)/duecourse run --town $(TOWN) $(ARGS)

test: $(STAMPS)/dev $(STAMPS)/words browser  ## set up and run the tests, browser tests included
	@exec $(BIN)/python -m pytest -m "not wide" -n 2 --dist loadfile

test-all: $(STAMPS)/dev $(STAMPS)/words browser  ## all of that, and what is slow or wide
	@echo "Slow and wide: kill tests, whole installations, PostgreSQL 15 and Go's verifier. This takes a while."
	@exec $(BIN)/python -m pytest

check: $(STAMPS)/dev  ## style, types, import contracts, locks, file lengths
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	! grep -nE 'https?://|index-url|find-links' requirements*.lock
	$(BIN)/python -m pytest tests/repository

bench: $(STAMPS)/dev $(STAMPS)/words  ## measure against bare equivalents, as ratios; ARGS=--full, ARGS=--write
	@exec $(BIN)/python bench/run.py $(ARGS)

completions: $(STAMPS)/dev  ## write the shell completions of the command anew
	@$(BIN)/python -m duecourse.completion

lock:  ## pin what requirements*.in name (needs uv)
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 --quiet requirements.in -o requirements.lock
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 --quiet requirements-dev.in -o requirements-dev.lock

css: setup  ## build our style sheet from src/duecourse/ui/styles and ui/components
	@exec $(BIN)/python -m duecourse.ui.stylesheet

vendor: setup  ## build govuk-frontend and htmx anew (needs npm; versions in src/duecourse/ui/vendor/build.py)
	@exec $(BIN)/python -m duecourse.ui.vendor.build

contact-sheet: $(STAMPS)/dev  ## pictures of every page of what `make run` runs, in build/contact-sheet
	@exec $(BIN)/python tests/journeys/contact_sheet.py $(ARGS)

clean-data: setup  ## forget ./data: database, keys, everything that was entered
	@exec $(BIN)/python -m duecourse.config.forget

browser:
	@missing=""; \
	[ -x /usr/bin/chromium ] || missing="$$missing chromium"; \
	[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || missing="$$missing fonts-noto-cjk"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" != 0 ]; then echo "The browser tests need: apt-get install$$missing" >&2; exit 1; fi; \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	fi

# Without ensurepip (Debian packs it apart) a venv has no pip; the system's pip installs into it.
.venv/pyvenv.cfg:
	$(PYTHON) -m venv --without-pip .venv

$(STAMPS)/run: requirements.lock pyproject.toml setup.py .venv/pyvenv.cfg
	@mkdir -p $(STAMPS)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/run
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

$(STAMPS)/words: $(STAMPS)/run $(WORDS)
	@for file in $(WORDS); do $(BIN)/pybabel -q compile -i $$file -o $${file%.po}.mo || exit 1; done
	@touch $@
