//! Who talks to whom, a batch at a time: rows of columns become distinct flows with their counts. Which columns hold addresses, ports and
//! verdicts is the caller's knowledge; what is kept of a whole capture is the table's business.

use std::sync::Arc;

use ahash::AHashSet;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type, UInt8Type, UInt16Type};
use arrow_array::{Array, PrimitiveArray, RecordBatch};

use super::indexed::Indexed;
use super::{Count, Packets};

/// The columns of two ends.
#[derive(Clone, Debug)]
pub struct Ends {
    /// The protocol, as it stands in the chain of protocols.
    pub name: Arc<str>,
    /// The column of the sender's address or port.
    pub source: usize,
    /// The column of the receiver's.
    pub target: usize,
}

/// What makes a flow, by columns of a batch.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Network layers: their addresses, as numbers, name the ends. The outermost one of a frame counts.
    pub networks: Vec<Ends>,
    /// Transports: their ports, if they lie directly on that network layer.
    pub transports: Vec<Ends>,
    /// Names that are passed over between the two.
    pub between: Vec<String>,
    /// Columns of verdicts: 0 is bad, 1 good, anything else not verified.
    pub checks: Vec<usize>,
    /// Ports that servers are known to have, by their transport's place.
    pub servers: AHashSet<(u16, u16)>,
    /// The column of the chain of protocols.
    pub chain: usize,
    /// The column of the wire length.
    pub len: usize,
    /// The column of the time.
    pub time: usize,
}

impl Shape {
    /// The outermost network layer of a chain of protocols by its place, and what is directly on it, extension headers aside.
    pub fn outermost<'c>(&self, chain: &'c str) -> Option<(usize, &'c str)> {
        let mut names = chain.split(':');
        let (at, network) = names.find_map(|name| Some((self.networks.iter().position(|ends| *ends.name == *name)?, name)))?;
        let extends = |name: &str| name.strip_prefix(network).is_some_and(|rest| rest.starts_with('.'));
        let on = names.find(|name| !extends(name) && !self.between.iter().any(|between| between == name));
        Some((at, on.unwrap_or(network)))
    }
}

/// An address: its kind, which is the place of its network layer, and its bytes, without the room that a number's alignment takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(u8, [u8; 16]);

impl Address {
    /// The place of its network layer.
    pub fn kind(self) -> usize {
        usize::from(self.0)
    }

    /// The number that its bytes make.
    pub fn number(self) -> u128 {
        u128::from_be_bytes(self.1)
    }
}

#[cfg(test)]
impl From<u32> for Address {
    fn from(number: u32) -> Self {
        Self(0, u128::from(number).to_be_bytes())
    }
}

/// The ports of both ends, as far as there are any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Ports {
    numbers: [u16; 2],
    /// Which ones there are, a bit each.
    known: u16,
}

impl Ports {
    fn of([source, target]: [Option<u16>; 2]) -> Self {
        let known = u16::from(source.is_some()) | u16::from(target.is_some()) << 1;
        Self { numbers: [source.unwrap_or_default(), target.unwrap_or_default()], known }
    }

    pub(super) fn each(self) -> [Option<u16>; 2] {
        [0, 1].map(|end| (self.known >> end & 1 == 1).then_some(self.numbers[end]))
    }
}

/// Packets from one end to another, in one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Talk {
    pub(super) source: Address,
    pub(super) target: Address,
    pub(super) ports: Ports,
    /// The place of the protocol among the batch's.
    pub(super) protocol: u16,
}

const RECENT: usize = 4096;

impl Talk {
    /// A few well-mixed bits of it.
    #[inline(always)]
    fn mixed(&self) -> usize {
        let ends = self.source.number() ^ self.target.number().rotate_left(1);
        let ports = u64::from(self.ports.numbers[0]) << 16 | u64::from(self.ports.numbers[1]);
        ((ends as u64 ^ (ends >> 64) as u64 ^ ports << 20).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52) as usize
    }
}

/// The verdicts of one check in one batch.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) check: u16,
    /// For each flow, and at last for packets of none: how many are bad, and good.
    pub(super) verdicts: Vec<[u32; 2]>,
    /// Packets that are not verified.
    pub(super) unchecked: u64,
}

