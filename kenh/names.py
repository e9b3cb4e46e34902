"""A guard: our folders are top-level packages, so make sure that they are ours.

Python's path could lead `devices` or `storage` to somebody else's package. This looks where each name
would be loaded from, without running any of the stranger's code.
"""

from importlib.util import find_spec
from pathlib import Path

OURS = ("devices", "analytics", "dispatch", "storage", "desk", "ingest", "alerts", "api", "grafana", "kenh")


def strangers() -> list[str]:
    """A sentence for each of our names that resolves outside this installation; empty when all is well."""
    home = Path(__file__).resolve().parent.parent
    found = []
    for name in OURS:
        spec = find_spec(name)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or home not in origin.parents:
            where = origin or "nowhere"
            found.append(f"the package {name!r} would be loaded from {where}, not from {home}")
    return found
