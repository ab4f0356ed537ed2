//! The columns that frames have whatever is in them: number, times, lengths, the chain of protocols, why the walk ended.

use super::store::{Store, Type};
use crate::capture::{Batch, Record};
use crate::dissect::Walk;
use crate::error::Reason;
use crate::schema::{Schema, Shown};

/// A column of the frame itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameColumn {
    /// `frame.number`, from 1.
    Number,
    /// `frame.time_epoch`, shown in seconds by text output.
    TimeEpoch,
    /// `frame.time`.
    Time,
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
    pub const ALL: [(Self, &'static str, &'static str); 11] = [
        (Self::Number, "frame.number", "Frame number in the capture, from 1"),
        (Self::TimeEpoch, "frame.time_epoch", "Arrival time, in seconds since the epoch when written as text"),
        (Self::Time, "frame.time", "Arrival time, UTC"),
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
            Self::Len | Self::CapLen | Self::InterfaceId | Self::StopOffset => Type::Shown(Shown::UInt(4)),
            Self::Comment => Type::Shown(Shown::Text),
            Self::Protocols | Self::Stop | Self::StopLayer => Type::Label,
        }
    }

    /// True if a packet can have several.
    pub fn is_list(self) -> bool {
        self == Self::Comment
    }

    /// True if the records alone tell it, one value each.
    pub(super) fn is_of_record(self) -> bool {
        !self.needs_walk() && !self.is_list()
    }

    pub(super) fn needs_walk(self) -> bool {
        matches!(self, Self::Protocols | Self::Stop | Self::StopLayer | Self::StopOffset)
    }

    /// Add the values of many frames to the column, for what stands in their records.
    pub(super) fn fill(self, store: &mut Store, records: &[Record], first_number: u64) {
        let rows = records.len();
        let frames = records.iter().enumerate();
        match self {
            Self::Number => store.fill(rows, (0..rows).map(|row| (row, Some(first_number + row as u64)))),
            Self::TimeEpoch | Self::Time => store.fill(rows, frames.map(|(row, record)| (row, record.time.map(|time| time as u64)))),
            Self::Len => store.fill(rows, frames.map(|(row, record)| (row, Some(u64::from(record.wire_len))))),
            Self::CapLen => store.fill(rows, frames.map(|(row, record)| (row, Some(u64::from(record.cap_len))))),
            Self::InterfaceId => store.fill(rows, frames.map(|(row, record)| (row, record.interface().map(u64::from)))),
            Self::Comment | Self::Protocols | Self::Stop | Self::StopLayer | Self::StopOffset => {}
        }
    }

    /// Add the frame's value to the column, for what the way through it tells or what may be there several times.
    #[inline]
    pub(super) fn push(self, store: &mut Store, schema: &Schema, batch: &Batch, record: &Record, walk: &Walk) {
        match self {
            Self::Number | Self::TimeEpoch | Self::Time | Self::Len | Self::CapLen | Self::InterfaceId => {}
            Self::Protocols => push_protocols(store, schema, walk),
            Self::Comment => batch.comments(record).for_each(|comment| store.push(&crate::value::Value::Text(comment))),
            Self::Stop => {
                let reason = walk.stop.fault.reason;
                store.push_label(reason as u128, || reason.name().to_owned());
            }
            Self::StopLayer => {
                if walk.stop.fault.reason != Reason::End
                    && let Some(name) = walk.stop.layer.and_then(|id| schema.layer(id).name.as_ref())
                {
                    store.push_label(u128::from(walk.stop.layer.unwrap_or_default()), || name.to_string());
                }
            }
            Self::StopOffset => {
                if walk.stop.fault.reason != Reason::End {
                    store.push_number(u64::from(walk.stop.fault.offset));
                }
            }
        }
    }
}

#[inline(always)]
fn push_protocols(store: &mut Store, schema: &Schema, walk: &Walk) {
    match walk.path {
        Some(path) => store.push_label(path, || protocols(schema, walk)),
        None => store.push_text(&protocols(schema, walk)),
    }
}

/// The chain of a frame's protocols as Wireshark writes it, `eth:ethertype:ip:tcp`.
pub fn protocols(schema: &Schema, walk: &Walk) -> String {
    let mut names: Vec<&str> = Vec::new();
    for span in &walk.spans {
        let layer = schema.layer(span.layer);
        names.extend(layer.name.as_deref());
        let link = span.link.checked_sub(1).and_then(|at| layer.next.get(at as usize));
        names.extend(link.and_then(|link| link.via.as_deref()));
    }
    names.join(":")
}
