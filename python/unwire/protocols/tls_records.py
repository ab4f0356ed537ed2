"""What columns and filters see of TLS (RFC 8446): the records that a packet completes, and the handshake messages in them, over any number of
records and packets.

Streams are listened to in the ordered pass, so the layer stands on the packet that completes a record. Objects are in ssl.py.
"""

from unwire.declare import Packet, native, raw, u8, u16

# RFC 8446 appendices B.1 and B.3, in the words that Wireshark has for them.
_CONTENTS = {20: "Change Cipher Spec", 21: "Alert", 22: "Handshake", 23: "Application Data", 24: "Heartbeat"}
_MESSAGES = {
    0: "Hello Request", 1: "Client Hello", 2: "Server Hello", 3: "Hello Verify Request", 4: "New Session Ticket", 5: "End of Early Data",
    6: "Hello Retry Request", 8: "Encrypted Extensions", 11: "Certificate", 12: "Server Key Exchange", 13: "Certificate Request",
    14: "Server Hello Done", 15: "Certificate Verify", 16: "Client Key Exchange", 20: "Finished", 22: "Certificate Status", 24: "Key Update",
}  # fmt: skip


class TLSRecords(
    Packet, over={"message": 2}, name="tls", native="tls.said", service="ssl", info="{_type?$_type+,?$_content+}{_server_name? (SNI=$_server_name)}"
):
    """Transport Layer Security"""

    _records: bytes = raw("rest", b"")
    # A record of TLS 1.3 that is encrypted does not say what it holds.
    _content: list[u8] = native("record.type", "tls.record.content_type", names=_CONTENTS)
    _record_version: list[u16] = native("record.version", "tls.record.version", base="hex")
    _type: list[u8] = native("type", "tls.handshake.type", names=_MESSAGES)
    _version: list[u16] = native("version", "tls.handshake.version", base="hex")
    _server_name: str = native("server_name", "tls.handshake.extensions_server_name")
    _alpn: list[str] = native("alpn", "tls.handshake.extensions_alpn_str")
    _suite: list[u16] = native("suite", "tls.handshake.ciphersuite", base="hex")
    _supported_version: list[u16] = native("supported_version", "tls.handshake.extensions.supported_version", base="hex")
    _ja3: str = native("ja3", "tls.handshake.ja3")
    _ja3_full: str = native("ja3_full", "tls.handshake.ja3_full")
    _ja3s: str = native("ja3s", "tls.handshake.ja3s")
    _ja3s_full: str = native("ja3s_full", "tls.handshake.ja3s_full")
    _ja4: str = native("ja4", "tls.handshake.ja4")
    # Of certificates, of their status, and of the authorities that a request for one names, in this order.
    _printable: list[str] = native("name.printable", "x509sat.printableString")
    _utf8: list[str] = native("name.utf8", "x509sat.uTF8String")
    _teletex: list[str] = native("name.teletex", "x509sat.teletexString")
    _country: list[str] = native("name.country", "x509sat.CountryName")
    _dns_name: list[str] = native("name.dns", "x509ce.dNSName")
    _serial: list[bytes] = native("serial", "x509af.serialNumber")
