"""Measures lazily decoded objects against dpkt: decode, 5-tuple, Counter, on the first packets of a capture.

``maturin develop --release -m benches/objects/Cargo.toml && python benches/objects/spike.py benches/data/big.pcap``
"""

import sys
import time
from collections import Counter

import dpkt
import objects

import unwire


def make(name: str, layer: str) -> tuple[int, type]:
    """Make a class for a layer."""
    cls = type(name, (objects.Base,), {})
    return objects.declare(cls, f"unwire.protocols.{layer}"), cls


LAYERS = {n: make(n, f"{m}.{n}") for n, m in [("Ethernet", "ethernet"), ("IP", "ip"), ("IP6", "ip6"), ("TCP", "tcp"), ("UDP", "udp")]}
objects.register(list(LAYERS.values()))
Ethernet, IP, IP6, TCP, UDP = (cls for _, cls in LAYERS.values())


def recipe(frames: list[bytes], ethernet: type, ip4: type, ip6: type, transports: tuple[type, ...]) -> Counter:
    """The recipe of the field: who talks to whom over what."""
    flows: Counter = Counter()
    for frame in frames:
        ip = ethernet(frame).data
        if isinstance(ip, (ip4, ip6)):
            transport = ip.data
            if isinstance(transport, transports):
                flows[ip.src, ip.dst, transport.__class__, transport.sport, transport.dport] += 1
    return flows


def main() -> None:
    """Print seconds a packet and the ratio, best of seven alternating runs."""
    frames = []
    for frame in unwire.open(sys.argv[1]):
        # Tags are folded by dpkt and not by this measurement.
        if frame.protocols.split(":")[2:3] != ["vlan"]:
            frames.append(bytes(frame))
        if len(frames) == 100_000:
            break
    best = {"objects": 9.0, "dpkt": 9.0}
    for _ in range(7):
        for name, classes in (
            ("objects", (Ethernet, IP, IP6, (TCP, UDP))),
            ("dpkt", (dpkt.ethernet.Ethernet, dpkt.ip.IP, dpkt.ip6.IP6, (dpkt.tcp.TCP, dpkt.udp.UDP))),
        ):
            start = time.perf_counter()
            flows = recipe(frames, *classes)
            best[name] = min(best[name], time.perf_counter() - start)
            print(name, len(flows), sum(flows.values()), file=sys.stderr)
    for name, seconds in best.items():
        print(f"{name}: {seconds / len(frames) * 1e6:.2f} µs a packet")
    print(f"ratio {best['dpkt'] / best['objects']:.1f}")


if __name__ == "__main__":
    main()
