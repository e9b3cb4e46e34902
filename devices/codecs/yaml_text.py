"""YAML from strangers: the core schema of YAML 1.2, as the tools of LoRaWAN vendors read it.

Plain PyYAML reads YAML 1.1, in which `on` is true, `1e5` a text and `010` eight; it silently keeps the last
of two equal keys, and follows aliases however far they multiply. Here a doubled key is told with its line.
"""

import re
from typing import Any, Final, NamedTuple

import yaml

_MOST_NODES: Final = 200_000
MAX_CHARACTERS: Final = 4 << 20


class Document(NamedTuple):
    """An opened document: its root node and the keys that stand twice, as (path, line)."""

    root: "yaml.Node"
    doubled: tuple[tuple[str, int], ...]


class _Core(yaml.SafeLoader):
    """Safe types only, resolved by the core schema."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  PyYAML's own way, filled below


def _int(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 0) if text[:2] in ("0x", "0o") else int(text)


def _float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    text = str(loader.construct_scalar(node))
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})\\Z"), _first)
_Core.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"(?:<<)\Z"), ["<"])
_Core.add_constructor("tag:yaml.org,2002:int", _int)
_Core.add_constructor("tag:yaml.org,2002:float", _float)


def open_document(text: str) -> Document | str:
    """The document, or a sentence about what is wrong with it."""
    if len(text) > MAX_CHARACTERS:
        return f"it has {len(text)} characters; at most {MAX_CHARACTERS} are read"
    try:
        root = yaml.compose(text, Loader=_Core)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return f"line {mark.line + 1}: {error.problem}" if mark else str(error.problem)
    except yaml.YAMLError as error:
        return f"it is no YAML: {str(error).splitlines()[0]}"
    except RecursionError:
        return "it is nested too deep"
    if root is None:
        return "it is empty"
    sizes: dict[int, int] = {}
    try:
        if _size(root, sizes, set()) > _MOST_NODES:
            return f"its aliases multiply to more than {_MOST_NODES} values"
    except ValueError as error:
        return str(error)
    doubled: list[tuple[str, int]] = []
    _find_doubled(root, "", doubled, set())
    return Document(root, tuple(doubled))


def values(node: "yaml.Node | None", key: str) -> list["yaml.Node"]:
    """Every value that stands under a key of a mapping: two where the key stands twice."""
    if not isinstance(node, yaml.MappingNode):
        return []
    return [value for name, value in node.value if getattr(name, "value", None) == key]


def plain(node: "yaml.Node") -> object:
    """The node as JSON would have it, keys being texts. ValueError with a sentence for anything else."""
    loader = _Core("")
    try:
        return _as_json(loader.construct_document(node))
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        message = f"{line}{error.problem}"
        raise ValueError(message) from error
    finally:
        loader.dispose()


def _size(node: "yaml.Node", sizes: dict[int, int], above: set[int]) -> int:
    """How many values the node holds once its aliases are followed."""
    known = sizes.get(id(node))
    if known is not None:
        return known
    if id(node) in above:
        raise ValueError("an alias leads back to itself")
    if isinstance(node, yaml.MappingNode):
        inside = [part for pair in node.value for part in pair]
    elif isinstance(node, yaml.SequenceNode):
        inside = list(node.value)
    else:
        return 1
    above.add(id(node))
    sizes[id(node)] = 1 + sum(_size(part, sizes, above) for part in inside)
    above.discard(id(node))
    return sizes[id(node)]


def _find_doubled(node: "yaml.Node", path: str, found: list[tuple[str, int]], seen: set[int]) -> None:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, part in enumerate(node.value):
            _find_doubled(part, f"{path}[{index}]", found, seen)
    if not isinstance(node, yaml.MappingNode):
        return
    names: set[str] = set()
    for key, value in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        here = f"{path}.{name}" if path else name
        if name in names and name != "<<":
            found.append((here, key.start_mark.line + 1))
        names.add(name)
        _find_doubled(value, here, found, seen)


def _as_json(value: object) -> object:
    if isinstance(value, dict):
        return {_name(key): _as_json(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_as_json(inside) for inside in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    message = f"a value of type {type(value).__name__} has no place here"
    raise ValueError(message)


def _name(key: object) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)
