"""What no store takes, whatever it stands on: values that are no number, integers beyond 64 bits."""

from collections.abc import Iterable, Sequence
from math import isfinite

from devices.readings import Reading

INT64_MAX = 2**63 - 1


def refused(readings: Sequence[Reading]) -> tuple[tuple[int, str], ...]:
    """Index and reason (`not_finite`, `out_of_range`) of each reading no store takes."""
    # Nearly always there is none, and whole columns say so quickly.
    if all(isfinite(reading.value) for reading in readings) and _fit(_integers(readings)):
        return ()
    found = []
    for index, reading in enumerate(readings):
        if not isfinite(reading.value):
            found.append((index, "not_finite"))
        elif not _fit(_integers([reading])):
            found.append((index, "out_of_range"))
    return tuple(found)


def _integers(readings: Sequence[Reading]) -> Iterable[int]:
    for reading in readings:
        yield reading.time_ms
        yield reading.received_ms
        if reading.seq is not None:
            yield reading.seq


def _fit(numbers: Iterable[int]) -> bool:
    return all(-INT64_MAX <= number <= INT64_MAX for number in numbers)
