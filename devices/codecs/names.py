"""Names of codecs: `vendor/model`, however the folders and files are written."""

from typing import Final

#: How a maker's folder is called elsewhere -> how Kênh calls the maker.
_VENDORS: Final = {"milesight-iot": "milesight"}


def canonical(name: str) -> str:
    """`Milesight-IoT/EM310_UDL-codec` -> `milesight/em310-udl`; a name without a maker stays without."""
    vendor, slash, model = name.casefold().replace("_", "-").rpartition("/")
    return f"{_VENDORS.get(vendor, vendor)}{slash}{model.removesuffix('-codec')}"


def named(path: str) -> str:
    """The name of the codec in a file: its folder is the maker, the file the model. Empty without a folder.

    `path` is relative to the folder of codecs, with `/`.
    """
    folder, _, file = path.rpartition("/")
    vendor = folder.rpartition("/")[2]
    return canonical(f"{vendor}/{file.rpartition('.')[0] or file}") if vendor else ""
