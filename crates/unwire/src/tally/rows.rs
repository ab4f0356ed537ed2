//! The rows of statistics: plain values, made when they are asked for. How they are counted and ordered is not known here.

use std::sync::Arc;

use super::flows::Address;
use super::table::Volume;

/// An address, or one with a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talker {
    /// The address.
    pub address: Address,
    /// The protocol, if it is told by port.
    pub protocol: Option<Arc<str>>,
    /// The port.
    pub port: Option<u16>,
    /// All traffic; what it sent to itself is here once.
    pub all: Volume,
    /// What it sent.
    pub sent: Volume,
    /// What it received.
    pub received: Volume,
}

/// Two ends; the first sent the first packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// The protocol, unless it is by address.
    pub protocol: Option<Arc<str>>,
    /// Each end's address and, where it counts, port.
    pub ends: [(Address, Option<u16>); 2],
    /// The likelier server's port, if there is a port.
    pub server: Option<u16>,
    /// What each end sent.
    pub sent: [Volume; 2],
    /// Distinct pairs of ports.
    pub connections: u64,
    /// Time of the first packet, if any has one.
    pub first: Option<i64>,
    /// Time of the last.
    pub last: Option<i64>,
}

/// A port and its traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortUse {
    /// The transport.
    pub protocol: Arc<str>,
    /// The number.
    pub port: u16,
    /// All traffic; between equal ports once.
    pub all: Volume,
    /// As the sender's.
    pub from: Volume,
    /// As the receiver's.
    pub to: Volume,
}

/// A server's port and its traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The transport.
    pub protocol: Arc<str>,
    /// The number.
    pub port: u16,
    /// Traffic.
    pub all: Volume,
    /// Distinct connections.
    pub connections: u64,
    /// Distinct servers.
    pub servers: u64,
    /// Distinct clients.
    pub clients: u64,
}

/// The checksums of one protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Packets that are bad, good, not verified.
    pub totals: [u64; 3],
    /// Who sent bad ones, most first: the address if there is one, bad, good.
    pub senders: Vec<(Option<Address>, u64, u64)>,
    /// How many there are.
    pub sender_count: usize,
    /// True if each of them sent at least so many bad ones and no good one.
    pub throughout: bool,
}
