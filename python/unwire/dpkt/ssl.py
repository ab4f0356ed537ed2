"""dpkt.ssl: SSL and TLS. Constants, four helpers and re-exports."""

import binascii as binascii
import struct as struct
from typing import Any

from unwire.declare.engine_half import natives
from unwire.dpkt import dpkt as dpkt
from unwire.dpkt import ssl_ciphersuites as ssl_ciphersuites
from unwire.dpkt.compat import compat_ord as compat_ord
from unwire.dpkt.utils import deprecation_warning as deprecation_warning
from unwire.protocols.ssl import SSL2 as SSL2
from unwire.protocols.ssl import TLS as TLS
from unwire.protocols.ssl import TLSAlert as TLSAlert
from unwire.protocols.ssl import TLSAppData as TLSAppData
from unwire.protocols.ssl import TLSChangeCipherSpec as TLSChangeCipherSpec
from unwire.protocols.ssl import TLSRecord as TLSRecord
from unwire.protocols.ssl_handshake import SSL3Exception as SSL3Exception
from unwire.protocols.ssl_handshake import TLSCertificate as TLSCertificate
from unwire.protocols.ssl_handshake import TLSClientHello as TLSClientHello
from unwire.protocols.ssl_handshake import TLSHandshake as TLSHandshake
from unwire.protocols.ssl_handshake import TLSHelloRequest as TLSHelloRequest
from unwire.protocols.ssl_handshake import TLSServerHello as TLSServerHello
from unwire.protocols.ssl_handshake import TLSUnknownHandshake as TLSUnknownHandshake

