//! The log of DNS, with Zeek's columns and Zeek's texts: questions and answers joined by connection and number, first in first out. Messages are
//! read in dns.rs.

use std::collections::VecDeque;

use super::Mark;
use super::dns::{Data, Message, Record, Section, kind};
use super::ja::hex;
use super::log_weird::Weird;
use super::row::{Cell, Form, Log, Rows, Said, Talk};
use super::speaker::Keep;
use super::spoken::Found;

/// The columns.
pub static DNS: Log = Log {
    name: "dns",
    row: "question of DNS with its answer",
    shown: &["ts", "id.orig_h", "id.resp_h", "query", "qtype_name", "rcode_name", "answers", "rtt"],
    listens: |stream, dns, payload| dns && (stream || payload.len() >= 12),
    talks: true,
    columns: &[
        ("proto", Form::Text),
        ("trans_id", Form::Count),
        ("rtt", Form::Duration),
        ("query", Form::Text),
        ("qclass", Form::Count),
        ("qclass_name", Form::Text),
        ("qtype", Form::Count),
        ("qtype_name", Form::Text),
        ("rcode", Form::Count),
        ("rcode_name", Form::Text),
        ("AA", Form::Truth),
        ("TC", Form::Truth),
        ("RD", Form::Truth),
        ("RA", Form::Truth),
        ("Z", Form::Count),
        ("answers", Form::Texts),
        ("TTLs", Form::Durations),
        ("rejected", Form::Truth),
        ("AD", Form::Truth),
        ("CD", Form::Truth),
        ("frames", Form::Counts),
    ],
};

/// Questions of one connection that wait for their answers.
const MOST_WAITING: usize = 4096;

/// What is kept of a message.
#[derive(Clone, Debug)]
struct Half {
    id: u16,
    flags: u16,
    question: Option<(String, u16, u16)>,
    mark: Mark,
}

/// A connection.
#[derive(Debug, Default)]
pub struct DnsLog {
    waiting: VecDeque<Half>,
}

impl DnsLog {
    /// A message.
    fn message(&mut self, message: &Message<'_>, mark: Mark, talk: &Talk, rows: &mut Rows) {
        let question = message.questions.first().map(|one| (one.name.zeek(), one.kind, one.class));
        let half = Half { id: message.id, flags: message.flags, question, mark };
        if talk.multicast {
            let answer = message.is_response().then_some((message, mark));
            row(if message.is_response() { None } else { Some(&half) }, answer, talk, rows);
        } else if message.is_response() {
            let at = self.waiting.iter().position(|one| one.id == message.id);
            let asked = at.and_then(|at| self.waiting.remove(at));
            if asked.is_none() {
                Weird { name: "dns_unmatched_reply", more: None, source: "DNS", time: mark.time, frame: mark.frame }.put(talk, rows);
            }
            row(asked.as_ref(), Some((message, mark)), talk, rows);
        } else {
            if self.waiting.len() >= MOST_WAITING
                && let Some(first) = self.waiting.pop_front()
            {
                row(Some(&first), None, talk, rows);
            }
            self.waiting.push_back(half);
        }
    }
}

impl Keep for DnsLog {
    fn found(&mut self, found: Found, talk: &Talk, rows: &mut Rows) {
        let Found::Dns(side, bytes, mark) = found else { return };
        let message = Message::read(&bytes);
        if let Some(fault) = &message.fault {
            Weird { name: "malformed_DNS", more: Some(fault.to_string()), source: "DNS", time: mark.time, frame: mark.frame }.put(talk, rows);
        }
        if message.fault.is_some() && message.questions.is_empty() {
            return;
        }
        self.message(&message, mark, talk, rows);
        let cut = message.fault.is_some();
        rows.say(&DNS, talk, || Said { side, mark, frames: vec![mark.frame], head: bytes.clone(), body: Vec::new(), decoded: None, cut });
    }

    fn end(&mut self, talk: &Talk, rows: &mut Rows) {
        for half in std::mem::take(&mut self.waiting) {
            row(Some(&half), None, talk, rows);
        }
    }
}

