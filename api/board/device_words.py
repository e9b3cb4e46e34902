"""The words of the pages about devices, refused uplinks and readings typed in by people."""

from collections.abc import Mapping

from dispatch.words import Label

DEVICE_WORDS: Mapping[str, Label] = {
    # the list of devices
    "devices": Label("Thiết bị", "Devices"),
    "device_name_or_code": Label(
        "Mã, tên hoặc nơi lắp, gõ không dấu cũng được", "Code, name or site, with or without marks"
    ),
    "reporting": Label("đang báo", "reporting"),
    "late": Label("chậm", "late"),
    "silent": Label("mất tín hiệu", "silent"),
    "waiting": Label("chưa báo", "not heard yet"),
    "loose": Label("không gắn ở đâu", "not mounted"),
    "last_seen": Label("Báo lần cuối", "Last heard"),
    "complete_24h": Label("Đủ bản tin 24 giờ", "Received, 24 h"),
    "battery": Label("Pin", "Battery"),
    "devices_n": Label("{n} thiết bị", "{n} devices"),
    "devices_first_n": Label(
        "Chỉ hiện {n} thiết bị đầu; hãy lọc thêm.", "Only the first {n} are shown; filter further."
    ),
    "devices_none": Label(
        "Không có thiết bị nào khớp. Bỏ bớt điều kiện lọc.", "No device matches. Remove a filter."
    ),
    "quarantine": Label("Thiết bị chưa nhận", "Devices not adopted yet"),
    "quarantine_note": Label(
        "Đang gửi bản tin mà chưa ai nhận. Bản tin được giữ lại; nhận thiết bị rồi thì đọc được.",
        "They send, and nobody has adopted them. Their messages are kept; adopt a device to read them.",
    ),
    "quarantine_more": Label("và {n} thiết bị nữa", "and {n} more"),
    "heard_from_to": Label("nghe từ {first} đến {last}", "heard {first} to {last}"),
    "messages_n": Label("{n} bản tin", "{n} messages"),
    "adopt": Label("Nhận", "Adopt"),
    "adopt_device": Label("Nhận thiết bị", "Adopt a device"),
    "see_rejects": Label("Bản tin bị từ chối", "Refused uplinks"),
    # adopting
    "step_which": Label("Thiết bị nào?", "Which device?"),
    "label_text": Label("Mã QR hoặc DevEUI trên nhãn", "QR text or DevEUI on the label"),
    "label_hint": Label(
        "16 chữ số 0-9 và A-F; dán cả nội dung mã QR cũng được.",
        "16 of the digits 0-9 and A-F; the whole text of the QR code will do.",
    ),
    "scan": Label("Quét bằng máy ảnh", "Scan with the camera"),
    "scan_failed": Label(
        "Không mở được máy ảnh. Hãy gõ mã trên nhãn.", "The camera did not open. Type the code instead."
    ),
    "go_on": Label("Tiếp tục", "Go on"),
    "use_as_is": Label("Dùng nguyên văn làm mã thiết bị", "Use it as the device's id as it stands"),
    "or_heard": Label("Hoặc chọn thiết bị đang gửi", "Or one that is sending"),
    "known_already": Label("Thiết bị này đã được nhận.", "This device has been adopted already."),
    "other_device": Label("Chọn thiết bị khác", "Another device"),
    "heard_n": Label("Đã nghe {n} bản tin, gần nhất {when}.", "Heard {n} times, last {when}."),
    "not_heard": Label(
        "Chưa nghe bản tin nào; nhận trước cũng được.", "Not heard yet; it may be adopted ahead."
    ),
    "model": Label("Kiểu máy", "Model"),
    "model_hinted": Label("đoán theo tên: {model}", "by its name: {model}"),
    "model_none": Label("tự nêu tên đại lượng (JSON của Kênh ...)", "names its quantities (Kênh's JSON ...)"),
    "site_of_device": Label("Địa điểm", "Site"),
    "site_hint": Label("Gõ mã hoặc một phần tên, không dấu cũng được.", "Type its code or part of its name."),
    "channel_word": Label("Kênh đo (hoặc số thùng)", "Channel (or container)"),
    "mount_height": Label(
        "Chiều cao lắp: từ mặt cảm biến đến đáy", "Mounting height: sensor face to bed or floor"
    ),
    "mount_hint": Label(
        "Chỉ cần cho cảm biến đo khoảng cách. Mương, cống: đến đáy; thùng: đến đáy thùng.",
        "Only for sensors that measure a distance. Drains: to the bed; containers: to their floor.",
    ),
    "full_line": Label("Thùng: từ mặt cảm biến đến vạch đầy", "Containers: sensor face to the full line"),
    "unit_of_length": Label("Đơn vị", "Unit"),
    "every_min": Label("Mấy phút báo một lần (bỏ trống: theo máy)", "Reports every ... min (empty: as made)"),
    "position": Label("Vị trí", "Position"),
    "position_hint": Label(
        "Chỉ ghi khi địa điểm chưa có tọa độ.", "Kept only where the site has no position yet."
    ),
    "take_position": Label("Lấy vị trí hiện tại", "Use my position"),
    "position_failed": Label(
        "Không lấy được vị trí. Hãy gõ tọa độ, hoặc bỏ trống.",
        "Your position is not to be had. Type it, or leave it empty.",
    ),
    "latitude": Label("Vĩ độ", "Latitude"),
    "longitude": Label("Kinh độ", "Longitude"),
    "needs_installer": Label(
        "Cần khóa của người lắp đặt để nhận hoặc thay đổi thiết bị.",
        "Changing devices needs an installer's key.",
    ),
    # one device
    "signs": Label("Dấu hiệu", "Signs"),
    "sign_ok": Label("tốt", "well"),
    "sign_warn": Label("nên xem", "look at it"),
    "sign_bad": Label("phải sửa", "to mend"),
    "sign_unknown": Label("chưa rõ", "not known"),
    "verdict_loose": Label("Không gắn ở đâu", "Not mounted anywhere"),
    "verdict_unheard": Label("Chưa nhận được bản tin nào", "Not heard yet"),
    "verdict_ok": Label("Đang báo về", "Reporting"),
    "verdict_late": Label("Báo chậm", "Late"),
    "verdict_silent": Label("Mất tín hiệu", "Silent"),
    "values_ok": Label("số liệu hợp lý", "the numbers make sense"),
    "values_none": Label("chưa có số đo để xét", "no numbers to judge yet"),
    "values_warn": Label("nên xem lại", "worth a look"),
    "values_bad": Label("có điều phải sửa", "something is wrong"),
    "values_unknown": Label("tình trạng nơi này chưa rõ", "the state of this place is not known"),
    "newest_refused": Label(
        "bản tin gần nhất không dùng được: {reason}", "its newest uplink could not be used: {reason}"
    ),
    "wait_for_uplink": Label(
        "Trang này tự cập nhật; cứ để mở cho đến khi có bản tin đầu tiên.",
        "This page keeps itself up to date; leave it open until the first uplink arrives.",
    ),
    "last_values": Label("Số đo gần nhất", "Last values"),
    "no_values": Label("Chưa có số đo nào.", "No values yet."),
    "geometry": Label("Thông số lắp", "Geometry"),
    "geometry_none": Label("Chưa nhập.", "None entered."),
    "mount_height_mm": Label("cao lắp", "mounting height"),
    "full_distance_mm": Label("đến vạch đầy", "to the full line"),
    "dead_zone_mm": Label("vùng mù", "dead zone"),
    "max_range_mm": Label("tầm xa", "range"),
    "offset_mm": Label("bù", "offset"),
    "assumed_c": Label("nhiệt độ giả định", "assumed air"),
    "mountings": Label("Đã lắp ở", "Mountings"),
    "still_there": Label("nay", "now"),
    "from_start": Label("từ đầu", "the start"),
    "calibrations": Label("Hiệu chỉnh", "Calibrations"),
    "radio": Label("Trạm thu và bản tin", "Gateways and frames"),
    "heard_share": Label("nghe {share} bản tin", "hears {share} of the frames"),
    "no_gateway": Label(
        "Không trạm thu nào nghe trong 24 giờ qua.", "No gateway has heard it in the last 24 hours."
    ),
    "frames_got": Label("{got}/{sent} bản tin trong 24 giờ ({pct})", "{got} of {sent} in 24 hours ({pct})"),
    "frames_unknown": Label(
        "Bản tin không đánh số: không đếm được bản tin thiếu.",
        "Its uplinks carry no numbers: what is missing cannot be counted.",
    ),
    "frames_missing": Label("thiếu số {ranges}", "missing {ranges}"),
    "nothing_rejected": Label("Không có bản tin nào bị từ chối.", "Nothing was refused."),
    "all_of_device": Label("Xem tất cả", "See all"),
    "changes": Label("Thay đổi", "Changes"),
    "replace_device": Label("Thay bằng thiết bị khác", "Replace by another device"),
    "replace_note": Label(
        "Thiết bị mới nhận nơi lắp, kênh đo và chiều cao; số đo cũ vẫn thuộc về nơi này.",
        "The new device takes over site, channel and height; what was measured stays with the site.",
    ),
    "same_model": Label("cùng kiểu máy", "the same model"),
    "change_height": Label("Sửa chiều cao lắp", "Change the mounting height"),
    "valid_from": Label("Có hiệu lực", "In force"),
    "valid_now": Label("từ bây giờ (vừa lắp lại)", "from now on (just mounted anew)"),
    "valid_start": Label("từ lúc lắp (trước đây nhập sai)", "since it was mounted (it was entered wrongly)"),
    "retire_device": Label("Tháo xuống", "Take it down"),
    "retire_note": Label(
        "Thiết bị không còn được tính ở nơi này; số đo cũ được giữ.",
        "The device no longer counts here; what it measured is kept.",
    ),
    "sure": Label("Đúng, làm ngay", "Yes, do it now"),
    "save": Label("Ghi", "Save"),
    "back": Label("Thôi", "Never mind"),
    "done_change": Label("Đã ghi thay đổi.", "The change is saved."),
    "done_adopted": Label("Đã nhận thiết bị.", "The device is adopted."),
    "waiting_uplinks": Label(
        "{n} bản tin gửi trước khi được nhận vẫn còn trong nhật ký: chạy lệnh kenh replay để đọc lại.",
        "{n} uplinks it sent before are in the journal: kenh replay makes readings of them.",
    ),
    # a device in quarantine
    "not_adopted": Label("Chưa nhận", "Not adopted"),
    "try_model": Label("Đọc thử theo kiểu máy", "Try to read it as"),
    "try_it": Label("Đọc thử", "Try"),
    "it_says": Label("Bản tin gần nhất nói", "Its last message says"),
    "it_says_nothing": Label("Chưa đọc được:", "It cannot be read:"),
    "raw_text": Label("Nguyên văn", "Raw text"),
    "raw_hex": Label("Dạng hex", "As hex"),
    # refused uplinks
    "rejects_note": Label(
        "10.000 bản tin mới nhất không dùng được. Sửa xong thì đọc lại được: kenh replay --rejected.",
        "The newest 10,000 uplinks that could not be used. Once mended: kenh replay --rejected.",
    ),
    "reject": Label("Bản tin bị từ chối số {n}", "Refused uplink {n}"),
    "reject_reason": Label("Lý do", "Reason"),
    "reject_help": Label("Nên làm gì", "What would help"),
    "reject_detail": Label("Chi tiết", "Detail"),
    "received": Label("Nhận lúc", "Received"),
    "topic": Label("Chủ đề", "Topic"),
    "bytes_n": Label("{n} byte", "{n} bytes"),
    "cut_at": Label("chỉ hiện {n} byte đầu", "only the first {n} bytes are shown"),
    "rejects_none": Label("Không có bản tin nào bị từ chối.", "No refused uplinks."),
    "older": Label("Cũ hơn", "Older"),
    "replay_again": Label(
        "Sửa xong thì đọc lại được: kenh replay --rejected.",
        "Once mended, read it again: kenh replay --rejected.",
    ),
    # readings by people
    "report": Label("Nhập số đo bằng mắt", "Enter what you have seen"),
    "report_what": Label("Đọc được gì", "What"),
    "report_value": Label("Giá trị", "Value"),
    "report_how": Label("Bằng cách nào", "How"),
    "report_done": Label("Đã ghi số đo.", "The reading is saved."),
    "reported_by_people": Label("Do người báo", "Reported by people"),
    # what is wrong with a form
    "form_wrong": Label("Chưa ghi được:", "Not saved:"),
    "wrong_number": Label("“{text}” không phải là số.", "“{text}” is no number."),
    "wrong_height": Label(
        "{value} mm không phải là khoảng cách hợp lý; kiểm tra lại đơn vị (5 cm đến 40 m).",
        "{value} mm is no likely distance; look at the unit (5 cm to 40 m).",
    ),
    "wrong_full": Label(
        "Vạch đầy phải gần cảm biến hơn đáy.", "The full line must be nearer to the sensor than the floor."
    ),
    "wrong_site_none": Label("Không tìm thấy địa điểm “{text}”.", "There is no site “{text}”."),
    "wrong_site_many": Label(
        "“{text}” khớp nhiều địa điểm: {found}. Hãy gõ mã.", "“{text}” matches several: {found}. Type a code."
    ),
    "wrong_place": Label(
        "Cần cả vĩ độ và kinh độ, hoặc bỏ trống cả hai.", "Give both latitude and longitude, or neither."
    ),
    "wrong_unsure": Label("Hãy đánh dấu ô xác nhận.", "Tick the box to confirm."),
    "wrong_none": Label("Hãy nhập giá trị.", "Enter a value."),
    "wrong_deep": Label(
        "Nơi này chưa có cao độ đáy hoặc mặt đường, nên không đổi được mực nước trên đường ra mực nước cống.",
        "The depth of this site below the street is not known, so water over the street gives no level here.",
    ),
}
