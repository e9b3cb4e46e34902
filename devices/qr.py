"""What the code on a device's label says: which device this is.

Three sorts are read: the QR code of the LoRa Alliance (TR005), a DevEUI standing alone, and any text that
names one (a maker's own label, an address, JSON). Application keys that stand on some labels are left there.
"""

import re
from dataclasses import dataclass

from devices.models import match
from devices.uplinks import Rejected, RejectReason

#: The longest text that is looked at: a QR code holds no more than 4,296 characters.
_LONGEST = 4_300
_EUI = r"[0-9a-f]{16}"
#: Sixteen digits in a row, in pairs or in fours; never a piece of a longer number, such as a key.
_WRITTEN_EUI = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{16}"
    r"|(?<![0-9a-f]{2}[-: ])[0-9a-f]{2}(?:([-: ])[0-9a-f]{2})(?:\1[0-9a-f]{2}){6}(?!\1[0-9a-f]{2}\b)"
    r"|[0-9a-f]{4}(?:([-: ])[0-9a-f]{4})(?:\2[0-9a-f]{4}){2})(?![0-9a-z])",
    re.IGNORECASE,
)
_BETWEEN = r"[\"'\s]*[:=]?[\"'\s]*"
_DEV_LABEL = re.compile(r"(?:dev(?:ice)?[\s_-]?eui)" + _BETWEEN, re.IGNORECASE)
_JOIN_LABEL = re.compile(r"(?:(?:join|app(?:lication)?)[\s_-]?eui)" + _BETWEEN, re.IGNORECASE)
_SERIAL = re.compile(
    r"(?:serial(?:[\s_-]?(?:number|no\.?))?|(?<![a-z])s/?n)[\"'\s]*[:=][\"'\s]*([A-Za-z0-9._/-]{1,64})",
    re.IGNORECASE,
)
#: As in an address: `%3A` is a colon.
_ESCAPED = re.compile(r"%([0-7][0-9a-f])", re.IGNORECASE)
_PROFILE = re.compile(r"[0-9a-f]{8}", re.IGNORECASE)

_NOTHING = "there is no DevEUI in this text: 16 of the digits 0-9 and A-F, as on the device's label"
_TOO_LONG = "this text is too long for the label of a device"
_NOT_AN_EUI = "the DevEUI is not 16 of the digits 0-9 and A-F; read the code again, or type it from the label"
_SEVERAL = "several numbers could be the DevEUI: type the one beside the words DEV EUI on the label"
_CHECKSUM = "the code was not read right (its checksum differs): read it again"
_ZEROS = "a DevEUI of zeros or Fs only is no device's"

#: What a refusal says, in Vietnamese.
_IN_VIETNAMESE = {
    _NOTHING: "Không thấy DevEUI: 16 chữ số 0-9 và A-F, như trên nhãn thiết bị",
    _TOO_LONG: "Nội dung quá dài, không phải nhãn thiết bị",
    _NOT_AN_EUI: "DevEUI không đủ 16 chữ số 0-9 và A-F; hãy quét lại mã, hoặc gõ theo nhãn",
    _SEVERAL: "Có nhiều số có thể là DevEUI: hãy gõ số bên cạnh chữ DEV EUI trên nhãn",
    _CHECKSUM: "Mã đọc chưa đúng (sai số kiểm tra): hãy quét lại",
    _ZEROS: "DevEUI toàn số 0 hoặc toàn chữ F không phải của thiết bị nào",
}


@dataclass(frozen=True, slots=True)
class QrDevice:
    """What a label says. EUIs are in lower case; what it does not say is empty.

    `model_hint` is a model of `devices.models` whose product name stands in the text.
    """

    dev_eui: str
    join_eui: str = ""
    serial: str = ""
    model_hint: str = ""


