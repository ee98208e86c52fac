# Every target builds .venv first, when it is missing or older than the lock file. Only make and
# Python 3.11+ are needed; no environment has to be active.

.DEFAULT_GOAL := help
.PHONY: help venv demo test check format bench bench-faq torture lock \
        check-style check-types check-imports check-example check-docs

BIN := .venv/bin
CODE := $(wildcard bot adapters tests benchmarks hatch_build.py)

help:
	@echo "make demo       talk to the example business in this terminal"
	@echo "make test       the tests, in parallel, under five minutes"
	@echo "make check      style, types, direction of imports, the example's flows, the docs"
	@echo "make format     mend what can be mended: the layout, the order of imports"
	@echo "make bench      what a message costs, measured"
	@echo "make bench-faq  how well and how fast the FAQ answers, measured"
	@echo "make torture    the long runs: kills, sweeps, fuzzing"
	@echo "make venv       only build the environment (.venv)"
	@echo "make lock       resolve requirements.lock again from pyproject.toml"

# The stamp holds the folder that the environment was built in: a moved checkout builds again.
ifneq ($(shell cat .venv/built-in 2>/dev/null),$(CURDIR))
.PHONY: .venv/built-in
endif
.venv/built-in: requirements.lock pyproject.toml .ci/venv
	@sh .ci/venv

venv: .venv/built-in
	@:

demo: venv
	@$(BIN)/frontdesk demo

# Python compiles a module when it is first imported; the tests import nearly all, four at a time.
.venv/compiled: .venv/built-in
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib bot adapters || :
	@touch $@

test: venv .venv/compiled
	$(BIN)/python -m pytest -n 4 --dist loadgroup

check: check-style check-types check-imports check-example check-docs

check-style: venv
	$(BIN)/ruff check
	$(BIN)/ruff format --check

check-types: venv
	$(BIN)/python -m mypy $(CODE)

check-imports: venv
	$(BIN)/lint-imports

check-example: venv
	$(BIN)/frontdesk check --strict
	$(BIN)/frontdesk test --coverage

check-docs: venv
	$(BIN)/python -m pytest -q tests/docs

format: venv
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: venv
	$(BIN)/python -m benchmarks

bench-faq: venv
	$(BIN)/python -m benchmarks.faq

torture: venv
	$(BIN)/python -m pytest -m torture --hypothesis-profile torture -n 2 --dist loadgroup

# uv resolves for every platform at once; it lives in an environment of its own.
lock: venv
	@test -x .lock-venv/bin/uv || { $(BIN)/python -m venv .lock-venv && .lock-venv/bin/python -m pip install --quiet uv; }
	.lock-venv/bin/uv pip compile --quiet --universal --python-version 3.11 --all-extras --group dev \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
		$(UPGRADE) --output-file requirements.lock pyproject.toml
	@sh .ci/venv
