"""An unknown device's message, read as one model or another: what an installer tries before adopting."""

from typing import NamedTuple

from api.context import Context
from api.problems import FieldProblem, ProblemError
from devices.models import MODELS, match
from devices.normalise import normalise
from devices.readings import Reading
from devices.sites import Device, Mounting, Site
from devices.uplinks import Decoded, Rejected, Uplink
from storage.state import QuarantineRow


class Tried(NamedTuple):
    """What came of a message: `model` is the one that was needed, empty where it names its quantities."""

    model: str
    decoded: Decoded
    uplink: Uplink | None = None


class Look(NamedTuple):
    """The readings a message comes to where the device hangs, and why others are none."""

    readings: list[Reading]
    problems: list[str]


def known_models(ctx: Context) -> list[str]:
    """What somebody here can decode, natively or by a codec of the user's."""
    return sorted({*MODELS, *ctx.ports.codecs()})


def check_model(ctx: Context, model: str | None, where: str = "query.model") -> None:
    """Raises a 422 for a model nobody here can decode; an empty one needs nobody."""
    if model and model not in known_models(ctx):
        what = f"there is no model {model!r}; there are: {', '.join(known_models(ctx))}"
        raise ProblemError(422, what, errors=[FieldProblem(where=where, what=what)])


def hinted_model(row: QuarantineRow) -> str:
    """The model the network server's own words point at, empty where none."""
    hinted = match(f"{row.model_hint} {row.name}")
    return "" if hinted is None else hinted.name


def try_model(ctx: Context, row: QuarantineRow, model: str) -> Tried:
    """The device's last message, read as that model."""
    found = ctx.ports.parse(row.topic, row.payload, row.last_ms)
    for one in found:
        if isinstance(one, Uplink) and one.device_id == row.device_id:
            if one.payload is None:
                return Tried("", Decoded(one.measured, one.warnings), one)
            if not model:
                why = "the message holds a payload for a codec: say which model it is"
                return Tried("", Decoded(errors=(why,)), one)
            return Tried(model, _decode(ctx, model, one.payload, one.f_port or 0), one)
    reasons = [one.detail for one in found if isinstance(one, Rejected)]
    return Tried("", Decoded(errors=tuple(reasons) or ("the message holds no uplink of this device",)))


def first_look(ctx: Context, row: QuarantineRow, device: Device, mounting: Mounting, site: Site) -> Look:
    """What the last message would be worth here; nothing of it is stored."""
    tried = try_model(ctx, row, device.model)
    if tried.uplink is None or tried.decoded.errors:
        return Look([], list(tried.decoded.errors))
    readings, refused = normalise(
        tried.uplink, tried.decoded.readings, mounting, site, MODELS.get(device.model), row.last_ms, device
    )
    return Look(readings, [one.detail for one in refused])


def _decode(ctx: Context, model: str, payload: bytes, f_port: int) -> Decoded:
    """By the user's codec where there is one, as ingest does."""
    if ctx.ports.decode is not None and model in ctx.ports.codecs():
        return ctx.ports.decode(model, payload, f_port)
    native = MODELS.get(model)
    if native is None:
        return Decoded(errors=(f"nobody here decodes {model}",))
    return native.decode(payload, f_port)
