"""A wrong declaration fails when the class is made, and the message names class and field."""

from __future__ import annotations

from typing import Any

import pytest

from unwire.declare import (
    DeclarationError,
    Ip4,
    Packet,
    Part,
    bits,
    by,
    checksum,
    column,
    field,
    flag,
    raw,
    reading,
    repeat,
    switch,
    u8,
    u16,
    u32,
    u32_little,
)
from unwire.declare.expression import parse


def declare(body: dict[str, Any], annotations: dict[str, Any], **keywords: Any) -> type:
    """Make a class as a class statement would."""
    return type(Packet)("Bad", (Packet,), {"__module__": __name__, "__annotations__": annotations, **body}, **keywords)


WRONG = [
    ("an unknown field", {"hl": field(), "opts": raw("hdrlen - 20")}, {"hl": u8, "opts": bytes}, {},
     "Bad.opts: size uses unknown field 'hdrlen'; did you mean 'hl'?"),
    ("a field used before it is read", {"opts": raw("hl"), "hl": field()}, {"opts": bytes, "hl": u8}, {}, "Bad.opts: size uses unknown field 'hl'"),
    ("a default where a word belongs", {"hl": 5}, {"hl": u8}, {}, "Bad.hl: write field.5. for a default"),
    ("no annotation", {"hl": field()}, {}, {}, "Bad.hl: say what a type checker sees"),
    ("no wire type", {"hl": field()}, {"hl": int}, {}, "Bad.hl: .* is no wire type"),
    ("a number where the column's name belongs", {"hl": field(1, 2)}, {"hl": u8}, {}, "the column name is 2; the default comes first"),
    ("a call that expressions do not have", {"hl": raw("open('x')")}, {"hl": bytes}, {}, "Bad.hl: size uses \"open\\('x'\\)\""),
    ("no expression at all", {"hl": raw("4 *")}, {"hl": bytes}, {}, "Bad.hl: size is not an expression"),
    ("an unknown keyword", {}, {}, {"ovr": {"link": 1}}, "Bad: unknown keyword 'ovr'; did you mean 'over'?"),
    ("a link that is no link", {}, {}, {"next": "ip.proto"}, "Bad: next takes by"),
    ("an over without numbers", {}, {}, {"over": {"link": "one"}}, "Bad: over takes numbers for 'link'"),
    ("a role that flows do not have", {}, {}, {"flow": {"sorce": "1"}}, "Bad: flow has no role 'sorce'; did you mean 'source'?"),
    ("an unknown checksum", {"sum": checksum(how="crc16")}, {"sum": u16}, {}, "Bad.sum: no checksum 'crc16'; did you mean"),
    ("a reading of nothing", {"options": reading("opts", repeat(u8))}, {"options": list}, {}, "Bad.options: reads unknown field 'opts'"),
    ("no byte to peek at", {"a": raw("peek(0)")}, {"a": bytes}, {}, "Bad.a: size: peek reads 1 to 8 bytes, not 0"),
    ("nine bytes to peek at", {"a": raw("peek(9, 1)")}, {"a": bytes}, {}, "Bad.a: size: peek reads 1 to 8 bytes, not 9"),
    ("fewer than no zeros", {"a": raw("zeros(-1)")}, {"a": bytes}, {}, "Bad.a: size: zeros looks at 0 or more bytes, not -1"),
    ("an item where there is none", {"a": field(must="item == 0")}, {"a": u8}, {}, "Bad.a: must uses item, which is only there in a repeat's until"),
    ("an item's field where there is none", {"a": raw("item.b")}, {"a": bytes}, {}, "Bad.a: size uses item, which is only there"),
    ("65 bits", {"a": field(), "b": bits(65)}, {"a": u8, "b": int}, {}, "Bad.b: bits takes 1 to 64"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "annotations", "keywords", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_declaration_names_its_field(body: dict[str, Any], annotations: dict[str, Any], keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        declare(body, annotations, **keywords)


EXPRESSIONS = [
    ("4 * hl - 20", ["-", ["*", 4, "hl"], 20]),
    ("len if len else left", ["if", "len", "len", "left"]),
    ("flags & 0xC000 and not v", ["and", ["&", "flags", 0xC000], ["not", "v"]]),
    ("0 <= hl < 5", ["and", ["<=", 0, "hl"], ["<", "hl", 5]]),
    ("peek(1) >> 4", [">>", ["peek", 1], 4]),
    ("not item.follows", ["not", ["item", "follows"]]),
    ("-hl", ["neg", "hl"]),
]


@pytest.mark.parametrize(("text", "tree"), EXPRESSIONS)
def test_expressions_are_sent_as_trees(text: str, tree: object) -> None:
    assert parse(text, ["hl", "len", "flags", "v"], "test", item="item" in text) == tree


def test_a_member_of_a_family_has_its_roots_fields_first() -> None:
    class Option(Part, next=by("kind", "test.option"), size="length"):
        kind: u8
        length: u8

    class Address(Option, over={"test.option": 7}):
        address: Ip4

    assert [f["name"] for f in Address.__layer__["fields"]] == ["kind", "length", "address"]
    assert Address.__layer__["family"] == Option.__layer__["id"]


def test_dpkt_spelling_is_the_same_declaration() -> None:
    class Spelled(Packet, name="same"):
        a: u16 = field(1)
        b: int = bits(4)
        c: int = bits(12)
        d: bytes = raw(4)

    class Classic(Packet, name="same"):
        __hdr__ = (("a", "H", 1), ("d", "4s", b""))
        __bit_fields__ = {"a": (("b", 4), ("c", 12))}  # noqa: RUF012 - dpkt's spelling

    def plain(cls: type[Packet]) -> list[Any]:
        return [(f["name"], f["type"]) for f in cls.__layer__["fields"]]

    assert plain(Classic) == plain(Spelled)


def test_dpkts_header_takes_the_place_of_the_inherited_one() -> None:
    class Framed(Packet):
        __hdr__ = (("addr", "B", 255), ("p", "B", 33))

    class Bare(Framed):
        __hdr__ = (("p", "B", 33),)

    assert [f["name"] for f in Bare.__layer__["fields"]] == ["p"]


def test_a_fresh_class_has_its_own_fields_and_the_links_it_inherits() -> None:
    class Quote(Packet, name=None, next=by("peek(1) >> 4", "test.version")):
        pad: u32 = field(0)

    class Redirect(Quote, name=None, fresh=True):
        gateway: u32 = field(0)

    assert [f["name"] for f in Redirect.__layer__["fields"]] == ["gateway"]
    assert Redirect.__layer__["next"] == Quote.__layer__["next"]


def test_bits_can_state_a_size() -> None:
    class Header(Packet):
        _v_hl: u8 = field(0x45)
        v: int = bits(4, 4)
        hl: int = bits(4, 5, of="header", value="size // 4")
        opts: bytes = raw("4 * hl - 1")

    stated = Header.__layer__["fields"][2]
    assert stated["length"]["of"] == "header"
    assert stated["length"]["value"]


def test_a_flag_is_a_number_in_python_and_a_boolean_as_a_column() -> None:
    class Flags(Packet):
        _flags: u8 = field(0)
        df: flag = bits(1, 0, "test.df")
        shown: flag = column("df", "test.shown")

    assert Flags.__layer__["fields"][1]["type"] == {"t": "bits", "n": 1, "bool": True, "number": True}
    assert Flags.__layer__["fields"][2]["type"]["as"] == {"t": "bool"}


def test_a_switch_has_an_initial_value_and_types_their_own_order() -> None:
    class Loop(Packet):
        family: u32 = switch("peek(4) <= 0xFFFF", {0: u32_little}, u32, initial=2)

    (family,) = Loop.__layer__["fields"]
    assert family["default"] == 2
    assert family["type"]["cases"] == [[0, {"t": "uint", "n": 4, "order": "little"}]]


def test_a_fresh_class_has_no_field_of_the_class_it_derives_from() -> None:
    from unwire.dpkt.icmp import ICMP
    from unwire.protocols.ieee8021ad import IEEE8021ad

    redirect = ICMP.Redirect(gw=0x0A000001)
    assert (redirect.gw, hasattr(redirect, "pad")) == (0x0A000001, False)
    with pytest.raises(AttributeError, match="'IEEE8021ad' object has no attribute 'trailer'"):
        _ = IEEE8021ad(bytes(4)).trailer
    redirect.pad = 3
    assert (redirect.pad, bytes(redirect)) == (3, b"\x0a\x00\x00\x01")
