"""Expressions as functions of the values: the allow-listed tree of `syntax`, turned into closures once.

Nothing of Jinja runs when a text is rendered, and nothing a value holds is ever looked at as code: attributes are
keys of mappings. What is empty is None: in every order it is false, in a sum it is 0.
"""

import datetime as dt
import operator
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import msgspec
from jinja2 import nodes

from bot.dialog.filters import FILTERS, as_number, show
from bot.dialog.syntax import DEEPEST, TemplateError, check_name, not_allowed

Values = Mapping[str, Any]
Evaluate = Callable[[Values], Any]

MOMENT = ("year", "month", "day", "weekday", "hour", "minute")
"""What `now` is asked for; the days of the week count from 1, Monday."""

_ORDERS = frozenset({"lt", "lteq", "gt", "gteq"})
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne,
    "lt": operator.lt, "lteq": operator.le, "gt": operator.gt, "gteq": operator.ge,
}  # fmt: skip


class Compiled(msgspec.Struct, frozen=True):
    """`sources` are the names whose values can end up in the result, dotted for attributes (`order`, `order.phone`);
    `customer.phone` counts as `phone` too. `attributes` holds every chain that is used."""

    evaluate: Evaluate
    names: frozenset[str]
    attributes: frozenset[tuple[str, ...]]
    sources: frozenset[str]
    constant: bool


def compile_node(node: nodes.Node, names: Collection[str] | None, language: str) -> Compiled:
    """Turn one expression's tree into a function. Raises `TemplateError`."""
    compiler = _Compiler(names, language)
    evaluate = compiler.compile(node, 0)
    chains = frozenset(compiler.chains)
    return Compiled(
        evaluate,
        frozenset(chain[0] for chain in chains),
        chains,
        frozenset(name for chain in _sources(node) for name in _dotted(chain)),
        not chains,
    )


class _Compiler:
    def __init__(self, names: Collection[str] | None, language: str) -> None:
        self.names = names
        self.language = language
        self.chains: list[tuple[str, ...]] = []

    def compile(self, node: nodes.Node, depth: int) -> Evaluate:
        if depth > DEEPEST:
            raise TemplateError("too_deep", node.lineno, limit=DEEPEST)
        match node:
            case nodes.Const():
                constant = node.value
                return lambda _: constant
            case nodes.Name():
                return self._name(node)
            case nodes.Getattr() | nodes.Getitem():
                return self._attribute(node, depth)
            case nodes.And() | nodes.Or():
                return self._logic(node, depth)
            case nodes.Not():
                inner = self.compile(node.node, depth + 1)
                return lambda values: not inner(values)
            case nodes.Compare():
                return self._compare(node, depth)
            case nodes.Add() | nodes.Sub():
                return self._sum(node, depth)
            case nodes.Neg() | nodes.Pos():
                signed = self.compile(node.node, depth + 1)
                sign = -1 if isinstance(node, nodes.Neg) else 1
                return lambda values: _times(sign, signed(values))
            case nodes.CondExpr():
                return self._conditional(node, depth)
            case nodes.Filter():
                return self._filter(node, depth)
            case nodes.List() | nodes.Tuple():
                items = [self.compile(item, depth + 1) for item in node.items]
                return lambda values: [item(values) for item in items]
        raise not_allowed(node)

    def _name(self, node: nodes.Name) -> Evaluate:
        name = node.name
        _refuse_private(name, node.lineno)
        check_name(name, node.lineno, self.names)
        self.chains.append((name,))
        return lambda values: values.get(name)

    def _attribute(self, node: nodes.Getattr | nodes.Getitem, depth: int) -> Evaluate:
        key = _key(node)
        inner = self.compile(node.node, depth + 1)
        chain = _chain(node)
        if chain:
            self.chains.append(chain)
        return lambda values: _look_up(inner(values), key)

    def _logic(self, node: nodes.And | nodes.Or, depth: int) -> Evaluate:
        left, right = self.compile(node.left, depth + 1), self.compile(node.right, depth + 1)
        if isinstance(node, nodes.And):
            return lambda values: left(values) and right(values)
        return lambda values: left(values) or right(values)

    def _compare(self, node: nodes.Compare, depth: int) -> Evaluate:
        first = self.compile(node.expr, depth + 1)
        links = [(operand.op, self.compile(operand.expr, depth + 1)) for operand in node.ops]

        def compare(values: Values) -> bool:
            left = first(values)
            for word, evaluate in links:
                right = evaluate(values)
                if not _holds(word, left, right):
                    return False
                left = right
            return True

        return compare

    def _sum(self, node: nodes.Add | nodes.Sub, depth: int) -> Evaluate:
        for side in (node.left, node.right):
            if isinstance(side, nodes.Const) and as_number(side.value) is None:
                raise TemplateError("not_allowed", node.lineno, what="+ text")
        left, right = self.compile(node.left, depth + 1), self.compile(node.right, depth + 1)
        sign = 1 if isinstance(node, nodes.Add) else -1
        return lambda values: _plus(left(values), _times(sign, right(values)))

    def _conditional(self, node: nodes.CondExpr, depth: int) -> Evaluate:
        test, then = self.compile(node.test, depth + 1), self.compile(node.expr1, depth + 1)
        if node.expr2 is None:
            return lambda values: then(values) if test(values) else None
        otherwise = self.compile(node.expr2, depth + 1)
        return lambda values: then(values) if test(values) else otherwise(values)

    def _filter(self, node: nodes.Filter, depth: int) -> Evaluate:
        found = FILTERS.get(node.name)
        if found is None:
            raise TemplateError(
                "unknown_filter", node.lineno, name=node.name, known=sorted(FILTERS)
            )
        wrong = node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None
        if wrong or not found.least <= len(node.args) <= found.most:
            raise TemplateError("filter_arguments", node.lineno, name=node.name, usage=found.usage)
        assert node.node is not None
        inner = self.compile(node.node, depth + 1)
        call = partial(found.call, language=self.language) if found.spoken else found.call
        if not node.args:
            return lambda values: call(inner(values))
        given = [self.compile(argument, depth + 1) for argument in node.args]
        if node.name == "default":
            return lambda values: call(inner(values), given[0](values))
        return lambda values: call(inner(values), *[show(each(values)) for each in given])