/// What one batch holds.
#[derive(Debug, Default)]
pub struct Found {
    /// The protocols on network layers, and their places among the transports.
    pub(super) protocols: Vec<(Arc<str>, Option<u16>)>,
    /// The flows in the order in which they are first seen.
    pub(super) talks: Indexed<Talk, Count>,
    pub(super) judged: Vec<Judged>,
}

/// What a chain of protocols says of its packets.
struct Way {
    network: usize,
    protocol: u16,
    transport: Option<usize>,
}

impl Found {
    /// The flows of a batch.
    pub fn of(batch: &RecordBatch, shape: &Shape) -> Self {
        let mut found = Self::default();
        let packets = Packets::of(batch, shape.len, shape.time);
        let chains = batch.column(shape.chain).as_dictionary::<Int32Type>();
        let ways: Vec<Option<Way>> = chains.values().as_string::<i32>().iter().map(|chain| found.way(shape, chain.unwrap_or_default())).collect();
        let numbers = |ends: &Ends| [ends.source, ends.target].map(|column| batch.column(column).as_primitive::<Decimal128Type>());
        let ports = |ends: &Ends| [ends.source, ends.target].map(|column| batch.column(column).as_primitive::<UInt16Type>());
        let networks: Vec<_> = shape.networks.iter().map(numbers).collect();
        let transports: Vec<_> = shape.transports.iter().map(ports).collect();
        let mut of_row = if shape.checks.is_empty() { Vec::new() } else { vec![u32::MAX; batch.num_rows()] };
        // Most packets are of a flow that was just there: the one seen last for a few of its bits is looked at first.
        let mut recent = vec![usize::MAX; RECENT];
        for row in 0..batch.num_rows() {
            let way = if chains.is_valid(row) { ways.get(chains.keys().value(row) as usize) } else { None };
            let Some(Some(way)) = way else { continue };
            let [Some(source), Some(target)] = networks[way.network].map(|column| value(column, row)) else { continue };
            let ports = way.transport.map_or([None, None], |at| transports[at].map(|column| value(column, row)));
            let [source, target] = [source, target].map(|number| Address(way.network as u8, number.to_be_bytes()));
            let talk = Talk { source, target, ports: Ports::of(ports), protocol: way.protocol };
            let at = &mut recent[talk.mixed() % RECENT];
            if found.talks.keys.get(*at) != Some(&talk) {
                *at = found.talks.place(talk);
            }
            found.talks.values[*at].packet(packets.at(row));
            if let Some(place) = of_row.get_mut(row) {
                *place = *at as u32;
            }
        }
        found.judge(batch, shape, &of_row);
        found
    }

    /// Read a chain of protocols.
    fn way(&mut self, shape: &Shape, chain: &str) -> Option<Way> {
        let (network, name) = shape.outermost(chain)?;
        let transport = shape.transports.iter().position(|ends| *ends.name == *name);
        let at = self.protocols.iter().position(|(known, _)| **known == *name).unwrap_or_else(|| {
            self.protocols.push((name.into(), transport.map(|at| at as u16)));
            self.protocols.len() - 1
        });
        Some(Way { network, protocol: at as u16, transport })
    }

    /// Count the verdicts by flow.
    fn judge(&mut self, batch: &RecordBatch, shape: &Shape, of_row: &[u32]) {
        for (check, column) in (0..).zip(&shape.checks) {
            let column = batch.column(*column).as_primitive::<UInt8Type>();
            if column.null_count() == column.len() {
                continue;
            }
            let mut judged = Judged { check, verdicts: vec![[0; 2]; self.talks.len() + 1], unchecked: 0 };
            for (row, talk) in of_row.iter().enumerate() {
                match value(column, row) {
                    None => {}
                    Some(verdict @ 0..=1) => judged.verdicts[(*talk as usize).min(self.talks.len())][usize::from(verdict)] += 1,
                    Some(_) => judged.unchecked += 1,
                }
            }
            self.judged.push(judged);
        }
    }
}

#[inline(always)]
fn value<T: arrow_array::types::ArrowPrimitiveType>(column: &PrimitiveArray<T>, row: usize) -> Option<T::Native> {
    column.is_valid(row).then(|| column.value(row))
}
