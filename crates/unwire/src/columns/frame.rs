//! The columns that frames have whatever is in them: number, times, lengths, the chain of protocols, why the walk ended.

use super::store::Store;
use super::types::Type;
use crate::block::Group;
use crate::capture::{Batch, Record};
use crate::dissect::{Span, Stop};
use crate::error::Reason;
use crate::schema::{LayerId, Schema, Shown};
use crate::value::Value;

/// A column of the frame itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameColumn {
    /// `frame.number`, from 1.
    Number,
    /// `frame.time_epoch`, shown in seconds by text output.
    TimeEpoch,
    /// `frame.time`.
    Time,
    /// `frame.time_delta`: since the frame before.
    TimeDelta,
    /// `frame.time_delta_displayed`: since the frame before that has a row.
    TimeDisplayed,
    /// `frame.time_relative`: since the first frame.
    TimeRelative,
    /// `frame.len`, on the wire.
    Len,
    /// `frame.cap_len`.
    CapLen,
    /// `frame.protocols`.
    Protocols,
    /// `frame.interface_id`.
    InterfaceId,
    /// `frame.comment`.
    Comment,
    /// `stop`: why the walk ended.
    Stop,
    /// `stop.layer`: the protocol it ended in.
    StopLayer,
    /// `stop.offset`: where in the frame.
    StopOffset,
}

impl FrameColumn {
    /// Every frame column with its name, type and meaning.
    pub const ALL: [(Self, &'static str, &'static str); 14] = [
        (Self::Number, "frame.number", "Frame number in the capture, from 1"),
        (Self::TimeEpoch, "frame.time_epoch", "Arrival time, in seconds since the epoch when written as text"),
        (Self::Time, "frame.time", "Arrival time, UTC"),
        (Self::TimeDelta, "frame.time_delta", "Time since the previous frame of the capture"),
        (Self::TimeDisplayed, "frame.time_delta_displayed", "Time since the previous frame that a filter let through"),
        (Self::TimeRelative, "frame.time_relative", "Time since the first frame of the capture"),
        (Self::Len, "frame.len", "Frame length on the wire"),
        (Self::CapLen, "frame.cap_len", "Frame length stored in the capture"),
        (Self::Protocols, "frame.protocols", "Protocols in the frame"),
        (Self::InterfaceId, "frame.interface_id", "Interface of the capture"),
        (Self::Comment, "frame.comment", "Comment on the packet"),
        (Self::Stop, "stop", "Why decoding ended"),
        (Self::StopLayer, "stop.layer", "The protocol in which decoding ended"),
        (Self::StopOffset, "stop.offset", "Where in the frame decoding ended"),
    ];

    /// The frame column of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(column, ..)| *column)
    }

    /// The type of a value.
    pub fn kind(self) -> Type {
        match self {
            Self::Number => Type::Shown(Shown::UInt(8)),
            Self::TimeEpoch | Self::Time => Type::Time,
            Self::TimeDelta | Self::TimeDisplayed | Self::TimeRelative => Type::Shown(Shown::Duration),
            Self::Len | Self::CapLen | Self::InterfaceId | Self::StopOffset => Type::Shown(Shown::UInt(4)),
            Self::Comment => Type::Shown(Shown::Text),
            Self::Protocols | Self::Stop | Self::StopLayer => Type::Label,
        }
    }

    /// True if a packet can have several.
    pub fn is_list(self) -> bool {
        self == Self::Comment
    }

    pub(crate) fn needs_walk(self) -> bool {
        matches!(self, Self::Protocols | Self::Stop | Self::StopLayer | Self::StopOffset)
    }

    /// Add the values of many frames to the column, if each has one at most.
    pub(super) fn fill(self, store: &mut Store, rows: &Rows<'_>, went: &Went, told: &impl Told) {
        let Rows { batch, records, numbers, displayed } = *rows;
        let rows = records.len();
        let frames = records.iter();
        let stopped = |stop: &Stop| stop.fault.reason != Reason::End;
        match self {
            Self::Number => match numbers {
                Numbers::From(first) => store.fill(rows, (first..).take(rows).map(Some)),
                Numbers::Each(numbers) => store.fill(rows, numbers.iter().copied().map(Some)),
            },
            Self::TimeEpoch | Self::Time => store.fill(rows, frames.map(|record| record.time.map(|time| time as u64))),
            Self::TimeDelta => {
                let since =
                    |(at, record): (usize, &Record)| Some((record.time? - batch.earlier(numbers.at(at, batch)).previous.or(record.time)?) as u64);
                store.fill(rows, frames.enumerate().map(since));
            }
            Self::TimeDisplayed => {
                let mut displayed = displayed;
                let since = |record: &Record| {
                    let time = record.time?;
                    Some((time - displayed.replace(time).unwrap_or(time)) as u64)
                };
                store.fill(rows, frames.map(since));
            }
            Self::TimeRelative => {
                let first = batch.earlier(0).first;
                store.fill(rows, frames.map(|record| Some((record.time? - first?) as u64)));
            }
            Self::Len => store.fill(rows, frames.map(|record| Some(u64::from(record.wire_len)))),
            Self::CapLen => store.fill(rows, frames.map(|record| Some(u64::from(record.cap_len)))),
            Self::InterfaceId => store.fill(rows, frames.map(|record| record.interface().map(u64::from))),
            Self::Protocols => store.fill_labels(went.paths.iter().map(|path| Some(*path)), |path| told.protocols(path)),
            Self::Stop => {
                let name = |number: u32| Reason::ALL.get(number as usize).map_or("", |reason| reason.name()).to_owned();
                store.fill_labels(went.stops.iter().map(|stop| Some(stop.fault.reason as u32)), name);
            }
            Self::StopLayer => {
                let layer = |stop: &Stop| stop.layer.filter(|layer| stopped(stop) && told.layer(*layer).is_some());
                let name = |number: u32| told.layer(number as LayerId).unwrap_or_default().to_owned();
                store.fill_labels(went.stops.iter().map(|stop| layer(stop).map(u32::from)), name);
            }
            Self::StopOffset => {
                store.fill(rows, went.stops.iter().map(|stop| stopped(stop).then_some(u64::from(stop.fault.offset))));
            }
            Self::Comment => {}
        }
    }

    /// Add the values of one frame, where there may be several.
    pub(super) fn push(self, store: &mut Store, batch: &Batch, record: &Record) {
        if self == Self::Comment {
            batch.comments(record).for_each(|comment| store.push(&Value::Text(comment)));
        }
    }
}

