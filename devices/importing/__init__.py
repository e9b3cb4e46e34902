"""Files people make: sites, devices and crews in, and out again. Text in, values out, all or nothing."""

from devices.importing.crews import CrewsFile, read_crews
from devices.importing.csv_text import text_of
from devices.importing.devices import DevicesFile, read_devices
from devices.importing.export import (
    export_crews_csv,
    export_devices_csv,
    export_sites_csv,
    export_sites_geojson,
)
from devices.importing.problems import ImportRefused, Problem
from devices.importing.sites import SitesFile, read_sites

__all__ = [
    "CrewsFile",
    "DevicesFile",
    "ImportRefused",
    "Problem",
    "SitesFile",
    "export_crews_csv",
    "export_devices_csv",
    "export_sites_csv",
    "export_sites_geojson",
    "read_crews",
    "read_devices",
    "read_sites",
    "text_of",
]