SSL3_V = 0x0300
TLS1_V = 0x0301
TLS11_V = 0x0302
TLS12_V = 0x0303
ssl3_versions_str = {SSL3_V: "SSL3", TLS1_V: "TLS 1.0", TLS11_V: "TLS 1.1", TLS12_V: "TLS 1.2"}
SSL3_VERSION_BYTES = {b"\x03\x00", b"\x03\x01", b"\x03\x02", b"\x03\x03"}
SSL3_AD_WARNING = 1
SSL3_AD_FATAL = 2
SSL3_AD_CLOSE_NOTIFY = 0
SSL3_AD_UNEXPECTED_MESSAGE = 10
SSL3_AD_BAD_RECORD_MAC = 20
SSL3_AD_DECOMPRESSION_FAILURE = 30
SSL3_AD_HANDSHAKE_FAILURE = 40
SSL3_AD_NO_CERTIFICATE = 41
SSL3_AD_BAD_CERTIFICATE = 42
SSL3_AD_UNSUPPORTED_CERTIFICATE = 43
SSL3_AD_CERTIFICATE_REVOKED = 44
SSL3_AD_CERTIFICATE_EXPIRED = 45
SSL3_AD_CERTIFICATE_UNKNOWN = 46
SSL3_AD_ILLEGAL_PARAMETER = 47
TLS1_AD_DECRYPTION_FAILED = 21
TLS1_AD_RECORD_OVERFLOW = 22
TLS1_AD_UNKNOWN_CA = 48
TLS1_AD_ACCESS_DENIED = 49
TLS1_AD_DECODE_ERROR = 50
TLS1_AD_DECRYPT_ERROR = 51
TLS1_AD_EXPORT_RESTRICTION = 60
TLS1_AD_PROTOCOL_VERSION = 70
TLS1_AD_INSUFFICIENT_SECURITY = 71
TLS1_AD_INTERNAL_ERROR = 80
TLS1_AD_USER_CANCELLED = 90
TLS1_AD_NO_RENEGOTIATION = 100
TLS1_AD_UNSUPPORTED_EXTENSION = 110
TLS1_AD_CERTIFICATE_UNOBTAINABLE = 111
TLS1_AD_UNRECOGNIZED_NAME = 112
TLS1_AD_BAD_CERTIFICATE_STATUS_RESPONSE = 113
TLS1_AD_BAD_CERTIFICATE_HASH_VALUE = 114
TLS1_AD_UNKNOWN_PSK_IDENTITY = 115
alert_level_str = {1: "SSL3_AD_WARNING", 2: "SSL3_AD_FATAL"}
alert_description_str = {
    SSL3_AD_CLOSE_NOTIFY: "SSL3_AD_CLOSE_NOTIFY",
    SSL3_AD_UNEXPECTED_MESSAGE: "SSL3_AD_UNEXPECTED_MESSAGE",
    SSL3_AD_BAD_RECORD_MAC: "SSL3_AD_BAD_RECORD_MAC",
    SSL3_AD_DECOMPRESSION_FAILURE: "SSL3_AD_DECOMPRESSION_FAILURE",
    SSL3_AD_HANDSHAKE_FAILURE: "SSL3_AD_HANDSHAKE_FAILURE",
    SSL3_AD_NO_CERTIFICATE: "SSL3_AD_NO_CERTIFICATE",
    SSL3_AD_BAD_CERTIFICATE: "SSL3_AD_BAD_CERTIFICATE",
    SSL3_AD_UNSUPPORTED_CERTIFICATE: "SSL3_AD_UNSUPPORTED_CERTIFICATE",
    SSL3_AD_CERTIFICATE_REVOKED: "SSL3_AD_CERTIFICATE_REVOKED",
    SSL3_AD_CERTIFICATE_EXPIRED: "SSL3_AD_CERTIFICATE_EXPIRED",
    SSL3_AD_CERTIFICATE_UNKNOWN: "SSL3_AD_CERTIFICATE_UNKNOWN",
    SSL3_AD_ILLEGAL_PARAMETER: "SSL3_AD_ILLEGAL_PARAMETER",
    TLS1_AD_DECRYPTION_FAILED: "TLS1_AD_DECRYPTION_FAILED",
    TLS1_AD_RECORD_OVERFLOW: "TLS1_AD_RECORD_OVERFLOW",
    TLS1_AD_UNKNOWN_CA: "TLS1_AD_UNKNOWN_CA",
    TLS1_AD_ACCESS_DENIED: "TLS1_AD_ACCESS_DENIED",
    TLS1_AD_DECODE_ERROR: "TLS1_AD_DECODE_ERROR",
    TLS1_AD_DECRYPT_ERROR: "TLS1_AD_DECRYPT_ERROR",
    TLS1_AD_EXPORT_RESTRICTION: "TLS1_AD_EXPORT_RESTRICTION",
    TLS1_AD_PROTOCOL_VERSION: "TLS1_AD_PROTOCOL_VERSION",
    TLS1_AD_INSUFFICIENT_SECURITY: "TLS1_AD_INSUFFICIENT_SECURITY",
    TLS1_AD_INTERNAL_ERROR: "TLS1_AD_INTERNAL_ERROR",
    TLS1_AD_USER_CANCELLED: "TLS1_AD_USER_CANCELLED",
    TLS1_AD_NO_RENEGOTIATION: "TLS1_AD_NO_RENEGOTIATION",
    TLS1_AD_UNSUPPORTED_EXTENSION: "TLS1_AD_UNSUPPORTED_EXTENSION",
    TLS1_AD_CERTIFICATE_UNOBTAINABLE: "TLS1_AD_CERTIFICATE_UNOBTAINABLE",
    TLS1_AD_UNRECOGNIZED_NAME: "TLS1_AD_UNRECOGNIZED_NAME",
    TLS1_AD_BAD_CERTIFICATE_STATUS_RESPONSE: "TLS1_AD_BAD_CERTIFICATE_STATUS_RESPONSE",
    TLS1_AD_BAD_CERTIFICATE_HASH_VALUE: "TLS1_AD_BAD_CERTIFICATE_HASH_VALUE",
    TLS1_AD_UNKNOWN_PSK_IDENTITY: "TLS1_AD_UNKNOWN_PSK_IDENTITY",
}
TLSNewSessionTicket = TLSUnknownHandshake
TLSServerKeyExchange = TLSUnknownHandshake
TLSCertificateRequest = TLSUnknownHandshake
TLSServerHelloDone = TLSUnknownHandshake
TLSCertificateVerify = TLSUnknownHandshake
TLSClientKeyExchange = TLSUnknownHandshake
TLSFinished = TLSUnknownHandshake
HANDSHAKE_TYPES = {
    0: ("HelloRequest", TLSHelloRequest),
    1: ("ClientHello", TLSClientHello),
    2: ("ServerHello", TLSServerHello),
    4: ("NewSessionTicket", TLSNewSessionTicket),
    11: ("Certificate", TLSCertificate),
    12: ("ServerKeyExchange", TLSServerKeyExchange),
    13: ("CertificateRequest", TLSCertificateRequest),
    14: ("ServerHelloDone", TLSServerHelloDone),
    15: ("CertificateVerify", TLSCertificateVerify),
    16: ("ClientKeyExchange", TLSClientKeyExchange),
    20: ("Finished", TLSFinished),
}
RECORD_TYPES = {20: TLSChangeCipherSpec, 21: TLSAlert, 22: TLSHandshake, 23: TLSAppData}


def parse_variable_array(buf: bytes, lenbytes: int) -> tuple[bytes, int]:
    """Return the octets behind a length of so many octets, as far as they are there, and where they would end."""
    end = lenbytes + int.from_bytes(buf[:lenbytes], "big")
    return buf[lenbytes:end], end


def parse_extensions(buf: bytes) -> list[tuple[int, bytes]]:
    """Return the extensions of a list, which begins with its length: numbers and data."""
    return natives.tls_extensions(bytes(buf))  # type: ignore[no-any-return]


class SSLFactory:
    """Makes a record of TLS, or, of what is none, one of SSL 2."""

    def __new__(cls, buf: bytes) -> Any:
        """Return a record."""
        return TLSRecord(buf) if buf[1:3] in SSL3_VERSION_BYTES else SSL2(buf)


def tls_multi_factory(buf: bytes) -> tuple[list[TLSRecord], int]:
    """Return the whole records that stand one behind the other, and where they end; SSL3Exception where there is none."""
    found, wrong = natives.tls_split(bytes(buf))
    if wrong is not None:
        raise SSL3Exception(f"Bad TLS version in buf: {buf[wrong : wrong + 5]!r}")
    return [TLSRecord(buf[start:end]) for start, end in found], found[-1][1] if found else 0
