"""Every device model whose payload Kênh reads itself.

To add one, copy the nearest model folder, paste real payloads into its `vectors.json`, and list it here.
"""

from collections.abc import Mapping

from devices.decentlab import dl_atm41, dl_ctd10, dl_lid, dl_mbx, dl_pm
from devices.dragino import (
    aqs02_l,
    dds45_lb,
    dds75_lb,
    ldds75,
    lds12_lb,
    mds120_lb,
    mds200_lb,
    ps_lb,
    wsc1_l,
)
from devices.milesight import (
    am319_o3,
    em310_udl,
    em400_mud,
    em400_tld,
    em410_rdl,
    em500_swl,
    em500_udl,
    wts506,
)
from devices.model import Model
from devices.pepperl_fuchs import wilsen_sonic_level
from devices.sensecap import s2120
from devices.vietnamese import fold

MODELS: Mapping[str, Model] = {
    model.name: model
    for model in (
        em310_udl.MODEL,
        em500_udl.MODEL,
        em400_mud.MODEL,
        em400_tld.MODEL,
        em410_rdl.MODEL,
        em500_swl.MODEL,
        wts506.MODEL,
        am319_o3.MODEL,
        wilsen_sonic_level.MODEL,
        s2120.MODEL,
        dds75_lb.MODEL,
        ldds75.MODEL,
        dds45_lb.MODEL,
        lds12_lb.MODEL,
        ps_lb.MODEL,
        mds120_lb.MODEL,
        mds200_lb.MODEL,
        wsc1_l.MODEL,
        aqs02_l.MODEL,
        dl_pm.MODEL,
        dl_mbx.MODEL,
        dl_lid.MODEL,
        dl_ctd10.MODEL,
        dl_atm41.MODEL,
    )
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