def _refuse_private(name: str, offset: int) -> None:
    if name.startswith("_"):
        raise TemplateError("private", offset, name=name)


def _key(node: nodes.Getattr | nodes.Getitem) -> str | int:
    if isinstance(node, nodes.Getattr):
        _refuse_private(node.attr, node.lineno + 1)
        return node.attr
    argument = node.arg
    if not isinstance(argument, nodes.Const) or type(argument.value) not in (str, int):
        raise TemplateError("not_allowed", node.lineno, what="[…]")
    if isinstance(argument.value, str):
        _refuse_private(argument.value, argument.lineno)
    key: str | int = argument.value
    return key


def _chain(node: nodes.Node) -> tuple[str, ...]:
    """The dotted path of names that a node is, () if it is something else."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        inner = _chain(node.node)
        return (*inner, str(_key(node))) if inner else ()
    return ()


def _dotted(chain: tuple[str, ...]) -> list[str]:
    """A chain by all its beginnings; what is kept about the customer under the slot's own name too."""
    dotted = [".".join(chain[: count + 1]) for count in range(len(chain))]
    return [*dotted, chain[1]] if chain[0] == "customer" and len(chain) > 1 else dotted


def _sources(node: nodes.Node) -> list[tuple[str, ...]]:
    """The chains whose values can be seen in the result; conditions and masked values cannot."""
    chain = _chain(node)
    if chain:
        return [chain]
    if isinstance(node, nodes.Compare | nodes.Not):
        return []
    if isinstance(node, nodes.Filter) and node.name == "mask":
        return []
    hidden = node.test if isinstance(node, nodes.CondExpr) else None
    shown = (child for child in node.iter_child_nodes() if child is not hidden)
    return [source for child in shown for source in _sources(child)]


def _look_up(value: Any, key: str | int) -> Any:
    if type(value) is dict or isinstance(value, Mapping):
        found = value.get(key)
        return value.get(str(key)) if found is None and type(key) is int else found
    if isinstance(value, msgspec.Struct):
        return getattr(value, str(key)) if key in value.__struct_fields__ else None
    if isinstance(key, int):
        in_list = isinstance(value, list | tuple) and -len(value) <= key < len(value)
        return value[key] if in_list else None
    if isinstance(value, dt.datetime):
        return (
            value.isoweekday()
            if key == "weekday"
            else getattr(value, key)
            if key in MOMENT
            else None
        )
    return None


def _plus(left: Any, right: Any) -> Any:
    a, b = _summand(left), _summand(right)
    return None if a is None or b is None else round(a + b, 10)


def _times(sign: int, value: Any) -> Any:
    number = _summand(value)
    return None if number is None else sign * number


def _summand(value: Any) -> int | float | None:
    return 0 if value is None or value == "" else as_number(value)


def _holds(word: str, left: Any, right: Any) -> bool:
    """Whether a comparison is true. Numbers written as text compare as numbers where the other side is one, and in
    an order of two texts where both are."""
    if word in ("in", "notin"):
        return _within(left, right) is (word == "in")
    ordered = word in _ORDERS
    if type(left) is not type(right) or (ordered and type(left) is str):
        a, b = as_number(left), as_number(right)
        if a is not None and b is not None:
            left, right = a, b
        elif isinstance(left, dt.datetime) or isinstance(right, dt.datetime):
            left, right = show(left), show(right)
    try:
        return bool(_COMPARE[word](left, right))
    except (TypeError, RecursionError):
        return False


def _within(left: Any, right: Any) -> bool:
    if isinstance(right, str):
        return left is not None and show(left) in right
    if isinstance(right, list | tuple | Mapping):
        return any(left == item for item in right)
    return False
