"""A codec enters service when every vector came out right; what is wrong with the others is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.models import MODELS
from ingest.codecs import CodecLibrary, CodecPool, CodecRequest
from kenh.commands.codecs import check_files

SOURCE = """
function decodeUplink(input) {
  return { data: { battery: input.bytes[2], distance: input.bytes[5] | input.bytes[6] << 8 } };
}
"""
YAML = """
uplinkDecoder:
  fileName: em310-udl.js
  examples:
    - description: a report
      input: {fPort: 85, bytes: [1, 117, 92, 3, 130, 68, 8]}
      output: {data: {battery: 92, distance: 2116}}
"""


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        self.now_s += 60
        return self.now_s


@pytest.fixture
def checks() -> Iterator[CodecPool]:
    pool = CodecPool(dict)
    yield pool
    pool.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "milesight-iot").mkdir()
    (tmp_path / "milesight-iot" / "em310-udl.js").write_text(SOURCE)
    (tmp_path / "milesight-iot" / "em310-udl-codec.yaml").write_text(YAML)
    return tmp_path


def test_a_codec_whose_vectors_pass_is_in_service_under_its_models_name(
    folder: Path, checks: CodecPool
) -> None:
    library = CodecLibrary(folder, checks.run, Clock())
    (codec,) = library.codecs().values()
    assert codec.name == "milesight/em310-udl"
    assert codec.fields == MODELS["milesight/em310-udl"].fields
    pool = CodecPool(library.codecs)
    (decoded,) = pool.decode([CodecRequest("milesight/em310-udl", bytes([1, 117, 92, 3, 130, 68, 8]), 85, 0)])
    pool.close()
    assert {one.quantity: one.value for one in decoded.readings} == {
        "battery_pct": 92.0,
        "distance_mm": 2116.0,
    }


def test_a_codec_that_is_changed_leaves_service_until_it_passes_again(
    folder: Path, checks: CodecPool
) -> None:
    library = CodecLibrary(folder, checks.run, Clock())
    assert library.codecs()
    source = folder / "milesight-iot" / "em310-udl.js"
    source.write_text(SOURCE.replace("<< 8", "<< 7 "))
    assert not library.codecs()
    assert "distance" in library.problems()["milesight-iot/em310-udl-codec.yaml"]
    source.write_text(SOURCE)
    assert library.codecs()
    assert not library.problems()


def test_a_codec_without_vectors_does_not_run(tmp_path: Path, checks: CodecPool) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "x1.js").write_text(SOURCE)
    library = CodecLibrary(tmp_path, checks.run, Clock())
    assert not library.codecs()
    assert "cannot be checked" in library.problems()["acme/x1.js"]


def test_a_model_nobody_knows_brings_its_own_table(tmp_path: Path, checks: CodecPool) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "x1.js").write_text("function Decoder(b) { return { h: b[0] }; }")
    (tmp_path / "acme" / "x1.yaml").write_text(
        "uplinkDecoder:\n  fileName: x1.js\n  examples:\n"
        "    - {input: {fPort: 1, bytes: [7]}, output: {data: {h: 7}}}\n"
        "kenh:\n  - {path: h, quantity: depth_mm, scale: 10}\n"
    )
    pool = CodecPool(CodecLibrary(tmp_path, checks.run, Clock()).codecs)
    (decoded,) = pool.decode([CodecRequest("acme/x1", b"\x07", 1, 0)])
    pool.close()
    assert [(one.quantity, one.value) for one in decoded.readings] == [("depth_mm", 70.0)]


def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and output of `kenh codecs check`."""
    code = 0
    try:
        check_files(folder)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, capsys.readouterr().out


def test_the_command_says_ok_for_each_vector(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = told(folder, capsys)
    assert code == 0
    assert "ok " in output
    assert "1 files, 1 vectors: 0 mismatches" in output


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        (YAML.replace("2116", "2117"), "a report: data.distance is 2116, expected 2117"),
        (YAML.replace("battery: 92, ", ""), "data.battery is 92, expected missing"),
        (YAML.replace("battery: 92", "battery: 92.0"), "0 mismatches"),
        (YAML + YAML.partition("fileName: em310-udl.js\n")[2], "the key uplinkDecoder.examples stands twice"),
        (YAML.replace("em310-udl.js", "../em310-udl.js"), "must be a file beside this one"),
        (YAML.replace("em310-udl.js", "none.js"), "none.js cannot be read"),
        (YAML.replace("[1, 117", "[1, 300"), "not all from 0 to 255"),
        (YAML.replace("{fPort", "{{fPort"), "PROBLEM"),
        ("a: &a [*a]", "PROBLEM"),
        ("a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n" + "".join(
            f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n"
            for old, new in zip("bcdefgh", "cdefghi", strict=True)
        ), "aliases multiply"),
        ("", "it is empty"),
        ("just text", "there is no uplinkDecoder"),
        ("uplinkDecoder: {fileName: em310-udl.js}", "there are no examples"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_named_and_nothing_crashes(
    folder: Path, capsys: pytest.CaptureFixture[str], yaml: str, expected: str
) -> None:
    (folder / "milesight-iot" / "em310-udl-codec.yaml").write_text(yaml)
    code, output = told(folder / "milesight-iot", capsys)
    assert expected in output
    assert code == (0 if expected == "0 mismatches" else 1)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("function decodeUplink(input) { while (true) {} }", "MISMATCH"),
        ("this is no JavaScript", "SyntaxError"),
        ("var x = 1;", "no decodeUplink"),
    ],
)
def test_a_codec_that_does_not_work_is_a_mismatch(
    folder: Path, capsys: pytest.CaptureFixture[str], source: str, expected: str
) -> None:
    (folder / "milesight-iot" / "em310-udl.js").write_text(source)
    code, output = told(folder, capsys)
    assert code == 1
    assert expected in output


def test_a_file_that_is_not_utf_8_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "milesight-iot" / "em310-udl.js").write_bytes(b"\xff\xfe")
    code, output = told(folder, capsys)
    assert code == 1
    assert "not UTF-8" in output


def test_a_folder_without_codecs_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(tmp_path, capsys)[0] == 2


@pytest.mark.parametrize(
    "entry",
    [
        "{path: h, quantity: depth_mm, scale: 0}",
        "{path: h, quantity: depth_mm, scale: .nan}",
        "{path: 'a..b', quantity: depth_mm}",
        "{path: h, quantity: height}",
        "{path: h, quantity: tilt, words: {open: wide}}",
        "{path: h, quantity: depth_mm, colour: red}",
        "{quantity: depth_mm}",
        "just text",
    ],
)
def test_a_table_that_makes_no_sense_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], entry: str
) -> None:
    (folder / "milesight-iot" / "em310-udl-codec.yaml").write_text(f"{YAML}kenh:\n  - {entry}\n")
    code, output = told(folder, capsys)
    assert code == 1
    assert "kenh: entry 1" in output
