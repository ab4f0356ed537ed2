"""Every option of the reference: its bytes, its class, and its fields as PyPCAPKit names them."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

from unwire.protocols.mptcp import MPTCPCapable, MPTCPJoinACK, MPTCPJoinSYN, MPTCPJoinSYNACK
from unwire.protocols.mptcp_data import (
    MPTCPDSS, MPTCPAddAddress, MPTCPFallback, MPTCPFastclose, MPTCPPriority, MPTCPRemoveAddress, MPTCPReset, MPTCPUnknown,
)  # fmt: skip
from unwire.protocols.numbers.tcp import Checksum
from unwire.protocols.tcp_options import (
    SACK, AccECN0, AccECN1, Authentication, EndOfOptionList, FastOpenCookie, MaximumSegmentSize, MD5Signature, NoOperation, QuickStartResponse, SACKBlock,
    SACKPermitted, Timestamps, UnassignedOption, UserTimeout, WindowScale,
)  # fmt: skip
from unwire.protocols.tcp_options_rare import (
    CC, AlternateChecksumData, AlternateChecksumRequest, CCEcho, CCNew, Echo, EchoReply, Experimental, ExperimentalAccECN0, ExperimentalFastOpen,
    OpaqueOption, PartialOrderConnectionPermitted, PartialOrderServiceProfile,
)  # fmt: skip

KEY, MAC8, MAC20 = 0x0102030405060708, b"abcdefgh", bytes(range(20))

#: class, bytes, fields. Table A2, then A3.
GOOD = [
    (EndOfOptionList, "00", {}),
    (NoOperation, "01", {}),
    (MaximumSegmentSize, "020405b4", {"mss": 1460}),
    (WindowScale, "030307", {"shift": 7}),
    (SACKPermitted, "0402", {}),
    (SACK, "050a0000000100000002", {"sack": (SACKBlock(left=1, right=2),)}),
    (SACK, "051200000001000000020000000300000004", {"sack": (SACKBlock(left=1, right=2), SACKBlock(left=3, right=4))}),
    (Echo, "060601020304", {"data": b"\1\2\3\4"}),
    (EchoReply, "070601020304", {"data": b"\1\2\3\4"}),
    (Timestamps, "080a0000000100000002", {"timestamp": 1, "echo": 2}),
    (PartialOrderConnectionPermitted, "0902", {}),
    (PartialOrderServiceProfile, "0a0380", {"start": True, "end": False}),
    (PartialOrderServiceProfile, "0a0340", {"start": False, "end": True}),
    (CC, "0b0600000007", {"cc": 7}),
    (CCNew, "0c0600000007", {"cc": 7}),
    (CCEcho, "0d0600000007", {"cc": 7}),
    (AlternateChecksumRequest, "0e0302", {"chksum": Checksum.Fletcher_s_algorithm_16_bit}),
    (AlternateChecksumRequest, "0e0309", {"chksum": Checksum(9)}),
    (AlternateChecksumData, "0f050a0b0c", {"data": b"\n\x0b\x0c"}),
    (MD5Signature, "1312000102030405060708090a0b0c0d0e0f", {"digest": bytes(range(16))}),
    (QuickStartResponse, "1b080503" + "00000008", {"req_rate": 1280, "ttl_diff": 3, "nonce": 2}),
    (QuickStartResponse, "1b080000" + "00000000", {"req_rate": 0, "ttl_diff": 0, "nonce": 0}),
    (UserTimeout, "1c04012c", {"timeout": timedelta(minutes=5), "granularity": False}),
    (UserTimeout, "1c048005", {"timeout": timedelta(minutes=5), "granularity": True}),
    (Authentication, "1d040102", {"key_id": 1, "next_key_id": 2, "mac": b""}),
    (Authentication, "1d10010200112233445566778899aabb", {"key_id": 1, "next_key_id": 2, "mac": bytes.fromhex("00112233445566778899aabb")}),
    (FastOpenCookie, "2202", {"cookie": None}),
    (FastOpenCookie, "220a0102030405060708", {"cookie": bytes(range(1, 9))}),
    (UnassignedOption, "c805010203", {"data": b"\1\2\3"}),
    (UnassignedOption, "4504abcd", {"data": b"\xab\xcd"}),
    (OpaqueOption, "14040100", {"data": b"\1\0"}),
    (OpaqueOption, "4c0401ff", {"data": b"\1\xff"}),
    (AccECN0, "ac02", {"ee0b": None, "eceb": None, "ee1b": None}),
    (AccECN0, "ac0b000001000002000003", {"ee0b": 1, "eceb": 2, "ee1b": 3}),
    (AccECN1, "ae08000001000002", {"ee1b": 1, "eceb": 2, "ee0b": None}),
    (Experimental, "fd06e2d40102", {"exid": 0xE2D4, "data": b"\1\2"}),
    (ExperimentalFastOpen, "fe04f989", {"exid": 0xF989, "cookie": None}),
    (ExperimentalFastOpen, "fe0cf9890102030405060708", {"exid": 0xF989, "cookie": bytes(range(1, 9))}),
    (ExperimentalAccECN0, "fe0aacc0000001000002", {"ee0b": 1, "eceb": 2, "ee1b": None}),
    (MPTCPCapable, "1e040181", {"version": 1, "flags": (True, False, True), "skey": None, "rkey": None}),
    (MPTCPCapable, "1e0c00810102030405060708", {"version": 0, "flags": (True, False, True), "skey": KEY, "rkey": None}),
    (MPTCPCapable, "1e14000101020304050607080102030405060708", {"version": 0, "skey": KEY, "rkey": KEY, "dl_len": None}),
    (MPTCPCapable, "1e160101010203040506070801020304050607080005", {"version": 1, "rkey": KEY, "dl_len": 5, "checksum": None}),
    (MPTCPCapable, "1e1801810102030405060708010203040506070800056162", {"rkey": KEY, "dl_len": 5, "checksum": b"ab"}),
    (MPTCPCapable, "1e040121", {"alone": True}),
    (MPTCPJoinSYN, "1e0c1102aabbccdd11223344", {"backup": True, "addr_id": 2, "token": 0xAABBCCDD, "nonce": 0x11223344}),
    (MPTCPJoinSYNACK, "1e101002616263646566676811223344", {"backup": False, "addr_id": 2, "hmac": MAC8, "nonce": 0x11223344}),
    (MPTCPJoinACK, "1e181000" + MAC20.hex(), {"hmac": MAC20}),
    (MPTCPDSS, "1e08200100000007", {"data_fin": False, "ack": 7, "dsn": None, "ssn": None, "dl_len": None, "checksum": None}),
    (MPTCPDSS, "1e0c20030000000100000007", {"ack": 0x100000007, "dsn": None}),
    (MPTCPDSS, "1e0e20040000000900000001000a", {"ack": None, "dsn": 9, "ssn": 1, "dl_len": 10, "checksum": None}),
    (MPTCPDSS, "1e12200500000007" + "0000000900000001000a", {"ack": 7, "dsn": 9, "ssn": 1, "dl_len": 10, "checksum": None}),
    (MPTCPDSS, "1e14200500000007" + "0000000900000001000a6162", {"ack": 7, "dsn": 9, "checksum": b"ab"}),
    (MPTCPDSS, "1e1a200f" + "0000000100000007" + "0000000100000009" + "00000001000a", {"ack": 0x100000007, "dsn": 0x100000009, "checksum": None}),
    (MPTCPDSS, "1e1c201f" + "0000000100000007" + "0000000100000009" + "00000001000a6162", {"data_fin": True, "checksum": b"ab"}),
    (MPTCPAddAddress, "1e0834010a000001", {"version": 4, "addr_id": 1, "addr": ip_address("10.0.0.1"), "port": None}),
    (MPTCPAddAddress, "1e0a34010a0000010050", {"addr": ip_address("10.0.0.1"), "port": 80}),
    (MPTCPAddAddress, "1e143602" + "00" * 15 + "01", {"version": 6, "addr": ip_address("::1"), "port": None}),
    (MPTCPAddAddress, "1e163602" + "00" * 15 + "010050", {"version": 6, "addr": ip_address("::1"), "port": 80}),
    (MPTCPAddAddress, "1e0831010a000001", {"version": 4, "echo": True, "addr": ip_address("10.0.0.1"), "hmac": None}),
    (MPTCPAddAddress, "1e1030010a000001" + MAC8.hex(), {"version": 4, "echo": False, "addr": ip_address("10.0.0.1"), "port": None, "hmac": MAC8}),
    (MPTCPAddAddress, "1e1230010a0000010050" + MAC8.hex(), {"port": 80, "hmac": MAC8}),
    (MPTCPAddAddress, "1e1c3002" + "00" * 15 + "01" + MAC8.hex(), {"version": 6, "addr": ip_address("::1"), "hmac": MAC8}),
    (MPTCPAddAddress, "1e1e3002" + "00" * 15 + "010050" + MAC8.hex(), {"addr": ip_address("::1"), "port": 80, "hmac": MAC8}),
    (MPTCPRemoveAddress, "1e064001" + "0203", {"addr_id": (1, 2, 3)}),
    (MPTCPPriority, "1e0351", {"backup": True, "addr_id": None}),
    (MPTCPPriority, "1e045003", {"backup": False, "addr_id": 3}),
    (MPTCPFallback, "1e0c6000" + "0102030405060708", {"dsn": KEY}),
    (MPTCPFastclose, "1e0c7000" + "0102030405060708", {"rkey": KEY}),
    (MPTCPReset, "1e048102", {"transient": True, "u": False, "reset_reason": 2}),
    (MPTCPUnknown, "1e05f00102", {"data": b"\1\2"}),
]

#: A size that the seed refuses, and what it is: the rule of each row.
BAD = [
    "0203ff", "0205ffffff", "0302", "030400ff", "0403ff", "0502", "0509" + "ff" * 7, "0605ffffff", "0702", "0809" + "ff" * 7, "0903ff", "0a02", "0b02",
    "0c05ffffff", "0d0700ff00ff00", "0e02", "131100" + "ff" * 14, "1b07" + "ff" * 5, "1c03ff", "1d03ff", "2203ff", "220bff" + "ff" * 8, "ac03ff",
    "fe03ff", "1e0d10" + "ff" * 10, "1e0b0000" + "ff" * 7, "1e0820050000ffff", "1e0934010a000001ff", "1e0340", "1e055003ff", "1e0b6000" + "ff" * 7,
    "1e107000" + "ff" * 12, "1e0980" + "ff" * 6,
]  # fmt: skip
