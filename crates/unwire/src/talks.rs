//! What connections say: payloads come in with the flows they belong to (`conn`), are put together by `stream`, given to the decoders of `native`,
//! and out come messages and rows of logs. The border between the two: which connection a packet is of, and when that is over, the table of flows
//! says; what connections mean is understood there.

use std::net::Ipv6Addr;
use std::sync::Arc;

use crate::conn::{Ears, Heard, Odd, Origin, Wants, uid};
use crate::digits::ip4;
use crate::error::Reason;
use crate::native::Mark;
use crate::native::log_weird::{WEIRD, Weird};
use crate::native::row::{Listens, Rows, Talk};
use crate::native::ruled::Ruled;
use crate::native::speaker::Speaker;
use crate::stream::flow::Flows;
use crate::stream::{Budget, Connection, Direction, End, Ends, Flags, Gap, Kind, Place, Reader, Refusal, Seen, Segment, Why, flag};

/// Connections that are listened to at once; of more, those are given up that were silent for longest.
const MOST: usize = 1 << 16;

/// A connection that is listened to.
struct Live {
    talk: Talk,
    /// Who with whom: what the first is called here stays, whatever the flow is taken for later.
    ends: Ends,
    /// True if the flow has turned since.
    turned: bool,
    /// Of datagrams there is none.
    connection: Option<Box<Connection>>,
    speaker: Speaker,
    /// The last packet.
    last: Place,
}

/// What is known of the flow at a place.
#[derive(Default)]
enum Heed {
    /// It said nothing so far.
    #[default]
    Silent,
    Live(Box<Live>),
    /// Nothing it says is understood, or nothing more can follow.
    Over,
}

/// All that is known while captures are read.
#[derive(Default)]
pub struct Talks {
    /// By the places of flows.
    heeds: Vec<Heed>,
    live: usize,
    budget: Budget,
    /// Rows of logs, and messages.
    pub rows: Rows,
    /// What is listened to for them.
    listens: Vec<Listens>,
    /// Connections that were given up because there were too many.
    pub crowded: u64,
}

/// True for payloads that are listened to.
fn wants(listens: &[Listens], ruled: &Ruled, seen: &Seen, payload: &[u8]) -> bool {
    let stream = match seen.ends.kind {
        Kind::Stream if seen.flags & flag::RST == 0 => true,
        Kind::Datagram => false,
        Kind::Stream | Kind::Message | Kind::Other | Kind::Broken => return false,
    };
    if ruled.is_nobody_s(stream, seen.ends.ports) {
        return false;
    }
    let dns = ruled.may_be_dns(stream, seen.ends.ports);
    listens.iter().any(|one| one(stream, dns, payload))
}

impl Talks {
    /// Rows of logs, and messages.
    pub fn new(rows: Rows) -> Self {
        Self { listens: rows.listens(), rows, ..Self::default() }
    }

    /// Says which payloads are listened to, if any are.
    pub fn wants(&self) -> Option<Wants> {
        let (listens, ruled) = (self.listens.clone(), self.rows.ruled.clone());
        if listens.is_empty() { None } else { Some(Arc::new(move |seen, payload| wants(&listens, &ruled, seen, payload))) }
    }

    /// True if it is told where layers end that should not.
    pub fn tells_stops(&self) -> bool {
        self.rows.wants(&WEIRD)
    }

    /// Give up a quarter of what is listened to.
    #[cold]
    fn make_room(&mut self, place: Place) {
        let mut by_age: Vec<(u64, u32)> = Vec::with_capacity(self.live);
        for (heed, at) in self.heeds.iter().zip(0..) {
            if let Heed::Live(live) = heed {
                by_age.push((live.last.frame, at));
            }
        }
        by_age.sort_unstable();
        by_age.truncate(MOST / 4);
        self.crowded += by_age.len() as u64;
        by_age.into_iter().for_each(|(_, at)| self.end(at, Heed::Over));
        let more = Some(format!("{} are no longer listened to", MOST / 4));
        weird("too_many_connections", more, "", place).put(&Talk::default(), &mut self.rows);
    }

    /// Nothing more is listened to of a flow.
    fn end(&mut self, at: u32, then: Heed) {
        let Some(heed) = self.heeds.get_mut(at as usize) else { return };
        let Heed::Live(mut live) = std::mem::replace(heed, then) else { return };
        self.live -= 1;
        let Live { talk, speaker, connection, last, .. } = &mut *live;
        if let Some(connection) = connection {
            let mut hearing = Hearing { talk, speaker, rows: &mut self.rows, place: *last };
            connection.finish(&mut self.budget, &mut hearing);
        }
        live.speaker.end(&live.talk, &mut self.rows);
    }
}

