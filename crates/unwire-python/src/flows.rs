//! Who talks to whom, counted in the engine: only the rows that are asked for become Python objects.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyList;
use unwire::schema::Shown;
use unwire::tally::{self, Address, By, Ends, MAX_FLOWS, Ranked, Shape, Talker};

use crate::schema::Schema;

/// The flows of captures. `networks` and `transports` are (name in frame.protocols, source column, target column), `between` the names that
/// are passed over between the two, `checks` columns of checksum verdicts, `servers` known (transport, port)s. At most about `most` flows and
/// as many addresses are kept.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Flows {
    flows: Mutex<tally::Flows>,
    pub(crate) shape: Arc<Shape>,
    /// The columns that are read; the first so many are addresses.
    pub(crate) columns: Vec<String>,
    pub(crate) addresses: usize,
    /// Of each network, whether its addresses have 16 bytes.
    wide: Vec<bool>,
}

type Named = (String, String, String);
type Pair = (u64, u64);

impl Flows {
    pub(crate) fn lock(&self) -> MutexGuard<'_, tally::Flows> {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self, address: Address) -> String {
        if self.wide.get(address.kind()).copied().unwrap_or_default() {
            Ipv6Addr::from(address.number()).to_string()
        } else {
            Ipv4Addr::from(address.number() as u32).to_string()
        }
    }
}

#[pymethods]
impl Flows {
    #[new]
    #[pyo3(signature = (schema, networks, transports, between, checks, servers, most = None))]
    fn new(
        schema: &Schema,
        networks: Vec<Named>,
        transports: Vec<Named>,
        between: Vec<String>,
        checks: Vec<String>,
        servers: Vec<(String, u16)>,
        most: Option<usize>,
    ) -> PyResult<Self> {
        let mut columns: Vec<String> = Vec::new();
        let mut wide = Vec::new();
        for (_, source, target) in &networks {
            let shown = |name: &String| schema.inner.columns.get(name.as_str()).filter(|column| !column.list).map(|column| column.shown);
            match (shown(source), shown(target)) {
                (Some(one @ (Shown::Ip4 | Shown::Ip6)), Some(other)) if one == other => wide.push(one == Shown::Ip6),
                _ => return Err(PyValueError::new_err(format!("{source} and {target} are no addresses"))),
            }
        }
        for name in transports.iter().flat_map(|(_, source, target)| [source, target]) {
            if schema.inner.columns.get(name.as_str()).is_none_or(|column| column.list || column.shown != Shown::UInt(2)) {
                return Err(PyValueError::new_err(format!("{name} is no port")));
            }
        }
        for name in &checks {
            if schema.inner.columns.get(name.as_str()).is_none_or(|column| column.list || column.shown != Shown::UInt(1)) {
                return Err(PyValueError::new_err(format!("{name} is no verdict")));
            }
        }
        let mut ends = |(name, source, target): Named| {
            columns.extend([source, target]);
            Ends { name: name.into(), source: columns.len() - 2, target: columns.len() - 1 }
        };
        let networks: Vec<Ends> = networks.into_iter().map(&mut ends).collect();
        let transports: Vec<Ends> = transports.into_iter().map(&mut ends).collect();
        let addresses = 2 * networks.len();
        let places = columns.len()..columns.len() + checks.len();
        columns.extend(checks);
        columns.push("frame.protocols".to_owned());
        let place = |name: &str| transports.iter().position(|ends| *ends.name == *name).map(|at| at as u16);
        let servers = servers.iter().filter_map(|(name, port)| Some((place(name)?, *port))).collect();
        let chain = columns.len() - 1;
        let shape = Shape { networks, transports, between, checks: places.collect(), servers, chain, len: 0, time: 0 };
        let shape = Arc::new(shape);
        Ok(Self { flows: Mutex::new(tally::Flows::new(Arc::clone(&shape), most.unwrap_or(MAX_FLOWS))), shape, columns, addresses, wide })
    }

    /// The outermost network layer of a chain of protocols, and what is directly on it.
    fn outermost(&self, chain: &str) -> Option<(String, String)> {
        self.shape.outermost(chain).map(|(at, on)| (self.shape.networks[at].name.to_string(), on.to_owned()))
    }

    /// What was given up for want of room, of flows and of addresses: (packets, bytes) of it, and (packets, bytes) that each may lack.
    fn lost(&self) -> [(Pair, Pair); 2] {
        let flows = self.lock();
        [flows.flows_lost, flows.addresses_lost].map(|lost| (lost.others.into(), lost.each.into()))
    }

