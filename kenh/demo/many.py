"""A commune of any size, to try out how much an installation carries: the demo's sites, again and again."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from devices.sites import Device, Mounting, Registry, Site
from kenh.demo.commune import commune

MOST_SITES = 50_000


def commune_of(count: int) -> Registry:
    """A registry of so many sites (1 to 50,000), each with its devices; the same value every time.

    The first are the demo commune's own, the others copies with a number behind the id, in the same places.
    Copies flow to their own copies, as far as those are among the sites.
    """
    plain = commune()
    sites: dict[str, Site] = {}
    copy = 1
    while len(sites) < count:
        for site in list(plain.sites.values())[: count - len(sites)]:
            downstream = tuple(_numbered(one, copy) for one in site.downstream)
            moved = replace(site, id=_numbered(site.id, copy), downstream=downstream)
            sites[moved.id] = moved
        copy += 1
    sites = {
        key: replace(site, downstream=tuple(one for one in site.downstream if one in sites))
        for key, site in sites.items()
    }
    mounted = list(_mounted(plain, sites, copy))
    return replace(
        plain,
        sites=sites,
        devices={device.id: device for device, _ in mounted},
        mountings={device.id: (mounting,) for device, mounting in mounted},
    )


def _mounted(plain: Registry, sites: dict[str, Site], copies: int) -> Iterator[tuple[Device, Mounting]]:
    for copy in range(1, copies):
        for device_id, mountings in plain.mountings.items():
            site_id = _numbered(mountings[0].site_id, copy)
            if site_id in sites:
                moved = device_id if copy == 1 else _other_id(device_id, copy)
                device = replace(plain.devices[device_id], id=moved)
                yield device, replace(mountings[0], device_id=moved, site_id=site_id)


def _numbered(site_id: str, copy: int) -> str:
    return site_id if copy == 1 else f"{site_id}-{copy}"


def _other_id(device_id: str, copy: int) -> str:
    """A DevEUI of the same maker, or a name with a number."""
    if len(device_id) == 16:
        return device_id[:6] + sha256(f"{device_id}/{copy}".encode()).hexdigest()[:10]
    return f"{device_id}-{copy}"
