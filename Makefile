# make rehearse    the sample show, in a window, from the first evening's opening
# make test        lint, types, tests; under ten minutes on two cores
# make setup       only what the two need: system packages, .venv (they call it themselves)
# make lint        lint and types alone
# make soak        the tests that run for minutes
# make clean       take away all that was made here

BIN := .venv/bin

.PHONY: rehearse test setup lint soak clean
.DEFAULT_GOAL := setup

rehearse: .venv/.set-up
	@exec $(BIN)/projector rehearse playlists/sample.yaml

test: lint
	@$(BIN)/pytest -m 'not soak' -n 2 --dist worksteal --ignore=tests/roles --ignore=tests/e2e
	@$(BIN)/pytest -m 'not soak' tests/roles tests/e2e  # real processes on a real clock: one at a time

setup: .venv/.set-up
	@:

lint: .venv/.set-up
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary

soak: .venv/.set-up
	@$(BIN)/pytest -m soak

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The script looks whether anything has changed since; the stamp's time only spares calling it.
.venv/.set-up: pyproject.toml .ci/setup
	@.ci/setup
