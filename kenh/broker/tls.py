"""TLS towards a broker: the system's authorities or the installation's own, and our certificate if asked."""

import ssl

from kenh.errors import StartError


def tls_context(ca_file: str = "", cert_file: str = "", key_file: str = "") -> ssl.SSLContext:
    """What to connect with: host name checked, TLS 1.2 or newer.

    `ca_file` is believed instead of the system's authorities. `cert_file` and `key_file` (PEM, no
    passphrase) are shown to a broker that asks who we are; the key may stand in `cert_file` too.

    Raises:
        StartError: a file that cannot be used, with the setting that names it.
    """
    context = _trusting(ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if key_file and not cert_file:
        raise StartError(
            "KENH_MQTT__KEY_FILE is given without KENH_MQTT__CERT_FILE: a key needs its certificate"
        )
    if cert_file:
        try:
            # An empty passphrase instead of none: OpenSSL would ask for it on the terminal and wait.
            context.load_cert_chain(cert_file, key_file or None, password="")
        except OSError as error:
            named = f"KENH_MQTT__CERT_FILE {cert_file!r} and KENH_MQTT__KEY_FILE {key_file!r}"
            raise StartError(f"{named} cannot be used together: {_reason(error)}") from error
    return context


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise StartError(f"KENH_MQTT__CA_FILE {ca_file!r} cannot be used: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
