//! What a reading was told of ports (decode-as), for those who understand what is said by its content: whose it is, or that it is nobody's. Where such
//! rules come from is ruling.rs's.

use std::collections::BTreeMap;

use super::heard::key;
use super::spoken::may_be_dns;

/// What was said of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What is said there is nobody's who understands messages.
    Nobody,
    /// It is that of a message's number.
    Said(u16),
}

/// What was said of ports.
#[derive(Clone, Debug, Default)]
pub struct Ruled {
    streams: BTreeMap<u16, Verdict>,
    datagrams: BTreeMap<u16, Verdict>,
}

impl Ruled {
    /// Say something of a port of streams, or of datagrams.
    pub fn say(&mut self, stream: bool, port: u16, verdict: Verdict) {
        let ports = if stream { &mut self.streams } else { &mut self.datagrams };
        ports.insert(port, verdict);
    }

    /// What was said of one of two ports; of both, what was said of the lower.
    #[inline]
    fn of(&self, stream: bool, [one, other]: [u16; 2]) -> Option<Verdict> {
        let ports = if stream { &self.streams } else { &self.datagrams };
        if ports.is_empty() {
            return None;
        }
        ports.get(&one.min(other)).or_else(|| ports.get(&one.max(other))).copied()
    }

    /// True if what is said between two ports is nobody's.
    #[inline]
    pub fn is_nobody_s(&self, stream: bool, ports: [u16; 2]) -> bool {
        self.of(stream, ports) == Some(Verdict::Nobody)
    }

    /// True if what is said between two ports may be DNS.
    #[inline]
    pub fn may_be_dns(&self, stream: bool, ports: [u16; 2]) -> bool {
        self.of(stream, ports).map_or_else(|| may_be_dns(stream, ports), |verdict| verdict == Verdict::Said(key::DNS))
    }
}