    /// Rank `what`: talkers, endpoints, conversations (`by` port, service or address), ports; most bytes first, cut to `top` (0: whole).
    #[pyo3(signature = (what, top = 0, by = "port"))]
    fn rank(slf: Bound<'_, Self>, what: &str, top: usize, by: &str) -> PyResult<Ranking> {
        let by = match by {
            "port" => By::Port,
            "service" => By::Service,
            "address" => By::Address,
            other => return Err(PyKeyError::new_err(other.to_owned())),
        };
        let what = match what {
            "talkers" => What::Talkers,
            "endpoints" => What::Endpoints,
            "conversations" => What::Conversations(by),
            "ports" => What::Ports,
            other => return Err(PyKeyError::new_err(other.to_owned())),
        };
        let this = slf.get();
        let ranked = slf.py().detach(|| match what {
            What::Talkers => this.lock().talkers(top),
            What::Endpoints => this.lock().endpoints(top),
            What::Conversations(by) => this.lock().conversations(by, top),
            What::Ports => this.lock().ports(top),
        });
        let packets = this.lock().packets();
        Ok(Ranking { flows: slf.unbind(), what, ranked, packets })
    }

    /// The ports of servers, most bytes first: [(transport, port, packets, bytes, connections, servers, clients)], and how many there are.
    #[allow(clippy::type_complexity, reason = "a row")]
    fn services(&self, py: Python<'_>, top: usize) -> (Vec<(String, u16, u64, u64, u64, u64, u64)>, usize) {
        let (rows, count) = py.detach(|| self.lock().services(top));
        let row = |s: tally::Served| (s.protocol.to_string(), s.port, s.all[0], s.all[1], s.connections, s.servers, s.clients);
        (rows.into_iter().map(row).collect(), count)
    }

    /// Each check: (bad, good, not verified), the first `top` senders of bad ones (address | None, bad, good), how many there are, and
    /// whether each of them has `enough` bad ones and no good one.
    #[allow(clippy::type_complexity, reason = "a row")]
    fn checksums(&self, top: usize, enough: u64) -> Vec<([u64; 3], Vec<(Option<String>, u64, u64)>, usize, bool)> {
        let checked = self.lock().checksums(top, enough).into_iter();
        let sender = |(address, bad, good): (Option<Address>, u64, u64)| (address.map(|address| self.text(address)), bad, good);
        checked.map(|one| (one.totals, one.senders.into_iter().map(sender).collect(), one.sender_count, one.throughout)).collect()
    }
}

#[derive(Clone, Copy)]
enum What {
    Talkers,
    Endpoints,
    Conversations(By),
    Ports,
}

/// A ranking of flows; its rows are made when they are asked for, and only as long as nothing was added to the flows.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Ranking {
    flows: Py<Flows>,
    what: What,
    ranked: Ranked,
    packets: u64,
}

#[pymethods]
impl Ranking {
    /// How many there are, of which `top` are ranked.
    #[getter]
    fn count(&self) -> usize {
        self.ranked.count
    }

    fn __len__(&self) -> usize {
        self.ranked.rows()
    }

    /// So many rows from one on, as tuples.
    fn rows<'py>(&self, py: Python<'py>, first: usize, count: usize) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        let this = self.flows.get();
        let flows = this.lock();
        let ranked = &self.ranked;
        if flows.packets() != self.packets {
            return Err(PyRuntimeError::new_err("packets were counted after the ranking was made"));
        }
        for row in first..first.saturating_add(count).min(ranked.rows()) {
            match self.what {
                What::Talkers | What::Endpoints => {
                    let found = if let What::Talkers = self.what { flows.talker(ranked, row) } else { flows.endpoint(ranked, row) };
                    if let Some(Talker { address, protocol, port, all, sent, received }) = found {
                        let protocol = protocol.as_deref();
                        list.append((this.text(address), protocol, port, all[0], all[1], sent[0], sent[1], received[0], received[1]))?;
                    }
                }
                What::Conversations(by) => {
                    if let Some(found) = flows.conversation(ranked, by, row) {
                        let [(a, a_port), (b, b_port)] = found.ends;
                        let [[out, out_bytes], [back, back_bytes]] = found.sent;
                        let protocol = found.protocol.as_deref().unwrap_or_default();
                        let ends = (protocol, this.text(a), a_port, this.text(b), b_port);
                        let sums = (out, out_bytes, back, back_bytes);
                        list.append((ends, found.server, sums, found.connections, found.first, found.last))?;
                    }
                }
                What::Ports => {
                    if let Some(found) = flows.port(ranked, row) {
                        let ([all, bytes], [from, bytes_from], [to, bytes_to]) = (found.all, found.from, found.to);
                        list.append((&*found.protocol, found.port, all, bytes, from, bytes_from, to, bytes_to))?;
                    }
                }
            }
        }
        Ok(list)
    }
}
