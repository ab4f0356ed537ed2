//! Filters as trees, asked of one frame: what each kind of test means with no value, with one and with several, that documents which make no sense
//! are refused with their place, and that lists mean what their items mean.

use std::sync::Arc;

use proptest::prelude::*;
use unwire::filter::{Facts, Filter, Matcher};
use unwire::reader::Bytes;
use unwire::schema::Schema;

/// A UDP datagram of DNS's port from 10.0.0.1 to 192.0.2.7, which carries five bytes.
const FRAME: &[u8] = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0\
    \x45\0\0\x21\0\0\0\0\x40\x11\0\0\x0a\0\0\x01\xc0\0\x02\x07\
    \x9c\x40\x04\xd2\0\x0d\0\0hello";

fn compiled(document: &str) -> Result<Arc<Filter>, String> {
    Filter::compile(Schema::built_in(), document).map(Arc::new).map_err(|error| error.message)
}

fn matches(document: &str) -> bool {
    let filter = compiled(document).unwrap_or_else(|error| panic!("{document}: {error}"));
    let facts = Facts { number: 7, wire_len: FRAME.len() as u32, ..Facts::default() };
    Matcher::new(filter).matches(1, Bytes(FRAME), &facts)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn field(name: &str) -> String {
    format!(r#"{{"field":{{"name":"{name}"}}}}"#)
}

fn compare(relation: &str, left: &str, right: &str, over: &str) -> String {
    format!(r#"{{"compare":{{"relation":"{relation}","left":{left},"right":{right},"over":"{over}"}}}}"#)
}

fn within(value: &str, ranges: &str, numbers: &str, texts: &str) -> String {
    format!(r#"{{"in":{{"value":{value},"ranges":{ranges},"numbers":{numbers},"texts":{texts}}}}}"#)
}

#[test]
fn no_value_makes_a_test_false_and_its_negation_true() {
    let absent = field("tcp.srcport");
    for test in [
        format!(r#"{{"exists":{absent}}}"#),
        format!(r#"{{"truth":{absent}}}"#),
        compare("eq", &absent, r#"{"number":1}"#, "any"),
        compare("ne", &absent, r#"{"number":1}"#, "all"),
        within(&absent, "[]", "[[0,65535]]", "[]"),
    ] {
        assert!(!matches(&test), "{test}");
        assert!(matches(&format!(r#"{{"not":{test}}}"#)), "{test}");
    }
}

#[test]
fn relations_are_of_any_or_of_all_values() {
    // udp.port has two values, 40000 and 1234.
    let port = field("udp.port");
    let number = |value: u32| format!(r#"{{"number":{value}}}"#);
    let cases = [
        ("eq", 1234, "any", true),
        ("eq", 1234, "all", false),
        ("ne", 1234, "any", true),
        ("ne", 1234, "all", false),
        ("ne", 5, "all", true),
        ("lt", 2000, "any", true),
        ("lt", 2000, "all", false),
        ("lt", 40001, "all", true),
        ("ge", 1234, "all", true),
        ("gt", 40000, "any", false),
        ("le", 1233, "any", false),
    ];
    for (relation, value, over, expected) in cases {
        assert_eq!(matches(&compare(relation, &port, &number(value), over)), expected, "{relation} {value} {over}");
    }
}

#[test]
fn tests_are_put_together() {
    let (yes, no) = (r#"{"and":[]}"#, r#"{"or":[]}"#);
    assert!(matches(yes) && !matches(no));
    assert!(matches(&format!(r#"{{"or":[{no},{yes}]}}"#)) && !matches(&format!(r#"{{"and":[{yes},{no}]}}"#)));
    assert!(matches(&format!(r#"{{"and":[{yes},{{"not":{no}}},{{"not":{{"not":{yes}}}}}]}}"#)));
}

#[test]
fn bytes_are_searched_and_sliced() {
    let payload = r#"{"protocol":{"name":"udp","payload":true}}"#;
    assert!(matches(&format!(r#"{{"contains":{{"left":{payload},"right":{{"bytes":"{}"}}}}}}"#, "656c6c")));
    assert!(matches(&format!(r#"{{"matches":{{"value":{payload},"pattern":"H.L+o$"}}}}"#)));
    assert!(!matches(&format!(r#"{{"matches":{{"value":{payload},"pattern":"H.L+o$","case":true}}}}"#)));
    let tail = format!(r#"{{"slice":[{payload},[{{"rest":-2}}]]}}"#);
    assert!(matches(&compare("eq", &tail, r#"{"bytes":"6c6f"}"#, "any")));
    let beyond = format!(r#"{{"slice":[{payload},[{{"count":[9,1]}}]]}}"#);
    assert!(!matches(&format!(r#"{{"exists":{beyond}}}"#)));
    assert!(matches(&compare("eq", "\"frame\"", &format!(r#"{{"bytes":"{}"}}"#, hex(FRAME)), "any")));
}

#[test]
fn arithmetic_and_functions() {
    let sum = format!(r#"{{"binary":["add",{},{{"number":5}}]}}"#, field("ip.ttl"));
    assert!(matches(&compare("eq", &sum, r#"{"number":69}"#, "any")));
    let bits = format!(r#"{{"binary":["and",{},{{"number":63}}]}}"#, field("ip.ttl"));
    assert!(!matches(&format!(r#"{{"truth":{bits}}}"#)));
    let nothing = format!(r#"{{"binary":["div",{},{{"number":0}}]}}"#, field("ip.ttl"));
    assert!(!matches(&format!(r#"{{"exists":{nothing}}}"#)));
    let count = format!(r#"{{"call":["count",[{}]]}}"#, field("udp.port"));
    assert!(matches(&compare("eq", &count, r#"{"number":2}"#, "any")));
}

#[test]
fn addresses_have_bits_that_count() {
    let address = |bits: u32| format!(r#"{{"address":["c0000200",{bits}]}}"#);
    assert!(matches(&compare("eq", &field("ip.dst"), &address(24), "any")));
    assert!(!matches(&compare("eq", &field("ip.dst"), &address(32), "any")));
    assert!(matches(&compare("ne", &field("ip.src"), &address(24), "all")));
    assert!(!matches(&compare("ne", &field("ip.addr"), &address(24), "all")));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let number = r#"{"number":1}"#;
    for (document, says) in [
        ("", ""),
        ("{}", ""),
        (r#"{"perhaps":[]}"#, "perhaps"),
        (&format!(r#"{{"exists":{}}}"#, field("ip.tll")), "unknown field"),
        (r#"{"exists":{"protocol":{"name":"ipx9","payload":false}}}"#, "unknown protocol"),
        (&compare("eq", &field("ip.ttl"), r#"{"bytes":"ff"}"#, "any"), ""),
        (&compare("eq", r#"{"bytes":"f"}"#, r#"{"bytes":"ff"}"#, "any"), "hexadecimal"),
        (&within(&field("ip.ttl"), "[]", "[]", r#"[["61","61"]]"#), ""),
        (&within(&field("eth.src"), "[]", "[[1,2]]", "[]"), ""),
        (&format!(r#"{{"matches":{{"value":{},"pattern":"("}}}}"#, field("dns.qry.name")), ""),
        (&format!(r#"{{"contains":{{"left":{number},"right":{number}}}}}"#), ""),
        (&format!("{}{number}{}", r#"{"not":"#.repeat(400), "}".repeat(400)), ""),
    ] {
        let error = compiled(document).err().unwrap_or_else(|| panic!("{document} is taken"));
        assert!(error.contains(says), "{document}: {error}");
    }
}

proptest! {
    #[test]
    fn a_list_means_what_its_items_mean(ranges in prop::collection::vec((0_u32..300, 0_u32..300), 0..40), value in 0_u32..300) {
        let is_in = ranges.iter().any(|(low, high)| (low..=high).contains(&&value));
        let numbers = serde_json::to_string(&ranges).expect("numbers");
        let one = format!(r#"{{"number":{value}}}"#);
        prop_assert_eq!(matches(&within(&one, "[]", &numbers, "[]")), is_in);
        let operands: Vec<_> = ranges.iter().map(|(low, high)| format!(r#"[{{"number":{low}}},{{"number":{high}}}]"#)).collect();
        prop_assert_eq!(matches(&within(&one, &format!("[{}]", operands.join(",")), "[]", "[]")), is_in);
        // Bytes are ordered as texts are, and of four digits so are these.
        let hex = |number: u32| format!("{number:08x}");
        let texts: Vec<_> = ranges.iter().map(|(low, high)| (hex(*low), hex(*high))).collect();
        let texts = serde_json::to_string(&texts).expect("texts");
        prop_assert_eq!(matches(&within(&format!(r#"{{"bytes":"{}"}}"#, hex(value)), "[]", "[]", &texts)), is_in);
    }

    #[test]
    fn no_document_is_too_much(document in "[\\[\\]{}\",:a-z0-9 ]{0,200}") {
        let _ = compiled(&document);
    }
}
