"""Taking in files of sites, devices and crews: all or nothing, in one transaction."""

from dataclasses import replace
from typing import Literal

from analytics.findings import FindingKind
from devices.importing import read_crews, read_devices, read_sites
from storage.state import State


def import_sites(
    state: State, text: str, fmt: Literal["csv", "geojson"], commune_id: str = ""
) -> tuple[int, tuple[str, ...]]:
    """Read and save sites, their villages and clusters; how many, and notices for the person.

    Sites that name no commune belong to `commune_id`.

    Raises:
        ImportRefused: with every problem of the file; nothing was saved.
    """
    with state.transaction() as tx:
        file = read_sites(text, fmt, tx.registry.load())
        sites = [replace(site, commune_id=site.commune_id or commune_id) for site in file.sites]
        tx.registry.save_sites(sites, file.villages, file.clusters)
    return len(file.sites), tuple(file.notices)


def import_devices(state: State, text: str) -> tuple[int, tuple[str, ...]]:
    """Read and save devices and where they are mounted; how many, and notices.

    Raises:
        ImportRefused: with every problem of the file; nothing was saved.
    """
    with state.transaction() as tx:
        file = read_devices(text, tx.registry.load())
        tx.registry.save_devices(file.devices, file.mountings)
        for device in file.devices:
            tx.quarantine.remove(device.id)
    return len(file.devices), tuple(file.notices)


def import_crews(state: State, text: str) -> tuple[int, tuple[str, ...]]:
    """Read and save crews; how many, and notices.

    Raises:
        ImportRefused: with every problem of the file; nothing was saved.
    """
    with state.transaction() as tx:
        file = read_crews(text, tx.registry.load(), tuple(FindingKind))
        tx.registry.save_crews(file.crews)
    return len(file.crews), tuple(file.notices)
