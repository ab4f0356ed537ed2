//! The pass over captures that knows connections: their log as a stream of batches, and who listens to them (talks.rs). What names things (services,
//! ports, local addresses) comes from Python.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use unwire::conn::{Asked, Conn, Local, Sights, Signature, outputs};
use unwire::filter;
use unwire::logs;
use unwire::native::row::Rows as LogRows;
use unwire::pool::Ordered;
use unwire::ruling::ruled;
use unwire::schema;
use unwire::stream::flow::Rules;
use unwire::talks::Talks;

use crate::capture::Info;
use crate::filter::{Filter, Needs, looking, of_schema};
use crate::gist::Gist;
use crate::schema::Schema;
use crate::source::{Begun, Source, apart, to_python};
use crate::stream::{Rows, Stream};
use crate::talks::{Extracting, LogPass, Logs, Messages, log_of};

/// The log of connections, among the others.
pub(crate) const CONN: &str = "conn";

/// Service, whether it is of streams, bytes with their masks, least length, port.
type Told = (String, bool, Vec<(u8, u8)>, usize, Option<u16>, bool);

/// What is asked of a log of connections; `stream` begins a pass.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Connections {
    schema: Arc<schema::Schema>,
    asked: Arc<Asked>,
}

#[pymethods]
impl Connections {
    /// `transports` are the names of streams, datagrams, messages and all else; `tags` of the columns of tags; `signatures` the first bytes of services; `likely` ports of servers, of streams and of datagrams; `patient` ports and services of streams
    /// that may be silent for long, `short` services of datagrams that are over soon; `local` addresses with the bits that count; `nothing` numbers that say that nothing is
    /// carried; `most`
    /// live flows.
    #[new]
    #[pyo3(signature = (schema, transports, tags, signatures, likely, patient, short, local, nothing, *, by_tag = false, by_tunnel = false, verify = false, quality = false, numbers = false, seed = 0, most = 0))]
    #[allow(clippy::too_many_arguments, clippy::fn_params_excessive_bools, reason = "keywords in Python")]
    fn new(
        schema: &Schema,
        transports: [String; 4],
        tags: [String; 2],
        signatures: Vec<Told>,
        likely: [Vec<u16>; 2],
        patient: (Vec<u16>, Vec<String>),
        short: Vec<String>,
        local: Vec<(IpAddr, u8)>,
        nothing: Vec<u8>,
        by_tag: bool,
        by_tunnel: bool,
        verify: bool,
        quality: bool,
        numbers: bool,
        seed: u16,
        most: usize,
    ) -> PyResult<Self> {
        let mut services: Vec<String> = signatures.iter().map(|told| told.0.clone()).collect();
        services.extend(schema.inner.layers.iter().filter_map(|layer| layer.service.as_deref().map(str::to_owned)));
        services.sort();
        services.dedup();
        if services.len() > 32 {
            return Err(PyValueError::new_err(format!("{} services where 32 can be told apart", services.len())));
        }
        let bit = |name: &String| services.binary_search(name).map_or(0, |at| 1 << at);
        let signatures = signatures.iter().map(|(name, stream, pattern, least, port, follows)| Signature {
            service: bit(name),
            stream: *stream,
            pattern: pattern.clone(),
            least: *least,
            port: *port,
            never: Vec::new(),
            follows: *follows,
        });
        let signatures = unwire::conn::ruled(&schema.inner, signatures.collect());
        let all = |names: &[String]| names.iter().fold(0, |all, name| all | bit(name));
        let rules = Rules { likely, patient: (patient.0, all(&patient.1)), short: all(&short), quality, most };
        let local = local.into_iter().map(|(address, bits)| {
            let mut bytes = [0; 16];
            let width = match address {
                IpAddr::V4(four) => {
                    bytes[..4].copy_from_slice(&four.octets());
                    4
                }
                IpAddr::V6(six) => {
                    bytes = six.octets();
                    16
                }
            };
            Local { address: bytes, width, bits }
        });
        let asked = Asked {
            rules,
            by_tag,
            by_tunnel,
            verifies: verify,
            numbers,
            signatures,
            local: local.collect(),
            services,
            transports,
            tags,
            nothing,
            seed,
        };
        Ok(Self { schema: Arc::clone(&schema.inner), asked: Arc::new(asked) })
    }

