"""What each user of the broker may do, as a Mosquitto ACL file: what is not written there is refused."""

from collections.abc import Iterable, Sequence

from kenh.broker.identities import KENH, Identity, Kind

#: Reading everything is deliberate: Mosquitto grants a subscription that it then never serves, so a topic
#: added to KENH_INGEST__TOPICS later would be missing without a word.
_SERVICES: dict[str, tuple[str, ...]] = {
    KENH: ("read #", "write kenh/v1/#", "write application/+/device/+/command/down"),
    "chirpstack": ("write application/+/device/+/event/+", "read application/+/device/+/command/+"),
    "tts": ("write v3/+/devices/+/#",),
    # In the broker of `kenh up` only: the person at this machine, and the simulated fleet.
    "local": ("readwrite #",),
    "demo": (
        "write application/#",
        "write v3/#",
        "write kenh/v1/+/up",
        "read kenh/v1/crews/+/work-orders/+",
        "write kenh/v1/crews/+/work-orders/+/status",
    ),
}

#: The second level of crews' topics: a device of that id must not read a crew called `cmd`.
_CREWS = "crews"

#: A filter of KENH_INGEST__TOPICS and the level in it that holds the device's id (None: it is not there).
Route = tuple[str, int | None]


def acl(identities: Iterable[Identity], routes: Sequence[Route] = ()) -> str:
    """The file's text. `routes` give devices their own level of the topics they are named in."""
    blocks = []
    for each in identities:
        rights = "".join(f"topic {right}\n" for right in rights_of(each, routes))
        blocks.append(f"user {each.user}\n{rights}")
    return "\n".join(blocks)


def rights_of(identity: Identity, routes: Sequence[Route] = ()) -> list[str]:
    """`write TOPIC` or `read TOPIC` for all that somebody may do."""
    match identity.kind:
        case Kind.SERVICE:
            return list(_SERVICES[identity.id])
        case Kind.CREW:
            own = f"kenh/v1/crews/{identity.id}/work-orders"
            return [f"read {own}/#", f"write {own}/+/status"]
        case Kind.DEVICE:
            own = f"kenh/v1/{identity.id}"
            rights = [f"write {own}/up", f"write {own}/status"]
            if identity.id != _CREWS:
                rights.append(f"read {own}/cmd/#")
            return rights + [f"write {topic}" for topic in _routed(identity.id, routes)]


def _routed(device_id: str, routes: Sequence[Route]) -> list[str]:
    topics = []
    for route, level in routes:
        levels = route.split("/")
        if level is not None and level < len(levels):
            levels[level] = device_id
            topics.append("/".join(levels))
    return topics