/// The numbers of some frames.
#[derive(Clone, Copy, Debug)]
pub(super) enum Numbers<'a> {
    /// One after the other, from this one on.
    From(u64),
    /// Each by itself.
    Each(&'a [u64]),
}

impl Numbers<'_> {
    /// The place in the batch of a row.
    pub(super) fn at(&self, row: usize, batch: &Batch) -> usize {
        match self {
            Self::From(first) => (first - batch.first_number) as usize + row,
            Self::Each(numbers) => numbers.get(row).map_or(0, |number| (number - batch.first_number) as usize),
        }
    }
}

/// Rows that are filled together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows<'a> {
    pub batch: &'a Batch,
    pub records: &'a [Record],
    pub numbers: Numbers<'a>,
    /// The time of the row before the first.
    pub displayed: Option<i64>,
}

impl Rows<'_> {
    /// The records, those of datagrams that are whole again in place of their last pieces.
    pub(super) fn with_wholes(&self) -> Vec<Record> {
        let whole = |(row, record): (usize, &Record)| match self.batch.whole(self.numbers.at(row, self.batch)) {
            Some(whole) => whole.in_place_of(*record),
            None => *record,
        };
        self.records.iter().enumerate().map(whole).collect()
    }
}

/// How the walks through the frames of a block went, as far as columns tell it.
#[derive(Debug, Default)]
pub(super) struct Went {
    paths: Vec<u32>,
    stops: Vec<Stop>,
}

impl Went {
    /// Begin a block of so many rows, of which these columns are filled.
    pub(super) fn open(&mut self, rows: usize, columns: &[(usize, FrameColumn)]) {
        let asked = |stops: bool| columns.iter().any(|(_, column)| column.needs_walk() && stops == (*column != FrameColumn::Protocols));
        self.paths.clear();
        self.paths.resize(if asked(false) { rows } else { 0 }, 0);
        self.stops.clear();
        self.stops.resize(if asked(true) { rows } else { 0 }, Stop::default());
    }

    /// How the walks through a group of rows went.
    pub(super) fn together(&mut self, group: &Group<'_>) {
        if !self.paths.is_empty() {
            for (row, path) in group.rows.iter().zip(group.ways()) {
                if let Some(place) = self.paths.get_mut(*row as usize) {
                    *place = path;
                }
            }
        }
        if !self.stops.is_empty() {
            for (row, stop) in group.rows.iter().zip(group.stops()) {
                if let Some(place) = self.stops.get_mut(*row as usize) {
                    *place = stop;
                }
            }
        }
    }

    /// How the walk through a row went.
    #[inline]
    pub(super) fn set(&mut self, row: u32, stop: Stop, path: u32) {
        if let Some(place) = self.paths.get_mut(row as usize) {
            *place = path;
        }
        if let Some(place) = self.stops.get_mut(row as usize) {
            *place = stop;
        }
    }
}

/// Texts that are told only once.
pub(super) trait Told {
    /// The chain of protocols of a path.
    fn protocols(&self, path: u32) -> String;
    /// The name of a layer, if it has one.
    fn layer(&self, layer: LayerId) -> Option<&str>;
}

/// The chain of a frame's protocols as Wireshark writes it, `eth:ethertype:ip:tcp`.
pub fn protocols(schema: &Schema, spans: &[Span]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for span in spans {
        let layer = schema.layer(span.layer);
        names.extend(layer.name.as_deref());
        let link = span.link.checked_sub(1).and_then(|at| layer.next.get(at as usize));
        names.extend(link.and_then(|link| link.via.as_deref()));
    }
    names.join(":")
}
