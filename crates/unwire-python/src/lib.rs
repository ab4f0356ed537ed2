//! The Python skin of the engine: conversions and the release of the GIL, nothing else. No packet is parsed and no protocol known here.

mod batch;
mod capture;
mod conn;
mod filter;
mod flows;
mod frame;
mod frames;
mod gist;
mod natives;
mod object;
mod outgoing;
mod places;
mod record;
mod schema;
mod source;
mod steps;
mod stream;
mod streams;
mod talks;
mod tally;
mod writer;

use pyo3::prelude::*;

/// The compiled half of unwire. Use the names of the package `unwire`; these are its parts.
#[pymodule]
mod _engine {
    #[pymodule_export]
    use super::batch::Batch;
    #[pymodule_export]
    use super::capture::Info;
    #[pymodule_export]
    use super::conn::Connections;
    #[pymodule_export]
    use super::filter::{Filter, FilterRefused};
    #[pymodule_export]
    use super::flows::{Flows, Ranking};
    #[pymodule_export]
    use super::frame::Frame;
    #[pymodule_export]
    use super::frames::Frames;
    #[pymodule_export]
    use super::gist::Gist;
    #[pymodule_export]
    use super::natives::natives;
    #[pymodule_export]
    use super::object::objects;
    #[pymodule_export]
    use super::outgoing::{Held, Packets};
    #[pymodule_export]
    use super::places::Places;
    #[pymodule_export]
    use super::record::{Interface, Record, Records};
    #[pymodule_export]
    use super::schema::Schema;
    #[pymodule_export]
    use super::source::{CaptureError, Source};
    #[pymodule_export]
    use super::steps::{Steps, StepsIterator};
    #[pymodule_export]
    use super::stream::{IpcWriter, Stream};
    #[pymodule_export]
    use super::streams::{Stream as RawStream, Streams};
    #[pymodule_export]
    use super::talks::{Logs, Messages, log_columns, logs_there_are};
    #[pymodule_export]
    use super::tally::tally;
    #[pymodule_export]
    use super::writer::{RecordWriter, WriteError};
}
