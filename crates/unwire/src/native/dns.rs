//! DNS messages (RFC 1035), and what records of the common types hold. How names are read is in names.rs, how answers are written in logs
//! elsewhere. Nothing is kept between messages.

use std::borrow::Cow;

use super::bytes::Cursor;
use super::names::Name;
use super::{Decoder, Found, Sink};
use crate::error::Fault;

/// Octets of the header.
const HEADER: usize = 12;

/// The numbers of record types whose data is read, by their names (RFC 1035 and those after it).
#[allow(missing_docs, reason = "the names are IANA's")]
pub mod kind {
    pub const A: u16 = 1;
    pub const NS: u16 = 2;
    pub const CNAME: u16 = 5;
    pub const SOA: u16 = 6;
    pub const PTR: u16 = 12;
    pub const HINFO: u16 = 13;
    pub const MX: u16 = 15;
    pub const TXT: u16 = 16;
    pub const AFSDB: u16 = 18;
    pub const RT: u16 = 21;
    pub const AAAA: u16 = 28;
    pub const SRV: u16 = 33;
    pub const NAPTR: u16 = 35;
    pub const KX: u16 = 36;
    pub const DNAME: u16 = 39;
    pub const OPT: u16 = 41;
    pub const DS: u16 = 43;
    pub const RRSIG: u16 = 46;
    pub const NSEC: u16 = 47;
    pub const DNSKEY: u16 = 48;
    pub const NSEC3: u16 = 50;
    pub const SVCB: u16 = 64;
    pub const HTTPS: u16 = 65;
    pub const SPF: u16 = 99;
    pub const CAA: u16 = 257;
}

/// A question.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What is asked about.
    pub name: Name<'a>,
    /// The type asked for.
    pub kind: u16,
    /// Its class; for mDNS with the bit that wants a unicast answer.
    pub class: u16,
}

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Answers.
    Answer,
    /// Name servers.
    Authority,
    /// What may help.
    Additional,
}

/// A resource record.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// Where it stands.
    pub section: Section,
    /// Whose it is.
    pub name: Name<'a>,
    /// Its type.
    pub kind: u16,
    /// Its class.
    pub class: u16,
    /// Seconds it may be kept.
    pub ttl: u32,
    /// Its data as it came.
    pub rdata: &'a [u8],
    /// Its data, read.
    pub data: Data<'a>,
}

