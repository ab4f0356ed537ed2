//! What reassembly may keep: bytes per connection and in total, and the counts of what the caps cut.

/// Which bytes are right where segments overlap, as long as they wait for what is before them. Bytes that were handed on are not taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Those that came first.
    #[default]
    First,
    /// Those that came last.
    Last,
}

/// What all connections of a pass share.
#[derive(Clone, Debug)]
pub struct Budget {
    /// What one connection may have waiting, in bytes.
    pub connection: usize,
    /// What all may have.
    pub total: usize,
    /// Which bytes are right where segments overlap.
    pub policy: Policy,
    /// How often a connection gave bytes up because it had too much waiting.
    pub connection_caps: u64,
    /// How often one did because all together had.
    pub total_caps: u64,
    used: usize,
    most: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(2 << 20, 64 << 20, Policy::First)
    }
}

impl Budget {
    /// So many bytes for one connection and for all.
    pub fn new(connection: usize, total: usize, policy: Policy) -> Self {
        Self { connection, total, policy, connection_caps: 0, total_caps: 0, used: 0, most: 0 }
    }

    /// What waits now, in bytes, with what it takes to keep it.
    pub fn used(&self) -> usize {
        self.used
    }

    /// The most that ever waited.
    pub fn most(&self) -> usize {
        self.most
    }

    /// What somebody kept took so much, and now so much.
    pub(super) fn change(&mut self, before: usize, now: usize) {
        self.used = (self.used + now).saturating_sub(before);
        self.most = self.most.max(self.used);
    }

    pub(super) fn is_over(&self) -> bool {
        self.used > self.total
    }
}
