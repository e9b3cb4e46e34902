"""The real program in a process of its own, on a data folder of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.brokers import Address
from bench.kept import ROOT
from desk.importing import import_devices, import_sites
from devices.readings import SeriesKey
from kenh.app import open_state
from kenh.settings import load
from storage.sqlite.readings import SqliteReadings

DEVICES = 20

#: Value by site and time.
Values = dict[tuple[str, int], float]


def take_in(data: Path) -> None:
    """Register the fleet in a fresh data folder."""
    numbers = range(DEVICES)
    sites = "site_id,kind,name\n" + "".join(f"G{n:02d},drain,Ga G{n:02d}\n" for n in numbers)
    devices = "device_id,model,site_id,mounted_from\n" + "".join(
        f"g{n:02d},,G{n:02d},2020-01-01T00:00:00Z\n" for n in numbers
    )
    data.mkdir(parents=True)
    state = open_state(load(data=data))
    try:
        import_sites(state, sites, "csv")
        import_devices(state, devices)
    finally:
        state.close()


@contextmanager
def kenh_up(data: Path, address: Address) -> Iterator[subprocess.Popen[bytes]]:
    """`kenh up` on that broker; ended politely if nobody has killed it."""
    environment = os.environ | {
        "KENH_MQTT__URL": address.url,
        "KENH_MQTT__USERNAME": "kenh",
        "KENH_MQTT__PASSWORD": address.users["kenh"],
    }
    command = [sys.executable, "-m", "kenh", "up", "--no-demo", "--data", str(data), "--port", "0"]
    with (data / "up.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def stored(data: Path) -> Values:
    """What is stored now."""
    if not (data / "readings.db").exists():
        return {}
    store = SqliteReadings(data / "readings.db")
    try:
        keys = [SeriesKey(f"G{number:02d}", "1", "water_level_m") for number in range(DEVICES)]
        return {
            (column.key.site_id, time_ms): value
            for column in store.range(keys, 0, 2**62)
            for time_ms, value in zip(column.time_ms.tolist(), column.value.tolist(), strict=True)
        }
    finally:
        store.close()


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Memory the program holds now; 0 once it has ended."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return 0.0
    held = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    return float(held[0]) / 1024 if held else 0.0