impl Ears for Talks {
    #[inline]
    fn hear(&mut self, heard: &Heard<'_>) {
        if self.listens.is_empty() {
            return;
        }
        let at = heard.at as usize;
        match self.heeds.get(at) {
            Some(Heed::Over) => return,
            Some(Heed::Live(_)) => {}
            Some(Heed::Silent) | None => {
                if heard.payload.is_empty() || heard.seen.tunnel || !wants(&self.listens, &self.rows.ruled, heard.seen, heard.payload) {
                    return;
                }
                let Some(live) = Live::new(heard, &self.rows.ruled) else { return };
                if self.live >= MOST {
                    self.make_room(heard.place);
                }
                if at >= self.heeds.len() {
                    self.heeds.resize_with(at + 1, Heed::default);
                }
                self.heeds[at] = Heed::Live(live);
                self.live += 1;
            }
        }
        let Some(Heed::Live(live)) = self.heeds.get_mut(at) else { return };
        live.turn(heard);
        live.last = heard.place;
        let Live { talk, speaker, connection, ends, .. } = &mut **live;
        let (seen, payload, place) = (heard.seen, heard.payload, heard.place);
        let from = usize::from((seen.ends.source, seen.ends.ports[0]) != (ends.source, ends.ports[0]));
        let mut hearing = Hearing { talk, speaker, rows: &mut self.rows, place };
        let Some(connection) = connection else {
            if !payload.is_empty() {
                hearing.rows.cut = (payload.len() as u64) < u64::from(seen.promised);
                hearing.datagram(from, payload, place);
            }
            return;
        };
        let (sequence, acknowledgement) = (seen.sequence, seen.acknowledged);
        let segment = Segment { sequence, acknowledgement, flags: Flags(seen.flags), payload, len: seen.promised, place };
        let before = connection.conflicts();
        connection.segment(from, &segment, &mut self.budget, &mut hearing);
        let conflicts = connection.conflicts() - before;
        if conflicts > 0 {
            let more = Some(format!("{conflicts} bytes differ"));
            weird("retransmission_inconsistency", more, "TCP", place).put(&live.talk, &mut self.rows);
        }
        if live.speaker.is_over() {
            self.end(heard.at, Heed::Over);
        }
    }

    #[inline]
    fn over(&mut self, at: u32) {
        if (at as usize) < self.heeds.len() {
            self.end(at, Heed::Silent);
            self.heeds[at as usize] = Heed::Silent;
        }
    }

    #[cold]
    fn odd(&mut self, odd: &Odd<'_>, of: Option<(&Flows, u32)>, place: Place) {
        if !self.rows.wants(&WEIRD) {
            return;
        }
        let talk = of.and_then(|(flows, at)| talk(flows, at)).unwrap_or_default();
        let (name, more, source) = named(odd);
        weird(name, more, source, place).put(&talk, &mut self.rows);
    }
}

fn weird(name: &'static str, more: Option<String>, source: &'static str, place: Place) -> Weird {
    Weird { name, more, source, time: place.time, frame: place.frame }
}

/// Zeek's name of what is odd, or ours where it has none; more about it; and whose it is.
fn named(odd: &Odd<'_>) -> (&'static str, Option<String>, &'static str) {
    match odd {
        Odd::Stop(reason, layer) => {
            let name = match reason {
                Reason::Short => "truncated_header",
                Reason::Length => "internally_truncated_header",
                Reason::Depth => "exceeded_tunnel_max_depth",
                Reason::NoLink => "unknown_protocol",
                Reason::Must => "unexpected_header",
                Reason::Expect => "unexpected_value",
                Reason::Items => "too_many_items",
                Reason::End | Reason::Opaque | Reason::Fragment | Reason::Encrypted => reason.name(),
            };
            (name, Some((*layer).to_owned()).filter(|layer| !layer.is_empty()), "")
        }
        Odd::Checksum(None) => ("bad_IP_checksum", None, "IP"),
        Odd::Checksum(Some(Kind::Stream)) => ("bad_TCP_checksum", None, "TCP"),
        Odd::Checksum(Some(Kind::Datagram)) => ("bad_UDP_checksum", None, "UDP"),
        Odd::Checksum(Some(_)) => ("bad_ICMP_checksum", None, "ICMP"),
        Odd::Pieces(refusal, count) => {
            let name = match refusal {
                Refusal::Cut => "incompletely_captured_fragment",
                Refusal::Empty => "excessively_small_fragment",
                Refusal::TooLong => "excessively_large_fragment",
                Refusal::Overlap => "fragment_overlap",
                Refusal::Contradiction => "fragment_size_inconsistency",
                Refusal::Timeout => "fragment_timeout",
                Refusal::Cap => "fragment_cap",
                Refusal::End => "fragment_missing_at_end",
            };
            (name, (*count > 1).then(|| count.to_string()), "IP")
        }
        Odd::Conflict(bytes) => ("fragment_inconsistency", Some(format!("{bytes} bytes differ")), "IP"),
        Odd::Flow(odd) => (odd.name(), None, "TCP"),
        Odd::Crowded(count) => ("too_many_flows", Some(format!("{count} were given out before their time")), ""),
    }
}