fn row(asked: Option<&Half>, answer: Option<(&Message<'_>, Mark)>, talk: &Talk, rows: &mut Rows) {
    let told = answer.and_then(|(message, _)| message.questions.first().map(|one| (one.name.zeek(), one.kind, one.class)));
    let question = asked.and_then(|half| half.question.clone()).or(told);
    let flags = answer.map_or_else(|| asked.map_or(0, |half| half.flags), |(message, _)| message.flags);
    let desired = asked.map_or(flags, |half| half.flags) & 0x100 != 0;
    let rtt = match (asked.and_then(|half| half.mark.time), answer.and_then(|(_, mark)| mark.time)) {
        (Some(first), Some(last)) => Cell::Duration(last.saturating_sub(first)),
        _ => Cell::None,
    };
    let code = answer.map(|(message, _)| code_of(message));
    let records = || answer.iter().flat_map(|(message, _)| message.records.iter()).filter(|record| record.section == Section::Answer);
    let answers: Vec<String> = records().map(|record| written(record, rows.terse)).collect();
    let ttls: Vec<i64> = records().map(|record| i64::from(record.ttl) * 1_000_000_000).collect();
    let rejected = answer.is_some_and(|(message, _)| message.records.is_empty() && message.counts[1..].iter().all(|count| *count == 0));
    let (name, class, class_name, qtype, type_name) = match question {
        Some((name, kind, class)) => {
            let class = class & if talk.multicast { 0x7FFF } else { 0xFFFF };
            (Cell::Text(name), Cell::Count(class.into()), Cell::Text(class_name(class)), Cell::Count(kind.into()), Cell::Text(type_name(kind)))
        }
        None => <(Cell, Cell, Cell, Cell, Cell)>::default(),
    };
    let has = |bit: u16| Cell::Truth(flags & bit != 0);
    let frames = asked.iter().map(|half| half.mark.frame).chain(answer.iter().map(|(_, mark)| mark.frame)).collect();
    let time = asked.map(|half| half.mark).or(answer.map(|(_, mark)| mark)).and_then(|mark| mark.time);
    let id = asked.map(|half| half.id).or(answer.map(|(message, _)| message.id)).unwrap_or(0);
    let cells = vec![
        Cell::Text(if talk.datagrams { "udp" } else { "tcp" }.to_owned()),
        Cell::Count(id.into()),
        rtt,
        name,
        class,
        class_name,
        qtype,
        type_name,
        code.map_or(Cell::None, |code| Cell::Count(code.into())),
        code.map_or(Cell::None, |code| Cell::Text(code_name(code))),
        if answer.is_some() { has(0x400) } else { Cell::Truth(false) },
        has(0x200),
        Cell::Truth(desired),
        if answer.is_some() { has(0x80) } else { Cell::Truth(false) },
        Cell::Count(u64::from(flags >> 4 & 7)),
        Cell::some(answers),
        if ttls.is_empty() { Cell::None } else { Cell::Durations(ttls) },
        Cell::Truth(rejected),
        has(0x20),
        has(0x10),
        Cell::Counts(frames),
    ];
    rows.put(&DNS, time, talk, cells);
}

/// The response code, with the upper bits that an OPT record brings (RFC 6891 section 6.1.3).
fn code_of(message: &Message<'_>) -> u16 {
    let upper = message.records.iter().find(|record| record.kind == kind::OPT).map_or(0, |record| (record.ttl >> 24) as u16);
    upper << 4 | message.flags & 15
}

/// An answer as Zeek writes it; of types that it does not know it writes the number alone, where else stands what RFC 3597 section 5 has for them.
fn written(record: &Record<'_>, terse: bool) -> String {
    let root = |name: String| if name.is_empty() { "<Root>".to_owned() } else { name };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let strings = |word: &str, strings: &[&[u8]]| {
        let each: Vec<String> = strings.iter().map(|one| format!("{word} {} {}", one.len(), text(one))).collect();
        each.join(" ")
    };
    match (record.kind, &record.data) {
        (_, Data::Ip4(address)) => std::net::Ipv4Addr::from(*address).to_string(),
        (_, Data::Ip6(address)) => std::net::Ipv6Addr::from(*address).to_string(),
        (kind::NS | kind::CNAME | kind::PTR, Data::Name(name)) => name.zeek(),
        (kind::MX, Data::Preferred(_, name)) => name.zeek(),
        (_, Data::Start(server, ..)) => server.zeek(),
        (_, Data::Service(_, name)) => name.zeek(),
        (kind::TXT, Data::Strings(all)) => strings("TXT", all),
        (kind::SPF, Data::Strings(all)) => strings("SPF", all),
        (kind::HINFO, Data::Strings(all)) => strings("HINFO", all),
        (_, Data::Authorization(flags, tag, value)) => format!("CAA {flags} {} {}", text(tag), text(value)),
        (_, Data::Signer(_, algorithm, digest, _)) => format!("DS {algorithm} {digest}"),
        (_, Data::Signature(numbers, name, _)) => format!("RRSIG {} {}", numbers[0], root(name.zeek())),
        (_, Data::Key(_, _, algorithm, _)) => format!("DNSKEY {algorithm}"),
        (_, Data::Next(Some(name), _)) => format!("NSEC {} {}", record.name.zeek(), root(name.zeek())),
        (_, Data::Next(None, _)) => "NSEC3".to_owned(),
        (number, _) if terse => format!("<unknown type={number}>"),
        _ => format!("\\# {} {}", record.rdata.len(), hex(record.rdata)).trim_end().to_owned(),
    }
}

fn class_name(class: u16) -> String {
    match class {
        1 => "C_INTERNET".to_owned(),
        2 => "C_CSNET".to_owned(),
        3 => "C_CHAOS".to_owned(),
        4 => "C_HESOD".to_owned(),
        254 => "C_NONE".to_owned(),
        255 => "C_ANY".to_owned(),
        other => format!("qclass-{other}"),
    }
}

fn type_name(kind: u16) -> String {
    const NAMES: &[(u16, &str)] = &[
        (1, "A"),
        (2, "NS"),
        (3, "MD"),
        (4, "MF"),
        (5, "CNAME"),
        (6, "SOA"),
        (7, "MB"),
        (8, "MG"),
        (9, "MR"),
        (10, "NULL"),
        (11, "WKS"),
        (12, "PTR"),
        (13, "HINFO"),
        (14, "MINFO"),
        (15, "MX"),
        (16, "TXT"),
        (17, "RP"),
        (18, "AFSDB"),
        (19, "X25"),
        (20, "ISDN"),
        (21, "RT"),
        (22, "NSAP"),
        (23, "NSAP-PTR"),
        (24, "SIG"),
        (25, "KEY"),
        (26, "PX"),
        (27, "GPOS"),
        (28, "AAAA"),
        (29, "LOC"),
        (30, "EID"),
        (31, "NIMLOC"),
        (32, "NB"),
        (33, "SRV"),
        (34, "ATMA"),
        (35, "NAPTR"),
        (36, "KX"),
        (37, "CERT"),
        (38, "A6"),
        (39, "DNAME"),
        (40, "SINK"),
        (41, "EDNS"),
        (42, "APL"),
        (43, "DS"),
        (44, "SSHFP"),
        (45, "IPSECKEY"),
        (46, "RRSIG"),
        (47, "NSEC"),
        (48, "DNSKEY"),
        (49, "DHCID"),
        (50, "NSEC3"),
        (51, "NSEC3PARAM"),
        (52, "TLSA"),
        (53, "SMIMEA"),
        (55, "HIP"),
        (59, "CDS"),
        (60, "CDNSKEY"),
        (61, "OPENPGPKEY"),
        (62, "CSYNC"),
        (63, "ZONEMD"),
        (64, "SVCB"),
        (65, "HTTPS"),
        (99, "SPF"),
        (108, "EUI48"),
        (109, "EUI64"),
        (249, "TKEY"),
        (250, "TSIG"),
        (251, "IXFR"),
        (252, "AXFR"),
        (253, "MAILB"),
        (254, "MAILA"),
        (255, "*"),
        (256, "URI"),
        (257, "CAA"),
    ];
    NAMES.iter().find(|one| one.0 == kind).map_or_else(|| format!("query-{kind}"), |one| one.1.to_owned())
}

fn code_name(code: u16) -> String {
    const NAMES: [&str; 11] =
        ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSet", "NXRRSet", "NOTAUTH", "NOTZONE"];
    match code {
        0..=10 => NAMES.get(usize::from(code)).map_or_else(String::new, |name| (*name).to_owned()),
        16 => "BADVERS".to_owned(),
        17 => "BADKEY".to_owned(),
        18 => "BADTIME".to_owned(),
        19 => "BADMODE".to_owned(),
        20 => "BADNAME".to_owned(),
        21 => "BADALG".to_owned(),
        22 => "BADTRUNC".to_owned(),
        other => format!("unknown-{other}"),
    }
}
