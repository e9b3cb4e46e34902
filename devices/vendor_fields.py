"""What vendors' codecs call things: where a value stands in their output, and what it means here.

Vendors write numbers as texts ("28.10"), units into them ("2821 mm"), and words where nothing was measured
("No sensor"). One table a model takes all of that apart.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VendorField:
    """One value in the output of a vendor's codec.

    `path` names it: `battery`, `distance.value`, `history[].distance` (every element). The value in the
    quantity's unit is `scale * number + offset`. `words` are texts that stand for a number, compared without
    case (`{"tilt": 1}`). `absent` are numbers or texts that mean nothing was measured: no reading comes of
    them. `faulty` ones mean the sensor failed: the reading is kept as QC fail (a text counts as 0). `clipped`
    ones mean "at least so near": QC suspect. A number outside `minimum..maximum` (in the vendor's unit) is
    QC fail too. `time` names the field beside a list element that holds its epoch seconds. `witness` names
    a number beside the value, and `believed` the bounds it must keep: outside them the value is QC fail
    (a depth of 0 cm says nothing when the loop current beside it is that of a cut cable).
    """

    path: str
    quantity: str
    scale: float = 1.0
    offset: float = 0.0
    words: Mapping[str, float] = field(default_factory=dict)
    absent: tuple[float | str, ...] = ()
    faulty: tuple[float | str, ...] = ()
    clipped: tuple[float | str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    time: str = ""
    witness: str = ""
    believed: tuple[float, float] = (-math.inf, math.inf)