/// How a flow is named in rows.
fn talk(flows: &Flows, at: u32) -> Option<Talk> {
    let (flow, origin) = (flows.get(at)?, Origin::of(flows, at)?);
    let ends = flow.ends;
    let datagrams = ends.kind == Kind::Datagram;
    let multicast = match ends.width {
        4 => ends.target[0] >> 4 == 14 || ends.target[..4] == [255; 4],
        _ => ends.target[0] == 0xFF,
    };
    let mut name = String::with_capacity(20);
    uid(&origin, &mut name);
    Some(Talk { uid: name, addresses: [text(&ends, 0), text(&ends, 1)], ports: ends.ports, datagrams, multicast, dns: false })
}

impl Live {
    #[cold]
    fn new(heard: &Heard<'_>, ruled: &Ruled) -> Option<Box<Self>> {
        let (flow, mut talk) = (heard.flows.get(heard.at)?, talk(heard.flows, heard.at)?);
        talk.dns = ruled.may_be_dns(!talk.datagrams, talk.ports);
        let connection = (!talk.datagrams).then(|| Box::new(Connection::opened([0, 1].map(|side| flow.opened(side)))));
        Some(Box::new(Self { talk, ends: flow.ends, turned: false, connection, speaker: Speaker::default(), last: heard.place }))
    }

    /// The flow may turn out to be another's who began it.
    fn turn(&mut self, heard: &Heard<'_>) {
        let Some(flow) = heard.flows.get(heard.at) else { return };
        let turned = (flow.ends.source, flow.ends.ports[0]) != (self.ends.source, self.ends.ports[0]);
        if turned != self.turned {
            self.turned = turned;
            self.talk.addresses.swap(0, 1);
            self.talk.ports.swap(0, 1);
        }
    }
}

/// Takes what one connection says.
struct Hearing<'a> {
    talk: &'a Talk,
    speaker: &'a mut Speaker,
    rows: &'a mut Rows,
    /// The packet that is heard.
    place: Place,
}

impl Hearing<'_> {
    fn datagram(&mut self, side: usize, payload: &[u8], place: Place) {
        self.speaker.datagram(side, payload, mark(place), self.talk, self.rows);
    }
}

impl Reader for Hearing<'_> {
    fn data(&mut self, from: Direction, bytes: &[u8], place: Place) {
        self.speaker.data(from.index(), bytes, mark(place), self.talk, self.rows);
    }

    fn gap(&mut self, from: Direction, gap: Gap) {
        let cap = match gap.why {
            Why::ConnectionCap => "reassembly_cap_of_connection",
            Why::TotalCap => "reassembly_cap",
            Why::Acknowledged | Why::Closed => "",
        };
        if !cap.is_empty() {
            weird(cap, Some(format!("{} bytes given up", gap.bytes)), "TCP", self.place).put(self.talk, self.rows);
        }
        self.speaker.gap(from.index(), gap.bytes, self.talk, self.rows);
    }

    fn end(&mut self, from: Direction, _: End) {
        self.speaker.end_of(from.index(), self.talk, self.rows);
    }
}

fn text(ends: &Ends, side: usize) -> String {
    let address = if side == 0 { ends.source } else { ends.target };
    match (ends.width, address.first_chunk::<4>()) {
        (4, Some(four)) => ip4(*four),
        _ => Ipv6Addr::from(address).to_string(),
    }
}

fn mark(place: Place) -> Mark {
    Mark { frame: place.frame, time: place.time }
}
