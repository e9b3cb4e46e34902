"""Every device model whose payload Kênh reads itself.

To add one, copy the nearest model folder, paste real payloads into its `vectors.json`, and list it here.
"""

from collections.abc import Mapping

from devices.decentlab import dl_pm
from devices.dragino import dds75_lb
from devices.milesight import em310_udl, em500_udl
from devices.model import Model
from devices.vietnamese import fold

MODELS: Mapping[str, Model] = {
    model.name: model for model in (em310_udl.MODEL, em500_udl.MODEL, dds75_lb.MODEL, dl_pm.MODEL)
}


def match(hint: str) -> Model | None:
    """The model a network server's own name for it points at, e.g. `EM310-UDL` or `milesight-iot/em310-udl`.

    The longest product name that stands in the hint wins; None where none does. It is a suggestion for
    whoever adopts the device, never a decision.
    """
    squeezed = _squeeze(hint)
    found = [model for model in MODELS.values() if _squeeze(model.product) in squeezed]
    return max(found, key=lambda model: len(model.product), default=None)


def _squeeze(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


__all__ = ["MODELS", "Model", "match"]