    /// The names of the columns.
    fn columns(&self) -> Vec<String> {
        outputs(&self.asked).iter().map(|output| output.name.to_string()).collect()
    }

    /// Begin a pass over captures, one after the other; flows go on from one to the next. The first is opened at once.
    #[pyo3(signature = (sources, workers = 1, link = None, filter = None))]
    fn stream(&self, py: Python<'_>, sources: Vec<Py<Source>>, workers: usize, link: Option<u16>, filter: Option<&Filter>) -> PyResult<Stream> {
        let talks = Talks::default();
        let mut pass = self.pass(py, sources, workers, link, filter, talks, true)?;
        let arrow = pass.conn.schema().map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        Ok(Stream::of(arrow, outputs(&self.asked).into(), Box::new(pass)))
    }

    /// Begin a pass for one of the other logs; `hashes` of what is carried are computed only if they are asked for.
    /// `extract` is a folder for what files hold; `terse` asks for Zeek's texts even where they say less.
    #[pyo3(signature = (name, sources, workers = 1, link = None, filter = None, hashes = false, extract = None, terse = false))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn log(
        &self,
        py: Python<'_>,
        name: &str,
        sources: Vec<Py<Source>>,
        workers: usize,
        link: Option<u16>,
        filter: Option<&Filter>,
        hashes: bool,
        extract: Option<PathBuf>,
        terse: bool,
    ) -> PyResult<Stream> {
        let log = log_of(name)?;
        let files = Extracting::new(extract);
        let mut rows = LogRows::of_files(hashes, files.as_ref().map(Extracting::taking)).terse(terse).by(ruled(&self.schema));
        rows.want(log);
        let pass = self.pass(py, sources, workers, link, filter, Talks::new(rows), false)?;
        Ok(Stream::of(logs::schema(log), logs::outputs(log).into(), Box::new(LogPass { pass, log, files })))
    }

    /// Begin a pass for several logs, that of connections among them if it is named.
    #[pyo3(signature = (names, sources, workers = 1, link = None, filter = None, hashes = false, extract = None, terse = false))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn logs(
        &self,
        py: Python<'_>,
        names: Vec<String>,
        sources: Vec<Py<Source>>,
        workers: usize,
        link: Option<u16>,
        filter: Option<&Filter>,
        hashes: bool,
        extract: Option<PathBuf>,
        terse: bool,
    ) -> PyResult<Logs> {
        let files = Extracting::new(extract);
        let mut rows = LogRows::of_files(hashes, files.as_ref().map(Extracting::taking)).terse(terse).by(ruled(&self.schema));
        for name in names.iter().filter(|name| *name != CONN) {
            rows.want(log_of(name)?);
        }
        let talks = Talks::new(rows);
        let pass = self.pass(py, sources, workers, link, filter, talks, names.iter().any(|name| name == CONN))?;
        Ok(Logs::of(pass, outputs(&self.asked).into(), files))
    }

    /// What connections come to, with the texts of columns of logs: pairs of a log and a column.
    fn gist(&self, columns: Vec<(String, String)>) -> PyResult<Gist> {
        Gist::new(&self.schema, &self.asked, &columns).ok_or_else(|| PyValueError::new_err(format!("no such columns of logs: {columns:?}")))
    }

    /// Begin a pass for messages of the protocol that a log is about.
    #[pyo3(signature = (name, sources, workers = 1, link = None, filter = None))]
    fn messages(
        &self,
        py: Python<'_>,
        name: &str,
        sources: Vec<Py<Source>>,
        workers: usize,
        link: Option<u16>,
        filter: Option<&Filter>,
    ) -> PyResult<Messages> {
        let mut rows = LogRows::default().by(ruled(&self.schema));
        rows.want_said(log_of(name)?);
        let talks = Talks::new(rows);
        Ok(Messages::of(self.pass(py, sources, workers, link, filter, talks, false)?))
    }
}

