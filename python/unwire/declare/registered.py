"""Which class answers to an option's number: the declared ones, the ones that users register, and why none of them takes an option that is bad.
Lists of options are in options.py.
"""

from __future__ import annotations

import importlib
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from unwire.declare import expression
from unwire.declare.engine_half import engine, touch
from unwire.declare.errors import DeclarationError, RegistryWarning
from unwire.declare.registry import registry

Pair = tuple[Callable[..., Any], Callable[..., Any]]

#: What reads and makes options in Python alone: (parser, constructor) by space, number and, where classes share it, the field that tells.
_PAIRS: dict[tuple[str, int, str | None, int | None], Pair] = {}


def layer_of(cls: Any) -> dict[str, Any]:
    """The layer that a class declares."""
    layer: dict[str, Any] = cls.__layer__
    return layer


def space_of(family: Any) -> str:
    """The number space of a family."""
    return str(family.__layer__["next"][0]["space"])


def pair_of(family: Any, number: int, told: Callable[[str], Any]) -> Pair | None:
    """The pair that is registered for an option; `told` gives the value of a field that tells options with one number apart."""
    if not _PAIRS:
        return None
    space = space_of(family)
    for (known, key, field, value), pair in _PAIRS.items():
        if (known, key) == (space, number) and (field is None or told(field) == value):
            return pair
    return None


def candidates(family: Any, number: int) -> list[Any]:
    """Return the classes that answer to a number, in the order they are asked; where there is none, what stands in for it."""
    schema = importlib.import_module("unwire.schema")
    ids = dict(schema.current().space(space_of(family)) or ()).get(number, [])
    found = [cls for id in ids if not (cls := schema.class_of(id)).__layer__.get("stands")]
    return found or _stand_ins(family, "other")


def discriminators(cls: Any) -> dict[str, int]:
    """The fields whose values tell a class from others with its number."""
    tests = expression.conjuncts(cls.__layer__.get("when", 1))
    return {
        one[1]: one[2]
        for one in tests
        if isinstance(one, list) and one[0] == "==" and isinstance(one[1], str) and isinstance(one[2], int) and one[1] != "size"
    }


def _stand_ins(family: Any, word: str) -> list[Any]:
    root = family.__layer__.get("family", family.__layer__["id"])
    return [registry.classes[id] for id, layer in registry.layers.items() if layer.get("family") == root and layer.get("stands") == word]


def register(family: Any, number: int, given: Any, when: str | None = None) -> None:
    """Let a class, or a pair of functions that read and make it, answer to a number of a family.

    A class gets columns and filters; a pair makes objects alone: `parser(option, *, options)` gives what is shown for an option,
    `constructor(code, opt=None, **keywords)` what is sent. `when` tells a class from others with the same number.
    """
    space, number = space_of(family), operator.index(number)
    if not 0 <= number < 256:
        raise DeclarationError(f"{family.__name__}: an option's number is 0 to 255, not {number}")
    if isinstance(given, tuple):
        if len(given) != 2 or not all(map(callable, given)):
            raise DeclarationError(f"{family.__name__}: option {number} is given a pair of functions, (parser, constructor), not {given!r}")
        parser, constructor = given
        tree: Any = None if when is None else expression.parse(when, [when.split()[0]], "when")
        key = (space, number, str(tree[1]), int(tree[2])) if isinstance(tree, list) else (space, number, None, None)
        if key in _PAIRS or (tree is None and [cls for cls in candidates(family, number) if not layer_of(cls).get("stands")]):
            _warn(family, number, given)
        _PAIRS[key] = (parser, constructor)
        return
    if not (isinstance(given, type) and issubclass(given, family)) or given is family:
        raise DeclarationError(f"{family.__name__}: option {number} is given a subclass of {family.__name__} or a pair of functions, not {given!r}")
    for known in [key for key in _PAIRS if key[:2] == (space, number) and when is None]:
        del _PAIRS[known]
    test = None if when is None else expression.parse(when, [one["name"] for one in layer_of(given)["fields"]], f"{given.__name__}: when")
    if isinstance(test, list) and discriminators(given).get(str(test[1]), test[2]) != test[2]:
        told = discriminators(given)[str(test[1])]
        raise DeclarationError(f"{given.__name__}: answers to {test[1]} {told} already; what answers to {test[2]} is a class of its own")
    others = [cls for cls in candidates(family, number) if cls is not given and not cls.__layer__.get("stands")]
    same = [cls for cls in others if test is None or test in expression.conjuncts(cls.__layer__.get("when", 1))]
    if same:
        _warn(family, number, same[0])
    layers = importlib.import_module("unwire.declare.layers")
    layer = dict(layer_of(given))
    # One class may answer to several numbers.
    keys = [key for over in layer["over"] if over["space"] == space for key in over["keys"] if key != number]
    layer["over"] = [{"space": space, "keys": [*keys, number]}]
    if test is not None:
        rest = [one for one in expression.conjuncts(layer.get("when", 1)) if one != 1 and one != test]
        for one in rest:
            test = ["and", test, one]
        layer["when"] = test
    layer["fields"] = layers.discriminated(layer, layer["fields"])
    given.__layer__ = layer  # type: ignore[attr-defined]
    registry.add(given, layer)
    if test is None and others:
        registry.give(space, number, given)
    touch()


