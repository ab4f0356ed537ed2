//! The log of DNS, with Zeek's columns and Zeek's texts: questions and answers joined by connection and number, first in first out. Messages are
//! read in dns.rs.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::Mark;
use super::dns::{Data, Message, Record, Section, kind};
use super::ja::hex;
use super::log_weird::Weird;
use super::names::Name;
use super::row::{Cell, Form, Log, Rows, Said, Talk};
use super::speaker::Keep;
use super::spoken::Found;
use crate::digits::ip4;
use crate::error::Reason;

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

/// Octets of answers of a connection whose questions are not there yet.
const MOST_EARLY: usize = 64 << 10;

/// A connection.
#[derive(Debug, Default)]
pub struct DnsLog {
    waiting: VecDeque<Half>,
    /// Answers of a stream whose other side waits for a loss.
    early: VecDeque<(Vec<u8>, Mark)>,
}

impl DnsLog {
    /// A message.
    fn message(&mut self, message: &Message<'_>, bytes: &[u8], mark: Mark, talk: &Talk, rows: &mut Rows) {
        let half = || {
            let question = message.questions.first().map(|one| (one.name.zeek(), one.kind, one.class));
            Half { id: message.id, flags: message.flags, question, mark }
        };
        if message.is_response() {
            let at = self.waiting.iter().position(|one| one.id == message.id);
            let asked = at.filter(|_| !talk.multicast).and_then(|at| self.waiting.remove(at));
            if asked.is_some() || talk.multicast {
                row(asked.as_ref(), Some((message, mark)), talk, rows);
            } else if talk.datagrams {
                alone(message, mark, talk, rows);
            } else {
                self.early.push_back((bytes.to_vec(), mark));
                while self.early.iter().map(|(bytes, _)| bytes.len()).sum::<usize>() > MOST_EARLY
                    && let Some((bytes, mark)) = self.early.pop_front()
                {
                    alone(&Message::read(&bytes), mark, talk, rows);
                }
            }
        } else if talk.multicast {
            row(Some(&half()), None, talk, rows);
        } else if let Some((bytes, mark)) = self.answered(message.id, mark) {
            row(Some(&half()), Some((&Message::read(&bytes), mark)), talk, rows);
        } else {
            if self.waiting.len() >= MOST_WAITING
                && let Some(first) = self.waiting.pop_front()
            {
                row(Some(&first), None, talk, rows);
            }
            self.waiting.push_back(half());
        }
    }

    /// The answer that came before its question was read, but behind it in time.
    fn answered(&mut self, id: u16, asked: Mark) -> Option<(Vec<u8>, Mark)> {
        let at = self.early.iter().position(|(bytes, mark)| bytes.first_chunk() == Some(&id.to_be_bytes()) && mark.frame > asked.frame)?;
        self.early.remove(at)
    }
}

/// An answer without a question.
fn alone(answer: &Message<'_>, mark: Mark, talk: &Talk, rows: &mut Rows) {
    Weird { name: "dns_unmatched_reply", more: None, source: "DNS", time: mark.time, frame: mark.frame }.put(talk, rows);
    row(None, Some((answer, mark)), talk, rows);
}

impl Keep for DnsLog {
    fn found(&mut self, found: Found<'_>, talk: &Talk, rows: &mut Rows) {
        let Found::Dns(side, bytes, mark) = found else { return };
        let message = Message::read(bytes);
        if let Some(fault) = &message.fault {
            // What the capture left out is no fault of the message.
            let name = if talk.datagrams && rows.cut && fault.reason == Reason::Short { "truncated_DNS" } else { "malformed_DNS" };
            Weird { name, more: Some(fault.to_string()), source: "DNS", time: mark.time, frame: mark.frame }.put(talk, rows);
        }
        if message.fault.is_some() && message.questions.is_empty() {
            return;
        }
        self.message(&message, bytes, mark, talk, rows);
        let cut = message.fault.is_some();
        rows.say(&DNS, talk, || Said { side, mark, frames: vec![mark.frame], head: bytes.to_vec(), body: Vec::new(), decoded: None, cut });
    }

    fn end(&mut self, talk: &Talk, rows: &mut Rows) {
        for (bytes, mark) in std::mem::take(&mut self.early) {
            alone(&Message::read(&bytes), mark, talk, rows);
        }
        for half in std::mem::take(&mut self.waiting) {
            row(Some(&half), None, talk, rows);
        }
    }
}

