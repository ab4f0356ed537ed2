"""Teredo: IPv6 over UDP through NATs (RFC 4380), with its authentication and origin indications."""

from unwire.declare import Packet, by, field, raw, u8, u16, when


class Teredo(
    Packet,
    over={"udp.port": 3544},
    when="peek(1) >> 4 == 6 or peek(2) < 2",
    next=by("peek(1) >> 4", "ip.version", when="peek(1) >> 4 == 6"),
    service="teredo",
):
    """Teredo IPv6 over UDP Tunneling"""

    # RFC 4380, 5.1.1: indications stand before the packet, authentication before origin.
    auth_type: u16 = when("peek(2) == 1", field(1))
    idlen: u8 = when("auth_type", field(0, "teredo.auth.idlen"))
    aulen: u8 = when("auth_type", field(0, "teredo.auth.aulen"))
    id: bytes = when("auth_type", raw("idlen", b"", "teredo.auth.id"))
    value: bytes = when("auth_type", raw("aulen", b"", "teredo.auth.value"))
    nonce: bytes = when("auth_type", raw("8", bytes(8), "teredo.auth.nonce"))
    conf: bytes = when("auth_type", raw("1", bytes(1), "teredo.auth.conf"))
    # Port and address are sent inverted, so that no NAT rewrites them.
    origin: bytes = when("left >= 8 and peek(2) == 0", raw("8"))
