"""The words of the board itself. Names of states, kinds and severities are in dispatch/words.py."""

from collections.abc import Mapping

from api.board.device_words import DEVICE_WORDS
from dispatch.words import Label, Lang

LANGUAGES: tuple[Lang, ...] = ("vi", "en")

WORDS: Mapping[str, Label] = {
    # the frame of every page
    "title": Label("Kênh · bảng điều phối", "Kênh · dispatch board"),
    "skip": Label("Đến nội dung", "Skip to content"),
    "board": Label("Bảng việc", "Board"),
    "sites": Label("Địa điểm", "Sites"),
    "api_docs": Label("API cho hệ thống khác", "API for other systems"),
    "other_language": Label("English", "Tiếng Việt"),
    "sign_in": Label("Đăng nhập", "Sign in"),
    "sign_out": Label("Đăng xuất", "Sign out"),
    "simulated_note": Label(
        "không phải số đo thật; tên tổ, đội là tên giả định.", "no real measurements; crews are invented."
    ),
    "rainy_scenario": Label("Kịch bản mùa mưa.", "A rainy-season scenario."),
    # the four counts
    "to_do_now": Label("cần làm ngay", "to do now"),
    "under_way": Label("đang xử lý", "under way"),
    "sensors_to_mend": Label("cảm biến cần sửa", "sensors to mend"),
    "last_reading": Label("số đo mới nhất", "last reading"),
    "data_stopped": Label("dữ liệu đang dừng", "the data have stopped"),
    "no_reading": Label("chưa có số đo nào", "no reading yet"),
    # the queue
    "queue": Label("Việc cần xử lý", "Work to do"),
    "watching": Label("Đang theo dõi, không cần điều tổ", "Watching, no crew needed"),
    "quiet": Label("Không có việc cần xử lý", "Nothing to do"),
    "quiet_note": Label(
        "Mọi nơi có số đo đều bình thường. Nơi mất tín hiệu được ghi là “chưa rõ”.",
        "Every place that reports is normal. Places that are silent are marked “not known”.",
    ),
    "no_crew": Label("chưa có tổ", "no crew yet"),
    "new_lines": Label("có phiếu mới", "new work orders"),
    "see_order": Label("Xem phiếu", "Open"),
    "see_site": Label("Xem địa điểm", "See the site"),
    "call_crew": Label("Gọi tổ", "Call the crew"),
    "choose_crew": Label("Chọn tổ", "Choose a crew"),
    "check_and_close": Label("Kiểm tra, đóng", "Check and close"),
    "filtered": Label("Đang lọc:", "Filtered:"),
    "show_all": Label("bỏ lọc", "show all"),
    # the map
    "map": Label("Bản đồ", "Map"),
    "to_map": Label("Xem bản đồ", "See the map"),
    "to_queue": Label("Về danh sách việc", "Back to the list"),
    "group_water": Label("nước", "water"),
    "group_waste": Label("rác", "waste"),
    "group_air": Label("không khí", "air"),
    "group_rain": Label("mưa", "rain"),
    "state_ok": Label("bình thường", "normal"),
    "state_unknown": Label("chưa rõ", "not known"),
    "map_empty": Label("Chưa có địa điểm nào có tọa độ.", "No site has a position yet."),
    "map_partial": Label(
        "Chỉ vẽ nơi có việc: có quá nhiều địa điểm cho một bản đồ. Lọc theo thôn để thấy hết.",
        "Only places with work are drawn: too many sites for one map. Filter by village to see all.",
    ),
    "map_of": Label("Bản đồ các địa điểm theo trạng thái", "Map of the sites by state"),
    # a list of sites
    "find": Label("Tìm", "Search"),
    "name_or_code": Label("Tên hoặc mã, gõ không dấu cũng được", "Name or code, with or without marks"),
    "village": Label("Thôn, tổ dân phố", "Village"),
    "kind": Label("Loại", "Kind"),
    "state": Label("Trạng thái", "State"),
    "all": Label("tất cả", "all"),
    "filter": Label("Lọc", "Filter"),
    "place": Label("Nơi", "Place"),
    "now": Label("Hiện tại", "Now"),
    "when": Label("Lúc", "When"),
    "found_n": Label("{n} địa điểm", "{n} sites"),
    "found_none": Label(
        "Không có địa điểm nào khớp. Bỏ bớt điều kiện lọc.", "No site matches. Remove a filter."
    ),
    "first_n": Label("Chỉ hiện {n} nơi đầu; hãy lọc thêm.", "Only the first {n} are shown; filter further."),
    # a site
    "today": Label("24 giờ", "24 hours"),
    "week": Label("7 ngày", "7 days"),
    "usual_band": Label("khoảng thường gặp theo giờ", "usual range at each hour"),
    "learning": Label(
        "Chưa có khoảng thường gặp: hệ thống đang học ở điểm này.",
        "No usual range yet: it is still being learnt here.",
    ),
    "crown": Label("đỉnh cống", "crown"),
    "lid": Label("nắp ga", "lid"),
    "bank": Label("bờ", "bank"),
    "full": Label("đầy", "full"),
    "rain": Label("mưa", "rain"),
    "rain_at": Label("mưa mỗi {step} tại {site}", "rain every {step} at {site}"),
    "no_data": Label("Không có số đo trong khoảng này", "No readings in this period"),
    "was": Label("lần cuối", "last"),
    "bad_reading": Label("số đo lỗi", "bad reading"),
    "upstream": Label("Phía trên", "Upstream"),
    "downstream": Label("Phía dưới", "Downstream"),
    "neighbours": Label("Trên và dưới dòng", "Up and down the flow"),
    "why": Label("Vì sao", "Why"),
    "evidence": Label("Căn cứ", "Evidence"),
    "seen": Label("Thấy", "Seen"),
    "usual": Label("Thường", "Usual"),
    "weight": Label("Mức tính", "Counts"),
    "yes": Label("có", "yes"),
    "no": Label("không", "no"),
    "for_it": Label("ủng hộ", "for"),
    "against_it": Label("phản bác", "against"),
    "history": Label("Đã xảy ra", "What happened here"),
    "no_history": Label("Chưa có cảnh báo nào ở đây.", "No findings here yet."),
    "device": Label("Thiết bị", "Device"),
    "no_device": Label("Chưa gắn thiết bị; số đo do người đọc báo.", "No device; people report readings."),
    "last_heard": Label("nghe lần cuối", "last heard"),
    "never_heard": Label("chưa nghe lần nào", "never heard"),
    "own_json": Label("JSON của Kênh", "Kênh's own JSON"),
    "channel": Label("kênh đo", "channel"),
    "container": Label("thùng", "container"),
    "current": Label("Số đo hiện tại", "Current readings"),
    "open_map": Label("Mở bản đồ", "Open in maps"),
    "no_position": Label("chưa có tọa độ", "no position"),
    "findings_strip": Label("cảnh báo", "findings"),
    "orders_strip": Label("phiếu việc", "work orders"),
    "inside_dyke": Label("trong đê", "inside the dyke"),
    "outside_dyke": Label("ngoài đê", "outside the dyke"),
    # a work order
    "order": Label("Phiếu việc", "Work order"),
    "where": Label("Ở đâu", "Where"),
    "since": Label("từ", "since"),
    "crew": Label("Tổ/đội", "Crew"),
    "timeline": Label("Diễn biến", "Timeline"),
    "crew_says": Label("Tổ/đội trả lời", "The crew answers"),
    "dispatcher_does": Label("Điều phối", "Dispatcher"),
    "assign_to": Label("Giao cho", "Assign to"),
    "reason": Label("Lý do", "Reason"),
    "note": Label("Ghi chú", "Note"),
    "note_needed": Label("ghi lý do", "say why"),
    "answer_refused": Label("Câu trả lời không được nhận:", "The answer was not followed:"),
    "ended": Label("Phiếu này đã kết thúc.", "This work order has ended."),
    "sign_in_to_act": Label("Đăng nhập để xử lý phiếu này.", "Sign in to work on this order."),
    "by_kenh": Label("Kênh", "Kênh"),
    # signing in
    "sign_in_here": Label("Đăng nhập vào Kênh", "Sign in to Kênh"),
    "sign_in_link": Label(
        "Liên kết đăng nhập này dùng được một lần. Bấm nút để vào.",
        "This sign-in link works once. Press the button.",
    ),
    "enter": Label("Vào bảng việc", "Enter"),
    "key": Label("Khóa", "Key"),
    "key_hint": Label("Dạng kenh_…_…, do người quản trị cấp.", "Like kenh_…_…, from your administrator."),
    "key_wrong": Label(
        "Khóa không đúng hoặc đã bị thu hồi. Kiểm tra lại, hoặc xin khóa mới.",
        "That key is wrong or was revoked. Check it, or ask for a new one.",
    ),
    "link_spent": Label(
        "Liên kết này đã dùng rồi hoặc hết hạn. Hãy dùng khóa, hoặc xin liên kết mới.",
        "This link was used before or is too old. Use a key, or ask for a new link.",
    ),
    "must_sign_in": Label("Cần đăng nhập để xem trang này.", "Sign in to see this page."),
    # errors
    "error_401": Label("Cần đăng nhập", "Please sign in"),
    "error_403": Label("Không được phép", "Not allowed"),
    "error_404": Label("Không có trang này", "There is no such page"),
    "error_409": Label("Việc này không làm được lúc này", "That cannot be done now"),
    "error_422": Label("Không hiểu yêu cầu", "The request cannot be understood"),
    "error_503": Label("Tạm thời không đọc được dữ liệu", "The data cannot be read at the moment"),
    "error_other": Label("Có lỗi", "Something went wrong"),
    "remedy_403": Label(
        "Mở lại trang rồi thử lại; nếu vẫn vậy, khóa của bạn không có quyền này.",
        "Open the page again and retry; if it stays, your key does not include this.",
    ),
    "remedy_404": Label(
        "Kiểm tra địa chỉ, hoặc bắt đầu từ bảng việc.", "Check the address, or start from the board."
    ),
    "remedy_409": Label(
        "Mở lại phiếu để xem bước hiện tại.", "Open the work order again to see where it stands."
    ),
    "remedy_422": Label("Quay lại và kiểm tra điều đã nhập.", "Go back and check what you entered."),
    "remedy_503": Label("Thử lại sau ít giây.", "Try again in a few seconds."),
    "remedy_other": Label(
        "Thử lại; nếu vẫn vậy, báo người vận hành.", "Try again; if it stays, tell the operator."
    ),
    # times
    "just_now": Label("vừa xong", "just now"),
    "ago": Label("{span} trước", "{span} ago"),
    "unknown": Label("chưa rõ", "not known"),
    **DEVICE_WORDS,
}


def say(key: str, lang: Lang, **values: object) -> str:
    """One of the board's texts, with its places filled in."""
    return WORDS[key].say(lang).format(**values)
