"""Does a codec do what its vectors say? Files from anybody, read with care."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from devices.codecs.comparing import differences
from devices.codecs.files import CodecFile, read_codec_file
from devices.codecs.names import named
from devices.codecs.yaml_text import MAX_CHARACTERS
from devices.generic_fields import GENERIC_FIELDS
from devices.models import MODELS
from devices.vendor_fields import VendorField
from ingest.codecs.codec import Answer, Call, Codec

_MOST_SOURCE = 1 << 20

#: `CodecPool.run`.
Run = Callable[[Sequence[Call]], list[Answer]]


@dataclass(frozen=True, slots=True)
class Checked:
    """One codec file after the check.

    `problems` are about the files, `results` one line a vector: what it is about, and the differences (none:
    it agrees). `codec` may be used if `fine`.
    """

    path: Path
    codec: Codec | None
    problems: tuple[str, ...]
    results: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def fine(self) -> bool:
        """Was nothing found against it?"""
        return self.codec is not None and not self.problems and all(not found for _, found in self.results)

    @property
    def complaint(self) -> str:
        """The first thing found against it."""
        failed = [f"{about}: {found[0]}" for about, found in self.results if found]
        return [*self.problems, *failed, ""][0]


def check(path: Path, name: str, run: Run) -> Checked:
    """Check the codec that the YAML at `path` describes; never raises for what stands in the files.

    `name` is `vendor/model` (`devices.codecs.names.named`): it decides which table of fields is used.
    """
    text = _text(path, MAX_CHARACTERS)
    if isinstance(text, Exception):
        return Checked(path, None, (f"{path.name} cannot be read: {text}",))
    described = read_codec_file(text)
    source = _text(path.parent / described.file_name, _MOST_SOURCE) if described.file_name else None
    if isinstance(source, Exception):
        problems = (*described.problems, f"{described.file_name} cannot be read: {source}")
        return Checked(path, None, problems)
    if source is None:
        return Checked(path, None, described.problems)
    codec = Codec(name, source, fields_of(name, described.fields))
    return Checked(path, codec, described.problems, _results(codec, described, run))


def fields_of(name: str, own: Sequence[VendorField] | None = None) -> Sequence[VendorField]:
    """What a codec of that name calls things: its own word, else the model's table, else the usual."""
    model = MODELS.get(name) or next((one for one in MODELS.values() if one.name.endswith(f"/{name}")), None)
    if own is not None:
        return own
    return model.fields if model is not None and model.fields else GENERIC_FIELDS


def name_of(path: Path, folder: Path | None = None) -> str:
    """What a codec file is called: its folder is the maker, unless it lies at the top of `folder`."""
    parts = path.relative_to(folder).parts if folder is not None else path.resolve().parts
    return named("/".join(parts)) or named(f"-/{path.name}").removeprefix("-/")


def _results(codec: Codec, described: CodecFile, run: Run) -> tuple[tuple[str, tuple[str, ...]], ...]:
    vectors = described.vectors
    answers = run([Call(codec, one.payload, one.f_port, one.received_ms) for one in vectors])
    return tuple(
        (
            vector.about,
            tuple(
                differences(
                    vector.expected, answer.data, {"warnings": answer.warnings, "errors": answer.errors}
                )
            ),
        )
        for vector, answer in zip(vectors, answers, strict=True)
    )


def _text(path: Path, most: int) -> str | Exception:
    """A file's text, or why it cannot be had."""
    try:
        if not path.is_file():
            return FileNotFoundError("there is no such file")
        if path.stat().st_size > most:
            return ValueError(f"it is larger than {most >> 10} kB")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        return ValueError(f"it is not UTF-8 at byte {error.start}")
    except OSError as error:
        return error
