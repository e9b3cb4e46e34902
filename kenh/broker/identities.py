"""Who signs in at the broker: each registered device, each crew, and the services, by a name of its own.

A device's and a crew's user is its id. Two things get in the way: a password file of Mosquitto cannot hold a
`:`, which ids may have, so there it becomes `~`; and a crew may have the id of a device, or either that of
a service. Whoever comes second is then `ID@crew` or `ID@device`. Neither sign is allowed in ids, so no two
names ever meet. What a name may do is written out for each (`kenh.broker.acl`), never by pattern: a
pattern would hold for every user, and give a crew the topics of the device that shares its id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from devices.sites import Registry

#: Kênh itself, and the network servers that publish for LoRaWAN devices.
KENH = "kenh"
NETWORK_SERVERS = ("chirpstack", "tts")
#: Names no device and no crew gets, whether they are in use here or not.
RESERVED = frozenset({KENH, *NETWORK_SERVERS, "local", "demo"})


class Kind(StrEnum):
    """What somebody who signs in is."""

    SERVICE = "service"
    CREW = "crew"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Identity:
    """A user of the broker, and the id it stands for."""

    user: str
    kind: Kind
    id: str


def identities(
    registry: Registry,
    services: Iterable[str],
    known: Mapping[tuple[Kind, str], str],
    now_ms: int,
) -> list[Identity]:
    """Everybody who may sign in: services, then crews, then devices, each in order of id.

    `known` is kind and id to the name somebody already has: it stays, because it is typed into a device
    that hangs in a drain. A device whose last mounting has ended is not among them any more.
    """
    wanted = [
        *((Kind.CREW, each) for each in sorted(registry.crews)),
        *((Kind.DEVICE, each) for each in sorted(registry.devices) if not _retired(registry, each, now_ms)),
    ]
    taken = set(RESERVED)
    names: dict[tuple[Kind, str], str] = {}
    for key in wanted:
        name = known.get(key)
        if name is not None and name not in taken:
            names[key] = name
            taken.add(name)
    for key in wanted:
        if key not in names:
            names[key] = _free_name(*key, taken)
            taken.add(names[key])
    found = [Identity(name, Kind.SERVICE, name) for name in services]
    return found + [Identity(names[kind, each], kind, each) for kind, each in wanted]


def _free_name(kind: Kind, each: str, taken: set[str]) -> str:
    plain = each.replace(":", "~")
    return f"{plain}@{kind}" if plain in taken else plain


def _retired(registry: Registry, device_id: str, now_ms: int) -> bool:
    mountings = registry.mountings.get(device_id, ())
    return bool(mountings) and all(each.to_ms is not None and each.to_ms <= now_ms for each in mountings)
