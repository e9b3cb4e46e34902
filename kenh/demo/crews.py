"""Who looks after the demo commune: neutral names, and exactly one crew for every site and kind.

Backwater is the exception: nobody clears a drain for it, so no crew covers it.
"""

from collections.abc import Mapping

from devices.sites import Crew

_DRAINS = ("blocked_drain", "high_water", "flooding", "silting", "cover_moved")
_FULL_POINTS = ("overflow", "overflow_expected")
_DEVICES = ("sensor_silent", "sensor_fault", "battery_low", "gateway_silent")

_TEAMS: tuple[Crew, ...] = (
    Crew(
        "thoat-nuoc-1",
        "Tổ thoát nước 1 (trong đê)",
        "Drainage crew 1 (inside the dyke)",
        _DRAINS,
        side="trong_de",
    ),
    Crew(
        "thoat-nuoc-2",
        "Tổ thoát nước 2 (ngoài đê)",
        "Drainage crew 2 (outside the dyke)",
        _DRAINS,
        side="ngoai_de",
    ),
    Crew("thu-gom-toi", "Đội thu gom – ca tối", "Collection team, evening shift", _FULL_POINTS),
    Crew("thu-gom-sang", "Đội thu gom – ca sáng", "Collection team, morning shift", ("missed_collection",)),
    Crew("cong-an-xa", "Công an xã – tổ tuần tra", "Commune police patrol", ("suspected_dumping",)),
    Crew("ky-thuat", "Tổ kỹ thuật thiết bị", "Device technicians", _DEVICES),
)


def crews(villages: Mapping[str, str]) -> tuple[Crew, ...]:
    """All crews: the teams above, and one community crew in each of `villages` (id -> name)."""
    community = tuple(
        Crew(
            id=f"cong-dong-{village_id}",
            name=f"Tổ vệ sinh môi trường cộng đồng {name}",
            name_en=f"Community clean-up crew {name}",
            kinds=("poor_air", "smoke_suspected"),
            villages=(village_id,),
        )
        for village_id, name in villages.items()
    )
    return (*_TEAMS, *community)
