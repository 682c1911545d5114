"""What is wrong with the arguments of a call, in words. Read only when a call is refused; shows no argument's value."""

from __future__ import annotations

import ast
import collections.abc
import difflib
import functools
import os
import pathlib
from typing import Any, Dict, List, Optional, Sequence, Tuple

__all__ = ["explain"]

_Function = ast.FunctionDef

_SAID = {
    "_Seconds": "a number of seconds or a timedelta",
    "_Path": "a str or a path",
    "_WholeNumbers": "a sequence of int",
    "_ProgressCallable": "a callable",
}


@functools.lru_cache(maxsize=None)
def _declared() -> Tuple[Dict[str, Dict[str, _Function]], Dict[str, ast.expr]]:
    """Functions by class ("" for the module's own), and aliases, as the stub declares them."""
    functions: Dict[str, Dict[str, _Function]] = {"": {}}
    aliases: Dict[str, ast.expr] = {}
    stub = pathlib.Path(__file__).with_name("_native.pyi")
    for node in ast.parse(stub.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            functions[""][node.name] = node
        elif isinstance(node, ast.ClassDef):
            functions[node.name] = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            aliases[node.targets[0].id] = node.value
    return functions, aliases


def _class_named(name: str) -> Optional[type]:
    from . import _native, connector, values

    for module in (_native, values, connector):
        found = getattr(module, name, None)
        if isinstance(found, type):
            return found
    return None


def _members(node: ast.expr) -> List[ast.expr]:
    """The parts of a Union; None among them for Optional."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        if node.value.id == "Union" and isinstance(node.slice, ast.Tuple):
            return [member for each in node.slice.elts for member in _members(each)]
        if node.value.id == "Optional":
            return [*_members(node.slice), ast.Constant(None)]
    return [node]


def _fits_name(value: Any, name: str) -> bool:
    if name in ("Any", "object"):
        return True
    if name == "float":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name == "int":
        return hasattr(value, "__index__")
    if name == "PathLike":
        return isinstance(value, os.PathLike)
    if name in _declared()[1]:
        return _fits(value, _declared()[1][name])
    plain = {"str": str, "bool": bool, "bytes": bytes}.get(name) or _class_named(name)
    if plain is None:
        from datetime import datetime, timedelta
        from decimal import Decimal

        plain = {"datetime": datetime, "timedelta": timedelta, "Decimal": Decimal}.get(name)
    return plain is None or isinstance(value, plain)


def _fits_generic(value: Any, name: str, inner: ast.expr) -> bool:
    if name in ("Sequence", "List", "Iterable"):
        if isinstance(value, (str, collections.abc.Mapping)) or not isinstance(value, collections.abc.Iterable):
            return False
        return not isinstance(value, (list, tuple, set)) or all(_fits(each, inner) for each in value)
    if name in ("Mapping", "Dict"):
        if not isinstance(value, collections.abc.Mapping) or not isinstance(inner, ast.Tuple):
            return False
        return all(_fits(key, inner.elts[0]) and _fits(each, inner.elts[1]) for key, each in value.items())
    if name == "Literal":
        return isinstance(value, str)
    if name == "Callable":
        return callable(value)
    if name == "Type":
        return isinstance(value, type)
    return name != "PathLike" or isinstance(value, os.PathLike)


def _fits(value: Any, node: ast.expr) -> bool:
    members = _members(node)
    if len(members) > 1:
        return any(_fits(value, member) for member in members)
    if isinstance(node, ast.Constant) and node.value is None:
        return value is None
    if isinstance(node, ast.Name):
        return _fits_name(value, node.id)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return _fits_generic(value, node.value.id, node.slice)
    return True


def _said(node: ast.expr) -> List[str]:
    if isinstance(node, ast.Name):
        alias = _declared()[1].get(node.id)
        if node.id in _SAID:
            return [_SAID[node.id]]
        return [node.id] if alias is None else [text for member in _members(alias) for text in _said(member)]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        inner = node.slice
        if node.value.id == "Literal":
            return [ast.unparse(each) for each in (inner.elts if isinstance(inner, ast.Tuple) else [inner])]
        if node.value.id in ("Sequence", "List", "Iterable"):
            return [f"a sequence of {_listed([inner])}"]
        if node.value.id in ("Mapping", "Dict"):
            return ["a mapping"]
        if node.value.id == "Callable":
            return ["a callable"]
        if node.value.id == "Type":
            return [f"a subclass of {_listed([inner])}"]
    return [ast.unparse(node)]


def _listed(nodes: Sequence[ast.expr]) -> str:
    texts = list(dict.fromkeys(text for node in nodes for member in _members(node) for text in _said(member)))
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " or " + texts[-1]


def _bound(
    shown: str, function: _Function, args: Sequence[Any], kwargs: Dict[str, Any], method: bool
) -> Tuple[Optional[str], Dict[str, Tuple[Any, Optional[ast.expr]]]]:
    """What is wrong with number and names of the arguments, or each argument with its type."""
    declared = function.args
    static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in function.decorator_list)
    positional = declared.args[1:] if method and not static else declared.args
    known = {each.arg: each.annotation for each in [*positional, *declared.kwonlyargs]}
    if len(args) > len(positional):
        most, word = len(positional), "argument" if len(positional) == 1 else "arguments"
        named = ", ".join(each.arg for each in declared.kwonlyargs[:3])
        hint = f"; give {named} ... by name" if named else ""
        were = "was" if len(args) == 1 else "were"
        return f"{shown} takes {most} positional {word} but {len(args)} {were} given{hint}", {}
    given: Dict[str, Tuple[Any, Optional[ast.expr]]] = {
        each.arg: (value, each.annotation) for each, value in zip(positional, args)
    }
    for name, value in kwargs.items():
        if name in given:
            return f"{shown} got multiple values for argument '{name}'", {}
        if name not in known and declared.kwarg is None:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            return f"{shown} got an unexpected keyword argument '{name}'{hint}", {}
        given[name] = (value, known.get(name, declared.kwarg.annotation if declared.kwarg else None))
    required = [each.arg for each in positional[: len(positional) - len(declared.defaults)]]
    required += [each.arg for each, default in zip(declared.kwonlyargs, declared.kw_defaults) if default is None]
    for name in required:
        if name not in given:
            return f"{shown} is missing the argument '{name}'", {}
    return None, given


def explain(scope: Any, name: str, method: bool, args: Sequence[Any], kwargs: Dict[str, Any]) -> str:
    """The message of the TypeError. `scope` is the function's class or module; args[0] of a method is self."""
    owner = scope.__name__ if isinstance(scope, type) else ""
    shown = f"{owner}()" if name == "__init__" else f"{owner}.{name}()" if owner else f"{name}()"
    args = args[1:] if method else args
    function = _declared()[0].get(owner, {}).get(name)
    if function is None:
        return f"{shown}: wrong arguments ({', '.join(type(each).__name__ for each in args)})"
    problem, given = _bound(shown, function, args, kwargs, bool(owner))
    if problem is not None:
        return problem
    for argument, (value, annotation) in given.items():
        if annotation is not None and not _fits(value, annotation):
            return f"{shown}: {argument} must be {_listed([annotation])}, not {_type_of(value, annotation)}"
    for argument, (value, _) in given.items():
        if isinstance(value, int) and not 0 <= value < 2**31:
            return f"{shown}: {argument} is out of range"
    return f"{shown}: an argument has a value of the wrong type; see help()"


def _type_of(value: Any, annotation: ast.expr) -> str:
    """Of a list with a wrong element, the element too."""
    name = type(value).__name__
    for member in _members(annotation):
        if not (isinstance(member, ast.Subscript) and isinstance(member.value, ast.Name)):
            continue
        if member.value.id in ("Sequence", "List", "Iterable") and isinstance(value, (list, tuple, set)):
            wrong = next((each for each in value if not _fits(each, member.slice)), None)
            return f"{name} with {type(wrong).__name__}"
    return name
