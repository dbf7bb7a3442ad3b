# make demo: try it.  make test: run every test.  Both need only python3 (3.11, 3.12 or 3.13) with venv.

PYTHON ?= python3
WORKERS ?= auto

BIN := .venv/bin
UV_VERSION := $(shell sed -n '/^name = "uv"$$/{n;s/version = "\(.*\)"/\1/p;}' uv.lock)
# uv lives in .venv itself, so a sync must leave alone what it did not install: --inexact.
SYNC := UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv env -u VIRTUAL_ENV \
	$(BIN)/uv sync --frozen --inexact --python $(BIN)/python

export PORT

.PHONY: demo test bench lint format check-deploy .venv

demo: .venv/.synced
	@$(BIN)/python manage.py demo

test: .venv/.synced-dev
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --maxprocesses=4 --dist=loadgroup $(ARGS)

# Figures, and whether they keep what issue 3 promises; beside pandoc and on Postgres where the machine has them.
bench: .venv/.synced-dev
	@$(BIN)/python -m tests.benchmarks

lint: .venv/.synced-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python manage.py makemigrations --check --dry-run

# What Django has to say about a site that is served for real.
check-deploy: .venv/.synced
	SITE_URL=https://minutes.example.org ALLOWED_HOSTS=minutes.example.org \
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
	DATABASE_URL=postgres://opsminutes@127.0.0.1/opsminutes REDIS_URL=redis://127.0.0.1/0 \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

format: .venv/.synced-dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

.venv: .venv/.synced

.venv/.synced: $(BIN)/uv pyproject.toml uv.lock
	@$(SYNC) --no-dev
	@touch $@

.venv/.synced-dev: $(BIN)/uv pyproject.toml uv.lock
	@$(SYNC) --all-groups --all-extras
	@touch $@ .venv/.synced

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
		echo "Opsminutes runs on Python 3.11, 3.12 or 3.13; $(PYTHON) is not one of them. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
