"""Message formats: what a broker delivers becomes uplinks, or is rejected with a reason."""

from devices.formats import chirpstack, own, things_stack
from devices.uplinks import Rejected, RejectReason, Uplink

#: What ingest subscribes to: every format that is recognised without configuration.
TOPIC_FILTERS: tuple[str, ...] = (own.TOPIC_FILTER, chirpstack.TOPIC_FILTER, *things_stack.TOPIC_FILTERS)


def parse(topic: str, payload: bytes, received_ms: int) -> list[Uplink | Rejected]:
    """Open one message: its uplinks in the order they stand in it, and what was refused of it.

    Never raises, whatever the topic and the bytes. `received_ms` judges clocks; it is put into no uplink:
    one without a time of its own keeps `time_ms` None.
    """
    levels = topic.split("/")
    match levels:
        case ["kenh", "v1", device_id, "up"]:
            return own.parse(device_id, payload)
        case ["application", _, "device", dev_eui, "event", event]:
            return [chirpstack.parse(dev_eui, event, payload)]
        case ["v3", _, "devices", device_id, "up" | "join" as event]:
            return [things_stack.parse(device_id, event, payload, received_ms)]
        case _:
            return [
                Rejected(
                    RejectReason.UNKNOWN_TOPIC,
                    f"{topic[:128]!r} is no topic Kênh reads; own devices publish to kenh/v1/DEVICE_ID/up",
                )
            ]


__all__ = ["TOPIC_FILTERS", "parse"]
