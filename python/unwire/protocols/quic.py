"""QUIC (RFC 9000, RFC 9369): the long headers of a datagram's packets. What a handshake says in them is in tls_records.py.

Flows are known by the first packet of a known version that they begin with, on any port, so the layer comes from the ordered pass.
"""

from unwire.declare import Packet, native, raw, u8, u32


class QUIC(Packet, over={"message": 4}, name="quic", native="quic", service="quic"):
    """QUIC"""

    _datagram: bytes = raw("rest", b"")
    # True for each packet with a long header, false for one with a short header behind them.
    _long: list[bool] = native("long", "quic.header_form")
    _kind: list[u8] = native("kind", "quic.long.packet_type")
    _second: list[u8] = native("kind.v2", "quic.long.packet_type_v2")
    _version: list[u32] = native("version", "quic.version", base="hex")
    _target: list[bytes] = native("target", "quic.dcid")
    _source: list[bytes] = native("source", "quic.scid")
    _token: list[bytes] = native("token", "quic.token")
