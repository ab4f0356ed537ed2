#!/usr/bin/env python3
"""Carries a network interface over another as VLAN tags or GRE, in user space.

    carrier.py vlan TAP UNDER TAG[,TAG]      e.g. vlan office30 lan0 30     or qinq: 100,30
    carrier.py gre  TUN LOCAL REMOTE KEY     e.g. gre gre0 198.51.100.1 198.51.100.20 7

Small kernels come without the 8021q and ip_gre modules; the captures should not depend on them. The
interface appears in the current network namespace and disappears with the process. Needs root. Not a
part of unwire: it makes traffic for the example captures and knows nothing of how it is read.
"""

import contextlib
import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
SOL_PACKET, PACKET_AUXDATA, ETH_P_ALL = 263, 8, 3
DOT1Q, DOT1AD, GRE = 0x8100, 0x88A8, 47


def tunnel(name, mode):
    """A TUN (packets) or TAP (frames) interface of that name, as a file descriptor."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), mode | IFF_NO_PI))
    return device


def shuttle(device, wire, outward, inward):
    """Moves packets both ways for ever; inward answers None for what is not ours."""
    while True:
        ready, _, _ = select.select([device, wire], [], [])
        # What cannot be sent is lost, as on a cable: the other end may not be there yet, and says so by ICMP.
        with contextlib.suppress(OSError):
            if device in ready:
                outward(os.read(device, 65536))
        with contextlib.suppress(OSError):
            if wire in ready and (packet := inward()) is not None:
                os.write(device, packet)


def vlan(name, under, tags):
    """Frames of a TAP interface, tagged on the wire: one 802.1Q tag, or 802.1ad around it."""
    numbers = [int(tag) for tag in tags.split(",")]
    tpids = [DOT1AD] * (len(numbers) - 1) + [DOT1Q]
    tag = b"".join(struct.pack(">HH", tpid, number) for tpid, number in zip(tpids, numbers, strict=True))
    device = tunnel(name, IFF_TAP)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    wire.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    wire.bind((under, ETH_P_ALL))

    def outward(frame):
        wire.send(frame[:12] + tag + frame[12:])

    def inward():
        frame, extra, _, address = wire.recvmsg(65536, 64)
        if address[2] == socket.PACKET_OUTGOING:
            return None
        for _, _, data in extra:  # the kernel takes the outer tag out of the frame and tells it apart
            status, _, _, _, _, outer, tpid = struct.unpack_from("=IIIHHHH", data)
            if status & 0x10:
                frame = frame[:12] + struct.pack(">HH", tpid if status & 0x40 else DOT1Q, outer) + frame[12:]
        kind = frame[12 + len(tag) : 14 + len(tag)]
        ours = frame[12 : 12 + len(tag)] == tag and kind not in (b"\x81\x00", b"\x88\xa8")
        return frame[:12] + frame[12 + len(tag) :] if ours else None

    shuttle(device, wire, outward, inward)


def gre(name, local, remote, key):
    """Packets of a TUN interface inside GRE with a key (RFC 2784, RFC 2890) over IPv4."""
    device = tunnel(name, IFF_TUN)
    wire = socket.socket(socket.AF_INET, socket.SOCK_RAW, GRE)
    wire.bind((local, 0))
    wire.connect((remote, 0))
    key = struct.pack(">I", int(key))

    def outward(packet):
        kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
        wire.send(struct.pack(">HH", 0x2000, kind) + key + packet)

    def inward():
        datagram = wire.recv(65536)
        start = (datagram[0] & 15) * 4
        return datagram[start + 8 :] if datagram[start + 4 : start + 8] == key else None

    shuttle(device, wire, outward, inward)


if __name__ == "__main__":
    if len(sys.argv) < 5 or sys.argv[1] not in ("vlan", "gre"):
        sys.exit(__doc__)
    {"vlan": vlan, "gre": gre}[sys.argv[1]](*sys.argv[2:])