fn row(asked: Option<&Half>, answer: Option<(&Message<'_>, Mark)>, talk: &Talk, rows: &mut Rows) {
    let question = asked.and_then(|half| half.question.as_ref()).map(|(name, kind, class)| (Cow::Borrowed(name.as_str()), *kind, *class));
    let told = || answer.and_then(|(message, _)| message.questions.first().map(|one| (one.name.zeek().into(), one.kind, one.class)));
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
    let (name, class, class_name, qtype, type_name) = match question.or_else(told) {
        Some((name, kind, class)) => {
            let class = class & if talk.multicast { 0x7FFF } else { 0xFFFF };
            (Cell::Text(name), Cell::Count(class.into()), Cell::Text(class_name(class)), Cell::Count(kind.into()), Cell::Text(type_name(kind)))
        }
        None => <(Cell<'_>, Cell<'_>, Cell<'_>, Cell<'_>, Cell<'_>)>::default(),
    };
    let has = |bit: u16| Cell::Truth(flags & bit != 0);
    let [first, last] = [asked.map(|half| half.mark.frame), answer.map(|(_, mark)| mark.frame)];
    let frames = [first.or(last), last].map(Option::unwrap_or_default);
    let frames = &frames[..[first, last].iter().flatten().count()];
    let time = asked.map(|half| half.mark).or(answer.map(|(_, mark)| mark)).and_then(|mark| mark.time);
    let id = asked.map(|half| half.id).or(answer.map(|(message, _)| message.id)).unwrap_or(0);
    let cells = [
        Cell::text(if talk.datagrams { "udp" } else { "tcp" }),
        Cell::Count(id.into()),
        rtt,
        name,
        class,
        class_name,
        qtype,
        type_name,
        Cell::count(code.map(u64::from)),
        code.map_or(Cell::None, |code| Cell::Text(code_name(code))),
        if answer.is_some() { has(0x400) } else { Cell::Truth(false) },
        has(0x200),
        Cell::Truth(desired),
        if answer.is_some() { has(0x80) } else { Cell::Truth(false) },
        Cell::Count(u64::from(flags >> 4 & 7)),
        Cell::some(&answers),
        if ttls.is_empty() { Cell::None } else { Cell::Durations(&ttls) },
        Cell::Truth(rejected),
        has(0x20),
        has(0x10),
        Cell::Counts(frames),
    ];
    rows.put(&DNS, time, talk, &cells);
}

/// The response code, with the upper bits that an OPT record brings (RFC 6891 section 6.1.3).
fn code_of(message: &Message<'_>) -> u16 {
    let upper = message.records.iter().find(|record| record.kind == kind::OPT).map_or(0, |record| (record.ttl >> 24) as u16);
    upper << 4 | message.flags & 15
}

/// An answer as Zeek writes it; of types that it does not know it writes the number alone, where else stands what RFC 3597 section 5 has for them.
fn written(record: &Record<'_>, terse: bool) -> String {
    let root = |name: &Name<'_>| if name.is_root() { "<Root>".to_owned() } else { name.zeek() };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let strings = |word: &str, strings: &[&[u8]]| {
        let each: Vec<String> = strings.iter().map(|one| format!("{word} {} {}", one.len(), text(one))).collect();
        each.join(" ")
    };
    match (record.kind, &record.data) {
        (_, Data::Ip4(address)) => ip4(*address),
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
        (_, Data::Signature(numbers, name, _)) => format!("RRSIG {} {}", numbers[0], root(name)),
        (_, Data::Key(_, _, algorithm, _)) => format!("DNSKEY {algorithm}"),
        (_, Data::Next(Some(name), _)) => format!("NSEC {} {}", record.name.zeek(), root(name)),
        (_, Data::Next(None, _)) => "NSEC3".to_owned(),
        (number, _) if terse => format!("<unknown type={number}>"),
        _ => format!("\\# {} {}", record.rdata.len(), hex(record.rdata)).trim_end().to_owned(),
    }
}

fn class_name(class: u16) -> Cow<'static, str> {
    match class {
        1 => "C_INTERNET".into(),
        2 => "C_CSNET".into(),
        3 => "C_CHAOS".into(),
        4 => "C_HESOD".into(),
        254 => "C_NONE".into(),
        255 => "C_ANY".into(),
        other => format!("qclass-{other}").into(),
    }
}

fn type_name(kind: u16) -> Cow<'static, str> {
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
    NAMES.iter().find(|one| one.0 == kind).map_or_else(|| format!("query-{kind}").into(), |one| one.1.into())
}

fn code_name(code: u16) -> Cow<'static, str> {
    const NAMES: [&str; 11] =
        ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSet", "NXRRSet", "NOTAUTH", "NOTZONE"];
    match code {
        0..=10 => NAMES.get(usize::from(code)).map_or(Cow::Borrowed(""), |name| (*name).into()),
        16 => "BADVERS".into(),
        17 => "BADKEY".into(),
        18 => "BADTIME".into(),
        19 => "BADMODE".into(),
        20 => "BADNAME".into(),
        21 => "BADALG".into(),
        22 => "BADTRUNC".into(),
        other => format!("unknown-{other}").into(),
    }
}
