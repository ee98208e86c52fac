"""The checker against very many broken projects: no exception, no hang over 2 s, no memory over 200 MB."""

import resource
import time
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.check.test_fuzzed_projects import (
    FILES,
    KEYS,
    good,
    lines,
    mutate,
    mutations,
    run,
    trees,
)

pytestmark = pytest.mark.torture
LONG = settings(
    max_examples=5_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
)
_SECONDS, _MEGABYTES = 2.0, 200


def timed(files: dict[str, bytes]) -> None:
    started = time.process_time()
    run(files)
    assert time.process_time() - started < _SECONDS


@LONG
@given(mutations)
def test_mutations(changes: list[tuple[str, int, int, str]]) -> None:
    timed(mutate(changes))


@LONG
@given(st.sampled_from(FILES), st.lists(lines, max_size=40))
def test_lines(name: str, text: list[str]) -> None:
    timed({**good(), name: "\n".join(text).encode("utf-8", "surrogatepass")})


@LONG
@given(st.sampled_from(FILES), st.binary(max_size=2_000))
def test_bytes(name: str, data: bytes) -> None:
    timed({**good(), name: data})


@LONG
@given(st.dictionaries(st.sampled_from(KEYS), trees, max_size=8))
def test_structures(tree: object) -> None:
    timed({**good(), "flows/а.yaml": msgspec.json.encode(tree)})


BOMBS: dict[str, Callable[[], str]] = {
    "brackets": lambda: "[" * 2_000_000,
    "braces": lambda: "{a: " * 500_000,
    "dashes": lambda: "- " * 2_000_000,
    "questions": lambda: "? " * 2_000_000,
    "stairs": lambda: "".join(" " * i + "a:\n" for i in range(1_900)),
    "aliases": lambda: "a: &a [x]\n" + "".join(
        f"b{i}: &b{i} [{', '.join([f'*b{i - 1}' if i else '*a'] * 9)}]\n" for i in range(30)
    ),
    "anchors": lambda: "".join(f"a{i}: &a{i} x\n" for i in range(100_000)),
    "keys": lambda: "".join(f"ключ{i}: x\n" for i in range(200_000)),
    "items": lambda: "- x\n" * 390_000,
    "colons": lambda: "a: b: c\n" * 100_000,
    "quotes": lambda: '"' * 1_000_000,
    "one line": lambda: "say: " + "слово: " * 500_000,
    "templates": lambda: "flow: а\nsteps:\n" + '  - say: "{{ а }}{% if б %}"\n' * 5_000,
    "typos": lambda: "flow: а\nsteps:\n" + "  - asc: Как?\n    sav: имя\n" * 20_000,
    "spaces": lambda: " " * 3_000_000 + "a",
    "commas": lambda: "a: [" + ",a" * 390_000 + "]",
    "tabs": lambda: "\t" * 1_000_000,
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("name", ["flows/а.yaml", "faq.yaml"])
def test_bombs(bomb: str, name: str, tell: Callable[[str], None]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    run({**good(), name: BOMBS[bomb]().encode()})
    spent = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    tell(f"{bomb}: {spent:.2f} s, {grown} MB more at the peak")
    assert spent < _SECONDS
    assert grown < _MEGABYTES