impl Connections {
    #[allow(clippy::too_many_arguments, reason = "what a pass is about")]
    fn pass(
        &self,
        py: Python<'_>,
        sources: Vec<Py<Source>>,
        workers: usize,
        link: Option<u16>,
        filter: Option<&Filter>,
        talks: Talks,
        rows: bool,
    ) -> PyResult<Pass> {
        let filter = of_schema(filter, &self.schema)?;
        let mut pass = Pass {
            schema: Arc::clone(&self.schema),
            asked: Arc::clone(&self.asked),
            conn: Conn::new(&self.schema, &self.asked, rows),
            talks,
            filter,
            sources: sources.into_iter(),
            workers,
            link,
            current: None,
            ended: false,
            packets: 0,
            infos: Vec::new(),
            begun: Begun::here(),
        };
        if let Some(source) = pass.sources.next() {
            pass.current = Some(pass.open(py, source.get())?);
        }
        Ok(pass)
    }
}

/// The captures of a pass, and the flows that live.
pub(crate) struct Pass {
    schema: Arc<schema::Schema>,
    asked: Arc<Asked>,
    conn: Conn,
    pub(crate) talks: Talks,
    filter: Option<Arc<filter::Filter>>,
    sources: std::vec::IntoIter<Py<Source>>,
    workers: usize,
    link: Option<u16>,
    current: Option<Ordered<Sights>>,
    pub(crate) ended: bool,
    packets: u64,
    infos: Vec<Info>,
    begun: Begun,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let current = self.current.take();
        if self.begun.is_here() {
            apart(move || drop(current));
        } else {
            // Its threads are the parent's: who waited for them here would wait for ever.
            std::mem::forget(current);
        }
    }
}

impl Pass {
    fn open(&self, py: Python<'_>, source: &Source) -> PyResult<Ordered<Sights>> {
        let workers = if source.is_object() { 1 } else { self.workers };
        let capture = looking(source.open(py)?, &self.schema, self.link, Needs::of(None, self.filter.as_deref()), false);
        let wants = self.talks.wants();
        Ok(Ordered::new(capture, workers, || {
            Sights::new(&self.schema, &self.asked, self.filter.as_ref(), self.link, wants.clone()).with_stops(self.talks.tells_stops())
        }))
    }

    /// Read on; false when all is read.
    pub(crate) fn step(&mut self) -> PyResult<bool> {
        self.begun.check()?;
        if self.ended {
            return Ok(false);
        }
        while let Some(sights) = self.current.as_mut().and_then(Iterator::next) {
            // A batch may hold gigabytes when they are unpacked.
            Python::attach(|py: Python<'_>| py.check_signals())?;
            let sights = sights.map_err(to_python)?;
            self.packets += sights.records;
            self.conn.add(&sights, &mut self.talks);
            if !sights.more {
                return Ok(true);
            }
        }
        if let Some(pass) = self.current.take() {
            self.infos.push(pass.with_capture(Info::of));
            self.conn.end_of_capture(std::mem::take(&mut self.packets));
        }
        if let Some(source) = self.sources.next() {
            self.current = Some(Python::attach(|py| self.open(py, source.get()))?);
        } else {
            self.ended = self.conn.finish(&mut self.talks);
        }
        Ok(true)
    }

    /// What is known of each capture so far.
    pub(crate) fn infos(&self) -> Vec<Info> {
        let current = self.current.as_ref().map(|pass| pass.with_capture(Info::of));
        self.infos.iter().cloned().chain(current).collect()
    }
}

impl Pass {
    /// Rows of connections, if there are enough.
    pub(crate) fn connections(&mut self) -> PyResult<Option<RecordBatch>> {
        self.conn.take(self.ended).transpose().map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }
}

impl Rows for Pass {
    fn next(&mut self) -> PyResult<Option<RecordBatch>> {
        loop {
            if let Some(rows) = self.connections()? {
                return Ok(Some(rows));
            }
            if !self.step()? {
                return Ok(None);
            }
        }
    }

    fn infos(&self) -> Vec<Info> {
        self.infos()
    }
}
