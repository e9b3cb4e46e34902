"""Why uplinks are refused, in words, and what would help."""

from collections.abc import Mapping
from typing import NamedTuple

from devices.uplinks import RejectReason
from dispatch.words import Label, Lang


class _Told(NamedTuple):
    what: Label
    remedy: Label


_REASONS: Mapping[RejectReason, _Told] = {
    RejectReason.UNKNOWN_TOPIC: _Told(
        Label("chủ đề lạ", "unknown topic"),
        Label(
            "Thêm chủ đề này vào KENH_INGEST__TOPICS, hoặc sửa chủ đề ở thiết bị.",
            "Add the topic to KENH_INGEST__TOPICS, or change it at the sender.",
        ),
    ),
    RejectReason.TOO_LARGE: _Told(
        Label("quá dài", "too large"),
        Label(
            "Cho thiết bị gửi ít số đo hơn trong một bản tin.", "Let the sender put less into one message."
        ),
    ),
    RejectReason.NOT_UTF8: _Told(
        Label("không phải văn bản UTF-8", "not UTF-8"),
        Label(
            "Bên gửi phải gửi JSON mã hóa UTF-8, không gửi dạng nhị phân (protobuf).",
            "The sender must send JSON in UTF-8, not a binary form (protobuf).",
        ),
    ),
    RejectReason.NOT_JSON: _Told(
        Label("không phải JSON", "not JSON"),
        Label("Xem nguyên văn bên dưới và sửa ở bên gửi.", "Look at the raw text and mend the sender."),
    ),
    RejectReason.TOO_DEEP: _Told(
        Label("lồng nhau quá sâu", "nested too deeply"),
        Label("Bên gửi cần gửi JSON phẳng hơn.", "The sender must send a flatter JSON."),
    ),
    RejectReason.BAD_SHAPE: _Told(
        Label("sai khuôn dạng", "wrong shape"),
        Label(
            "So với mẫu trong tài liệu; phần chi tiết nói chỗ nào sai.",
            "Compare with the example in the documentation; the detail says where it differs.",
        ),
    ),
    RejectReason.BAD_DEVICE_ID: _Told(
        Label("mã thiết bị không dùng được", "unusable device id"),
        Label(
            "Mã chỉ gồm chữ, số và . _ : -, nhiều nhất 64 ký tự.",
            "Ids are letters, digits and . _ : - only, 64 at most.",
        ),
    ),
    RejectReason.BAD_TIME: _Told(
        Label("thời gian không đọc được", "unreadable time"),
        Label(
            "Gửi thời gian dạng RFC 3339 hoặc số giây, hoặc bỏ hẳn.",
            "Send RFC 3339 or epoch seconds, or no time at all.",
        ),
    ),
    RejectReason.NOT_FINITE: _Told(
        Label("giá trị không phải số", "a value that is no number"),
        Label("Bên gửi nên bỏ giá trị NaN, vô cực.", "The sender should leave out NaN and infinity."),
    ),
    RejectReason.UNKNOWN_QUANTITY: _Told(
        Label("đại lượng lạ", "unknown quantity"),
        Label(
            "Đổi tên đại lượng theo danh sách ở /api/v1/quantities.",
            "Use a name from the list at /api/v1/quantities.",
        ),
    ),
    RejectReason.NO_CODEC: _Told(
        Label("chưa biết kiểu máy", "no codec"),
        Label(
            "Chọn kiểu máy cho thiết bị, hoặc đặt bộ giải mã của hãng vào thư mục codecs.",
            "Give the device its model, or put the maker's codec into the codecs folder.",
        ),
    ),
    RejectReason.CODEC_FAILED: _Told(
        Label("giải mã thất bại", "the codec failed"),
        Label(
            "Kiểm tra kiểu máy và cổng (fPort); nếu đúng, bộ giải mã cần sửa.",
            "Check the model and the port; if they are right, the codec needs mending.",
        ),
    ),
    RejectReason.NOT_MOUNTED: _Told(
        Label("không gắn ở đâu vào lúc đó", "not mounted at that time"),
        Label(
            "Nhận thiết bị hoặc sửa ngày lắp, để lúc đo nằm trong thời gian lắp.",
            "Mount the device, or mend the date, so that the time lies within a mounting.",
        ),
    ),
    RejectReason.NO_GEOMETRY: _Told(
        Label("thiếu chiều cao lắp", "no geometry"),
        Label(
            "Nhập chiều cao lắp (và vạch đầy của thùng) ở trang thiết bị.",
            "Enter the mounting height (and a container's full line) on the device's page.",
        ),
    ),
    RejectReason.CLOCK: _Told(
        Label("đồng hồ sai", "wrong clock"),
        Label(
            "Chỉnh giờ thiết bị, hoặc cho dùng giờ của trạm thu hay lúc nhận.",
            "Set the device's clock, or let the gateway's time or the time of receipt count.",
        ),
    ),
    RejectReason.INTERNAL: _Told(
        Label("lỗi của Kênh", "an error in Kênh"),
        Label("Báo người vận hành; nhật ký có ghi lỗi.", "Tell the operator; the log says what happened."),
    ),
}


def reason_label(reason: str, lang: Lang) -> str:
    """The reason in words; one nobody knows is shown as it came."""
    told = _REASONS.get(RejectReason(reason)) if reason in list(RejectReason) else None
    return told.what.say(lang) if told else reason


def reason_remedy(reason: str, lang: Lang) -> str:
    """What would help; empty for a reason nobody knows."""
    told = _REASONS.get(RejectReason(reason)) if reason in list(RejectReason) else None
    return told.remedy.say(lang) if told else ""