class Classes(Mapping[int, Any]):
    """The classes of a family by number, or by a field that tells classes with one number apart."""

    def __init__(self, family: Any, number: int | None = None, field: str | None = None) -> None:
        self._family, self._number_, self._field = family, number, field

    def _found(self) -> dict[int, Any]:
        family = self._family
        if self._number_ is not None:
            found = [(discriminators(cls).get(str(self._field)), cls) for cls in reversed(candidates(family, self._number_))]
            return {key: cls for key, cls in found if key is not None}
        schema = importlib.import_module("unwire.schema")
        numbers = [number for number, ids in schema.current().space(space_of(family)) or () if ids]
        given = {number: pair for (space, number, field, _), pair in _PAIRS.items() if space == space_of(family) and field is None}
        return {**{number: candidates(family, number)[0] for number in numbers}, **given}

    def __getitem__(self, number: int) -> Any:
        return self._found()[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())


def _warn(family: Any, number: int, known: Any) -> None:
    name = known.__name__ if isinstance(known, type) else "a pair of functions"
    warnings.warn(f"{family.__name__}: option {number} was {name}'s and is registered again", RegistryWarning, stacklevel=4)


def reason_of(option: Any) -> str | None:
    """Why an option is bad, in words: which rule of which class does not hold, or which value has no room."""
    try:
        return _reason(option)
    except importlib.import_module("unwire.errors").PackError as fault:
        # It was made with a value that cannot be sent.
        return str(fault)


def _reason(option: Any) -> str | None:
    layer = type(option).__layer__
    stands = _stands(option)
    if stands == "other" or stands is None:
        if engine.raw(option) is None:
            bytes(option)
        if engine.is_as_expected(option):
            return None
        rules = " and ".join(expression.text(one["expect"]) for one in type(option).__layer__["fields"] if "expect" in one)
        return f"its size is {len(bytes(option))}, and {type(option).__name__} expects {rules}"
    number, data = option.code, bytes(option)
    if stands == "cut":
        if len(data) < 2:
            return "it ends behind its number"
        return f"its length is {data[1]}, where {len(data)} bytes are left"
    rules_of = []
    for cls in candidates(_root(layer), number):
        seen = cls.__new__(cls)
        engine.restore(seen, data)
        told = discriminators(cls)
        if all(getattr(seen, name, value) == value for name, value in told.items()):
            tests = [
                test
                for test in expression.conjuncts(cls.__layer__.get("when", 1))
                if not isinstance(test, list) or not isinstance(test[1], str) or test[1] not in told
            ]
            rules = " and ".join(map(expression.text, tests))
            rules_of.append(f"{cls.__name__} has {rules}" if rules else cls.__name__)
    return f"its size is {len(data)}, and {' or '.join(rules_of) or 'no class takes it'}"


def _root(layer: Mapping[str, Any]) -> Any:
    return registry.classes[layer.get("family", layer["id"])]


def _stands(option: Any) -> str | None:
    """Whom the option's layer stands in for: one class may show several."""
    layer = type(option).__layer__
    stands: str | None = layer.get("stands")
    if stands is not None and stands != "other" and engine.layer_of(option) != layer["id"]:
        return str(registry.layers[engine.layer_of(option)]["stands"])
    return stands
