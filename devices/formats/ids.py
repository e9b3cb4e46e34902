"""What others call a device, as an id of ours."""

import re

from devices.sites import is_id

#: Addresses are written in either case; ids are case-sensitive, so addresses are kept in lower case.
_ADDRESS = re.compile(r"(?:0x)?(?:[0-9A-Fa-f]{12}|[0-9A-Fa-f]{16}|(?:[0-9A-Fa-f]{2}[:-]){5,7}[0-9A-Fa-f]{2})")
_URN = re.compile(r"urn:(?:dev:[a-z]+|uuid):", re.IGNORECASE)


def as_id(name: str) -> str | None:
    """An id for a device known by that name; None if none can be made of it.

    `urn:dev:mac:24E124713B494221` is `24e124713b494221`; spaces become `-` and slashes `.`. Other signs make
    a name unusable: leaving them out could make one device of two.
    """
    name = _URN.sub("", name.strip(), count=1).strip(":/._-")
    name = name.replace("/", ".").replace(" ", "-")
    if _ADDRESS.fullmatch(name):
        name = name.lower()
    return name if is_id(name) else None
