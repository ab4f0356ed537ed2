"""dpkt's own tests, run against unwire. What fails on purpose is in `DELIBERATE`, with its reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import unwire
from conftest import ROOT

dpkt = pytest.importorskip("dpkt")
TOOL = ROOT.parent / "shared" / "tools" / "dpkt_suite.py"
MODULES = (
    "ethernet llc arp ip ip6 ipip icmp icmp6 igmp tcp udp sctp gre ah esp ppp pppoe stp cdp dtp edp aoe aoecfg aoeata hsrp vrrp pim ospf rip "
    "sll sll2 loopback ipx utils compat crc32c dpkt dns http ssl ssl_ciphersuites"
)

DELIBERATE = {
    "ah::test_default_creation": "RFC 4302 section 2.2: a header of twelve octets states its length as 1; dpkt sends 0, which says eight octets",
    "dtp::test_creation": "DTP's lengths count their own four octets; dpkt's test has a frame that no switch sends",
    "ethernet::test_eth_llc_ipx": "IPX ends where its length says; the octet behind it is LLC's filling, which dpkt takes for data",
    "ethernet::test_eth_novell": "the all-ones of a raw 802.3 frame are IPX's checksum; dpkt reads the header two octets late",
    "pim::test_pim": "a checksum that packing filled in is filled in again when the packet has changed; dpkt's is stale",
    "pppoe::test_pppoe_session": "a protocol number that came whole is sent whole; dpkt compresses it (RFC 2516 section 7 advises against)",
    "sctp::test_malformed_sctp_data_chunk": "a chunk's length counts its header (RFC 9260), so 0 is no chunk; dpkt cuts with a negative index",
    "dns::test_mx": "a preference is a number; dpkt has a tuple of one, which it cannot pack",
}


def test_dpkt_s_own_tests(tmp_path: Path) -> None:
    if not TOOL.is_file():
        pytest.skip(f"the tool is not at {TOOL.relative_to(ROOT.parent)} beside the checkout")
    found = tmp_path / "outcome.json"
    source = Path(dpkt.__file__).parents[1]
    command = [sys.executable, str(TOOL), "--package", "unwire.dpkt", "--dpkt-src", str(source), "--only", ",".join(MODULES.split())]
    environment = {**os.environ, "PYTHONPATH": str(Path(unwire.__file__).parents[1])}
    done = subprocess.run([*command, "--json", str(found)], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=300, check=False)
    assert found.is_file(), done.stderr
    results = json.loads(found.read_text())["tests"]
    failed = {f"{one['module']}::{one['test']}" for one in results if one["status"] not in ("pass", "skip")}
    assert failed == set(DELIBERATE), done.stdout[-3000:]
    assert sum(one["status"] == "pass" for one in results) >= 117


def test_the_page_of_differences_is_made_of_the_lists() -> None:
    from differences_page import PAGE, page

    assert PAGE.read_text(encoding="utf-8") == page(), "run python tests/dpkt/differences_page.py"
