//! The Python skin of the engine: conversions and the release of the GIL, nothing else. No packet is parsed and no protocol known here.

mod batch;
mod capture;
mod flows;
mod frame;
mod object;
mod schema;
mod source;
mod stream;
mod tally;

use pyo3::prelude::*;

/// The compiled half of unwire. Use the names of the package `unwire`; these are its parts.
#[pymodule]
mod _engine {
    #[pymodule_export]
    use super::batch::Batch;
    #[pymodule_export]
    use super::capture::Info;
    #[pymodule_export]
    use super::flows::{Flows, Ranking};
    #[pymodule_export]
    use super::frame::{Frame, Frames};
    #[pymodule_export]
    use super::object::objects;
    #[pymodule_export]
    use super::schema::Schema;
    #[pymodule_export]
    use super::source::{CaptureError, Source};
    #[pymodule_export]
    use super::stream::{IpcWriter, Stream};
    #[pymodule_export]
    use super::tally::tally;
}
