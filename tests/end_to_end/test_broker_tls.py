"""TLS on a real Mosquitto, with an authority and certificates as docs/broker.md makes them."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from kenh.broker.mosquitto_conf import Tls
from kenh.broker.tls import tls_context
from kenh.errors import StartError
from tests.brokers import needs_mosquitto
from tests.end_to_end.broker_files import commune, installed, listening, receiving
from tests.polling import wait_until

COMMUNE = commune(["d1"])
needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="did without openssl: none on PATH"
)
pytestmark = [needs_mosquitto, needs_openssl]
#: paho leaves the socket of a handshake that failed to the garbage collector, which does close it.
left_by_paho = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")


@dataclass(frozen=True)
class Authority:
    """A certificate authority in a folder, and what it signed."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.crt"

    def signed(self, name: str, extension: str) -> tuple[Path, Path]:
        """Certificate and key for `name`."""
        key, request, certificate, extensions = (
            self.folder / f"{name}.{end}" for end in ("key", "csr", "crt", "ext")
        )
        extensions.write_text(extension)
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-new", *curve, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        signing: list[str | Path] = [
            "-CA",
            self.ca,
            "-CAkey",
            self.folder / "ca.key",
            "-CAcreateserial",
            "-days",
            "30",
        ]
        openssl("x509", "-req", "-in", request, *signing, "-extfile", extensions, "-out", certificate)
        return certificate, key


def openssl(*arguments: str | Path) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def authority(folder: Path) -> Authority:
    folder.mkdir()
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(
        *("req", "-x509", *curve, "-days", "30", "-subj", f"/CN={folder.name}"),
        *("-keyout", folder / "ca.key", "-out", folder / "ca.crt"),
    )
    return Authority(folder)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="module")
def server(ours: Authority) -> Tls:
    return Tls(*ours.signed("broker", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"))


def test_kenh_and_a_device_meet_over_tls(tmp_path: Path, ours: Authority, server: Tls) -> None:
    ca = str(ours.ca)
    with (
        installed(tmp_path, COMMUNE, tls=server, ca=ca) as place,
        receiving(place, tls_context(ca)) as (_, kept),
        place.device("d1") as device,
    ):
        device.publish_all("kenh/v1/d1/up", [b"over TLS"])
        wait_until(lambda: [raw.payload for raw in kept] == [b"over TLS"], "the message")


@left_by_paho
@pytest.mark.parametrize("context", ["another CA", "the system's CAs", "no TLS"])
def test_a_broker_that_cannot_be_believed_is_not_given_the_password(
    context: str, tmp_path: Path, ours: Authority, server: Tls
) -> None:
    other = authority(tmp_path / "theirs")
    contexts: dict[str, ssl.SSLContext | None] = {
        "another CA": tls_context(str(other.ca)),
        "the system's CAs": tls_context(),
        "no TLS": None,
    }
    tls = contexts[context]
    with (
        installed(tmp_path, COMMUNE, tls=server, ca=str(ours.ca)) as place,
        listening(place, [], tls) as receiver,
    ):
        what = "certificate verify failed" if tls else "connect"
        wait_until(lambda: what in (receiver.problem() or ""), f"the reason; {receiver.problem()}")
        # The broker did answer in TLS to one who believes it, so it is not for want of a listener.
        with place.service("kenh"):
            assert receiver.counters.connects == 0


@left_by_paho
def test_a_certificate_for_another_host_is_refused(tmp_path: Path, ours: Authority) -> None:
    wrong = Tls(*ours.signed("elsewhere", "subjectAltName=DNS:elsewhere.example\n"))
    context = tls_context(str(ours.ca))
    with installed(tmp_path, COMMUNE, tls=wrong) as place, listening(place, [], context) as receiver:
        wait_until(lambda: "IP address mismatch" in (receiver.problem() or ""), "the reason")


def test_a_broker_may_ask_for_our_certificate_too(tmp_path: Path, ours: Authority, server: Tls) -> None:
    ca = str(ours.ca)
    asking = Tls(server.certificate, server.key, ours.ca, require_certificate=True)
    certificate, key = ours.signed("kenh", "extendedKeyUsage=clientAuth\n")
    with installed(tmp_path, COMMUNE, tls=asking, ca=ca) as place:
        with receiving(place, tls_context(ca, str(certificate), str(key))) as (receiver, _):
            assert receiver.counters.connects == 1
        with listening(place, [], tls_context(ca)) as receiver:
            wait_until(lambda: receiver.problem() not in (None, "connecting"), "it is refused")
            assert receiver.counters.connects == 0


def test_files_that_cannot_be_used_are_named_with_their_setting(tmp_path: Path, ours: Authority) -> None:
    certificate, _ = ours.signed("one", "")
    _, key = ours.signed("two", "")
    with pytest.raises(StartError, match="KENH_MQTT__CA_FILE"):
        tls_context(str(tmp_path / "none.crt"))
    with pytest.raises(StartError, match="KENH_MQTT__KEY_FILE"):
        tls_context(str(ours.ca), str(certificate), str(key))
    with pytest.raises(StartError, match="without KENH_MQTT__CERT_FILE"):
        tls_context(str(ours.ca), "", str(key))