/// What a record holds.
#[derive(Clone, Debug)]
pub enum Data<'a> {
    /// An IPv4 address.
    Ip4([u8; 4]),
    /// An IPv6 address.
    Ip6([u8; 16]),
    /// A name: NS, CNAME, PTR, DNAME.
    Name(Name<'a>),
    /// A number and a name: MX, AFSDB, RT, KX.
    Preferred(u16, Name<'a>),
    /// The start of a zone: two names, and serial, refresh, retry, expire and minimum.
    Start(Name<'a>, Name<'a>, [u32; 5]),
    /// Strings: TXT, SPF, HINFO.
    Strings(Vec<&'a [u8]>),
    /// Priority, weight, port and a name: SRV.
    Service([u16; 3], Name<'a>),
    /// Priority, name and parameters: SVCB, HTTPS (RFC 9460).
    Binding(u16, Name<'a>, Vec<(u16, &'a [u8])>),
    /// Flags, tag and value: CAA (RFC 8659).
    Authorization(u8, &'a [u8], &'a [u8]),
    /// Key tag, algorithm, digest's type and digest: DS (RFC 4034).
    Signer(u16, u8, u8, &'a [u8]),
    /// Type covered, algorithm, labels, TTL, expiration, inception, key tag and the signer: RRSIG.
    Signature([u32; 7], Name<'a>, &'a [u8]),
    /// Flags, protocol, algorithm and key: DNSKEY.
    Key(u16, u8, u8, &'a [u8]),
    /// The next name, and a map of types: NSEC; of NSEC3 the map alone.
    Next(Option<Name<'a>>, &'a [u8]),
    /// Options by number: OPT (RFC 6891).
    Options(Vec<(u16, &'a [u8])>),
    /// Anything else.
    Other,
}

/// A message, as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct Message<'a> {
    /// Its number.
    pub id: u16,
    /// Flags, operation and response code.
    pub flags: u16,
    /// The number of entries that the header states for each of the four parts.
    pub counts: [u16; 4],
    /// The questions.
    pub questions: Vec<Question<'a>>,
    /// The records of all sections, in order.
    pub records: Vec<Record<'a>>,
    /// Why it ended early.
    pub fault: Option<Fault>,
    /// Octets read.
    pub size: usize,
}

impl<'a> Message<'a> {
    /// Read a message. What stands before a fault is there.
    pub fn read(bytes: &'a [u8]) -> Self {
        let mut message = Self::default();
        let mut cursor = Cursor::new(bytes);
        message.fault = message.fill(&mut cursor).err();
        message.size = cursor.at;
        message
    }

    /// True for a response.
    pub const fn is_response(&self) -> bool {
        self.flags & 0x8000 != 0
    }

    fn fill(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
        (self.id, self.flags) = (cursor.u16()?, cursor.u16()?);
        for count in &mut self.counts {
            *count = cursor.u16()?;
        }
        // No more room than what is there can fill: a question has five octets or more, a record eleven.
        let [questions, records @ ..] = self.counts.map(usize::from);
        self.questions.reserve(questions.min(cursor.left() / 5));
        self.records.reserve(records.iter().sum::<usize>().min(cursor.left() / 11));
        for _ in 0..self.counts[0] {
            let question = question(cursor)?;
            self.questions.push(question);
        }
        let sections = [Section::Answer, Section::Authority, Section::Additional];
        for (section, count) in sections.into_iter().zip([self.counts[1], self.counts[2], self.counts[3]]) {
            for _ in 0..count {
                let record = record(cursor, section)?;
                self.records.push(record);
            }
        }
        Ok(())
    }
}

/// Read a question.
pub fn question<'a>(cursor: &mut Cursor<'a>) -> Result<Question<'a>, Fault> {
    Ok(Question { name: Name::read(cursor)?, kind: cursor.u16()?, class: cursor.u16()? })
}

/// Read a record.
pub fn record<'a>(cursor: &mut Cursor<'a>, section: Section) -> Result<Record<'a>, Fault> {
    let name = Name::read(cursor)?;
    let (kind, class, ttl) = (cursor.u16()?, cursor.u16()?, cursor.u32()?);
    let size = usize::from(cursor.u16()?);
    let part = cursor.part(size)?;
    let data = Data::read(kind, part)?;
    let rdata = { part }.rest();
    Ok(Record { section, name, kind, class, ttl, rdata, data })
}

impl<'a> Data<'a> {
    /// Read the data of a record of some type. An update without data (RFC 2136 section 2.5) has none.
    pub fn read(kind: u16, mut part: Cursor<'a>) -> Result<Self, Fault> {
        if part.is_empty() && !matches!(kind, kind::RT) {
            return Ok(if kind == kind::OPT { Self::Options(Vec::new()) } else { Self::Other });
        }
        Ok(match kind {
            kind::A => Self::Ip4(part.array()?),
            kind::AAAA => Self::Ip6(part.array()?),
            kind::NS | kind::CNAME | kind::PTR | kind::DNAME => Self::Name(Name::read(&mut part)?),
            kind::MX | kind::AFSDB | kind::RT | kind::KX => Self::Preferred(part.u16()?, Name::read(&mut part)?),
            kind::SOA => {
                let (server, mailbox) = (Name::read(&mut part)?, Name::read(&mut part)?);
                let mut numbers = [0; 5];
                for number in &mut numbers {
                    *number = part.u32()?;
                }
                Self::Start(server, mailbox, numbers)
            }
            kind::TXT | kind::SPF | kind::HINFO => {
                let mut strings = Vec::new();
                while !part.is_empty() {
                    let size = usize::from(part.u8()?);
                    strings.push(part.take(size)?);
                }
                Self::Strings(strings)
            }
            kind::SRV => Self::Service([part.u16()?, part.u16()?, part.u16()?], Name::read(&mut part)?),
            kind::SVCB | kind::HTTPS => {
                let (priority, name) = (part.u16()?, Name::read(&mut part)?);
                Self::Binding(priority, name, pairs(&mut part)?)
            }
            kind::CAA => {
                let (flags, size) = (part.u8()?, usize::from(part.u8()?));
                Self::Authorization(flags, part.take(size)?, part.rest())
            }
            kind::DS => Self::Signer(part.u16()?, part.u8()?, part.u8()?, part.rest()),
            kind::RRSIG => {
                let (covered, algorithm, labels) = (part.u16()?.into(), part.u8()?.into(), part.u8()?.into());
                let numbers = [covered, algorithm, labels, part.u32()?, part.u32()?, part.u32()?, part.u16()?.into()];
                Self::Signature(numbers, Name::read(&mut part)?, part.rest())
            }
            kind::DNSKEY => Self::Key(part.u16()?, part.u8()?, part.u8()?, part.rest()),
            kind::NSEC => Self::Next(Some(Name::read(&mut part)?), part.rest()),
            kind::NSEC3 => {
                part.take(4)?;
                for _ in 0..2 {
                    let size = usize::from(part.u8()?);
                    part.take(size)?;
                }
                Self::Next(None, part.rest())
            }
            kind::OPT => Self::Options(pairs(&mut part)?),
            _ => Self::Other,
        })
    }
}

fn pairs<'a>(part: &mut Cursor<'a>) -> Result<Vec<(u16, &'a [u8])>, Fault> {
    let mut found = Vec::new();
    while !part.is_empty() {
        let (number, size) = (part.u16()?, usize::from(part.u16()?));
        found.push((number, part.take(size)?));
    }
    Ok(found)
}