def read_qr(text: str) -> QrDevice | Rejected:
    """The device that a scanned or typed text names, or why none can be told. Never raises.

    >>> read_qr("LW:D0:70B3D57ED0000001:A84041AA00000001:00010002:S123").dev_eui
    'a84041aa00000001'
    """
    text = text.strip().lstrip("\ufeff")
    if len(text) > _LONGEST:
        return Rejected(RejectReason.TOO_LARGE, _TOO_LONG)
    if text[:10].upper() == "URN:LW:DP:":  # drafts of the same, still on labels
        return _alliance(text[4:])
    if text[:11].upper() == "URN:DEV:LW:":
        return _alliance("LW:D0:" + text[11:].replace("_", ":"))
    if text[:9].upper() == "URN:LWDP:":
        return _browan(text)
    if text[:6].upper() == "LW:D0:":
        return _alliance(text)
    return _any_text(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))


def in_vietnamese(refused: Rejected) -> str:
    """What a refusal of `read_qr` says, in Vietnamese."""
    return _IN_VIETNAMESE.get(refused.detail, refused.detail)


def _alliance(text: str) -> QrDevice | Rejected:
    """`LW:D0:<JoinEUI>:<DevEUI>:<ProfileID>[:O<owner token>][:S<serial>][:P<proprietary>][:C<checksum>]`."""
    parts = text.split(":")
    if len(parts) < 5 or not _is_eui(parts[2]) or not _is_eui(parts[3]) or not _PROFILE.fullmatch(parts[4]):
        return Rejected(RejectReason.BAD_SHAPE, _NOT_AN_EUI)
    fields = {part[:1].upper(): part[1:] for part in parts[5:]}
    checksum = fields.get("C")
    if checksum is not None:
        said, _, _ = text.rpartition(":")
        if checksum.upper() != f"{_crc16(said.encode()):04X}":
            return Rejected(RejectReason.BAD_SHAPE, _CHECKSUM)
    # What a maker adds of his own is where a product's name may stand.
    model = match(" ".join((fields.get("P", ""), fields.get("S", ""))))
    return _device(parts[3], parts[2], fields.get("S", ""), "" if model is None else model.name)


def _browan(text: str) -> QrDevice | Rejected:
    """`URN:LWDP:<JoinEUI>:<DevEUI>:<product>:<token>`, as Browan prints it."""
    parts = text.split(":")
    if len(parts) < 4 or not _is_eui(parts[2]) or not _is_eui(parts[3]):
        return Rejected(RejectReason.BAD_SHAPE, _NOT_AN_EUI)
    model = match(" ".join(parts[4:5]))
    return _device(parts[3], parts[2], "", "" if model is None else model.name)


def _any_text(text: str) -> QrDevice | Rejected:
    """A DevEUI that is named, or the only number in the text that could be one."""
    labelled = _after(_DEV_LABEL, text)
    join = _after(_JOIN_LABEL, text)
    serial = _SERIAL.search(text)
    if labelled is None:
        if _DEV_LABEL.search(text) and not _WRITTEN_EUI.search(text):
            return Rejected(RejectReason.BAD_DEVICE_ID, _NOT_AN_EUI)
        found = {_plain(one[0]) for one in _WRITTEN_EUI.finditer(text)} - {join}
        if not found:
            return Rejected(RejectReason.BAD_DEVICE_ID, _NOTHING)
        if len(found) > 1:
            return Rejected(RejectReason.BAD_DEVICE_ID, _SEVERAL)
        labelled = found.pop()
    model = match(text)
    return _device(labelled, join or "", serial[1] if serial else "", "" if model is None else model.name)


def _device(dev_eui: str, join_eui: str, serial: str, model_hint: str) -> QrDevice | Rejected:
    dev_eui = dev_eui.lower()
    if set(dev_eui) in ({"0"}, {"f"}):
        return Rejected(RejectReason.BAD_DEVICE_ID, _ZEROS)
    return QrDevice(dev_eui, join_eui.lower(), serial[:64], model_hint)


def _after(label: re.Pattern[str], text: str) -> str | None:
    """The EUI that follows a label."""
    for found in label.finditer(text):
        written = _WRITTEN_EUI.match(text, found.end())
        if written is not None:
            return _plain(written[0])
    return None


def _plain(written: str) -> str:
    return re.sub(r"[-: ]", "", written).lower()


def _is_eui(text: str) -> bool:
    return re.fullmatch(_EUI, text, re.IGNORECASE) is not None


def _crc16(data: bytes) -> int:
    """CRC-16/MODBUS, which TR005 takes over what stands before the checksum."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc
