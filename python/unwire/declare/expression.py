"""Expressions of declarations: a checked subset of Python, turned into the tree that the schema carries.

Here live the grammar and its checks. No evaluation: the engine evaluates, over bytes. A tree is an integer, a name (a field of the same
layer or one of `VARIABLES`), or a list ``[operator, operand, …]``.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import Any

from unwire.declare.errors import DeclarationError
from unwire.suggest import suggest

Tree = int | str | list[Any]

#: What an expression may name beside fields. `size`: bytes that this layer or part is promised; `left`: promised bytes from here to its
#: end; `captured`: bytes of it that are really here; `item`: the value just read, in `until`.
VARIABLES = frozenset({"size", "left", "captured", "item"})

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], str] = {ast.Not: "not", ast.USub: "neg", ast.Invert: "~"}
#: Functions and how many arguments each takes.
_CALLS = {"peek": (1, 2), "zeros": (1, 1), "min": (2, 2), "max": (2, 2)}


def parse(text: str | int | bool, fields: Collection[str], place: str, *, item: bool = False) -> Tree:
    """Parse `text` into a tree; `place` (``IP.opts: size``) begins every error.

    ``peek(n)`` is the next n bytes as a big-endian integer, ``peek(n, at)`` the same `at` bytes further on; ``zeros(n)`` is true when the
    next n bytes are there and all zero. ``item.x`` names field x of the item just read; `item` says whether there is one.
    """
    if isinstance(text, (bool, int)):
        return int(text)
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise DeclarationError(f"{place} is not an expression: {text!r} ({error.msg})") from None
    except RecursionError:
        raise DeclarationError(f"{place} is nested too deeply") from None
    if not item and any(isinstance(node, ast.Name) and node.id == "item" for node in ast.walk(body)) and "item" not in fields:
        raise DeclarationError(f"{place} uses item, which is only there in a repeat's until")
    return _tree(body, fields, place)


def _tree(node: ast.expr, fields: Collection[str], place: str) -> Tree:
    def sub(child: ast.expr) -> Tree:
        return _tree(child, fields, place)

    match node:
        case ast.Constant(value=bool() | int() as value):
            if not -(1 << 63) <= value < 1 << 63:
                raise DeclarationError(f"{place} uses {value}, which does not fit 64 bits")
            return int(value)
        case ast.Name(id=name):
            if name in fields or name in VARIABLES:
                return name
            raise DeclarationError(f"{place} uses unknown field {name!r}{suggest(name, [*fields, *VARIABLES])}")
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
            return [_BINARY[type(operator)], sub(left), sub(right)]
        case ast.UnaryOp(op=operator, operand=operand) if type(operator) in _UNARY:
            return [_UNARY[type(operator)], sub(operand)]
        case ast.BoolOp(op=operator, values=values):
            word = "and" if isinstance(operator, ast.And) else "or"
            tree: Tree = sub(values[0])
            for operand in values[1:]:
                tree = [word, tree, sub(operand)]
            return tree
        case ast.Compare(left=left, ops=operators, comparators=others) if all(type(o) in _COMPARE for o in operators):
            sides = [sub(left), *map(sub, others)]
            tree = [_COMPARE[type(operators[0])], sides[0], sides[1]]
            for index, comparison in enumerate(operators[1:], 1):
                tree = ["and", tree, [_COMPARE[type(comparison)], sides[index], sides[index + 1]]]
            return tree
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return ["if", sub(test), sub(body), sub(orelse)]
        case ast.Attribute(value=ast.Name(id="item"), attr=name):
            return ["item", name]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _CALLS:
            low, high = _CALLS[name]
            if not low <= len(args) <= high:
                raise DeclarationError(f"{place}: {name}() takes {low} to {high} arguments")
            branches = [sub(arg) for arg in args]
            size = _number(branches[0])
            if name == "peek" and isinstance(size, int) and not 1 <= size <= 8:
                raise DeclarationError(f"{place}: peek reads 1 to 8 bytes, not {size}")
            if name == "zeros" and isinstance(size, int) and size < 0:
                raise DeclarationError(f"{place}: zeros looks at 0 or more bytes, not {size}")
            return [name, *branches]
        case _:
            raise DeclarationError(
                f"{place} uses {ast.unparse(node)!r}: an expression has earlier fields, integers, arithmetic, comparisons, "
                "and/or/not, a if c else b, size, left, captured, item, peek(n), zeros(n), min, max"
            )


def _number(tree: Tree) -> Tree:
    """Return a negated integer as the integer that it is."""
    return -tree[1] if isinstance(tree, list) and tree[0] == "neg" and isinstance(tree[1], int) else tree


def conjuncts(tree: Tree) -> list[Tree]:
    """Return the tests that must all hold for a tree to."""
    if isinstance(tree, list) and tree[0] == "and":
        return [*conjuncts(tree[1]), *conjuncts(tree[2])]
    return [tree]


def text(tree: Tree) -> str:
    """Return a tree as it is written."""
    if not isinstance(tree, list):
        return str(tree)
    inner = [
        f"({text(branch)})" if isinstance(branch, list) and branch[0] not in ("peek", "zeros", "min", "max", "item") else text(branch)
        for branch in tree[1:]
    ]
    match tree[0]:
        case "not" | "neg" | "~" as word:
            return {"not": "not ", "neg": "-", "~": "~"}[word] + inner[0]
        case "if":
            return f"{inner[1]} if {inner[0]} else {inner[2]}"
        case "item":
            return f"item.{inner[0]}"
        case "peek" | "zeros" | "min" | "max" as word:
            return f"{word}({', '.join(inner)})"
        case "and" | "or" as word:
            return f" {word} ".join(
                text(branch) if isinstance(branch, list) and branch[0] != "or" else inner[at] for at, branch in enumerate(tree[1:])
            )
        case word:
            return f"{inner[0]} {word} {inner[1]}"


def names(tree: Tree) -> set[str]:
    """Return the fields that a tree reads."""
    if isinstance(tree, str):
        return {tree} - VARIABLES
    if isinstance(tree, list):
        if tree[0] == "item":
            return set()
        return set().union(*(names(branch) for branch in tree[1:]))
    return set()