/// Whole messages, for declared classes.
pub static DECODER: Decoder = Decoder { name: "dns", items: &ITEMS, read, check };

/// The items, by what they hold; the order is that of `read`.
const ITEMS: [&str; 13] = [
    "question.name",
    "question.type",
    "record.name",
    "record.type",
    "record.ttl",
    "record.a",
    "record.aaaa",
    "record.cname",
    "record.ns",
    "record.mx",
    "record.txt",
    "record.ptr",
    "record.srv",
];

fn check(bytes: &[u8]) -> Result<(), Fault> {
    Message::read(bytes).fault.map_or(Ok(()), Err)
}

fn read<'a>(item: u16, bytes: &'a [u8], sink: Sink<'_, 'a>) {
    if bytes.len() <= HEADER {
        return;
    }
    let message = Message::read(bytes);
    let text = |name: &Name<'_>| Found::Text(Cow::Owned(name.wireshark()));
    match item {
        0 => message.questions.iter().for_each(|one| sink(text(&one.name))),
        1 => message.questions.iter().for_each(|one| sink(Found::Number(one.kind.into()))),
        2 => message.records.iter().for_each(|one| sink(text(&one.name))),
        3 => message.records.iter().for_each(|one| {
            sink(Found::Number(one.kind.into()));
            if let Data::Next(_, map) = one.data {
                types(map).for_each(|kind| sink(Found::Number(kind)));
            }
        }),
        // What stands in the place of an OPT's time to live is something else.
        4 => message.records.iter().filter(|one| one.kind != kind::OPT).for_each(|one| sink(Found::Number(one.ttl.into()))),
        _ => message.records.iter().for_each(|one| held(item, one, sink)),
    }
}

/// The types in a map (RFC 4034 section 4.1.2): windows of a number, a size and so many octets of bits, high first.
fn types(map: &[u8]) -> impl Iterator<Item = u64> {
    let mut rest = map;
    let windows = std::iter::from_fn(move || {
        let (&[window, size], behind) = rest.split_first_chunk::<2>()?;
        let (bits, behind) = behind.split_at_checked(usize::from(size))?;
        rest = behind;
        Some((window, bits))
    });
    windows.flat_map(|(window, bits)| {
        let octets = bits.iter().zip(0_u64..);
        octets
            .flat_map(move |(octet, at)| (0..8).filter(move |bit| octet >> (7 - bit) & 1 == 1).map(move |bit| u64::from(window) << 8 | at << 3 | bit))
    })
}

/// What a record holds, for the item of its type.
fn held<'a>(item: u16, record: &Record<'a>, sink: Sink<'_, 'a>) {
    let text = |name: &Name<'_>| Found::Text(Cow::Owned(name.wireshark()));
    match (item, record.kind, &record.data) {
        (5, _, Data::Ip4(address)) => sink(Found::Ip4(*address)),
        (6, _, Data::Ip6(address)) => sink(Found::Ip6(*address)),
        (7, kind::CNAME, Data::Name(name))
        | (8, kind::NS, Data::Name(name))
        | (9, kind::MX, Data::Preferred(_, name))
        | (11, kind::PTR, Data::Name(name))
        | (12, kind::SRV, Data::Service(_, name)) => sink(text(name)),
        (10, kind::TXT, Data::Strings(strings)) => strings.iter().for_each(|one| sink(Found::Text(String::from_utf8_lossy(one)))),
        _ => {}
    }
}
