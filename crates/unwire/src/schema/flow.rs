//! What a layer tells of the flow that a packet belongs to, role by role. A role says what a number means to flows and to nobody else, so
//! that those who keep flows need no protocol's name. How the numbers of a packet are gathered seeing/ knows.

use super::document;
use super::expr::Names;
use super::{Expr, SchemaError};

/// What a number of a layer means to flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The number of the protocol that a network layer, or a header that extends it, carries.
    Protocol,
    /// Where in its datagram the payload lies, in bytes.
    Offset,
    /// True if more of the datagram follows.
    More,
    /// What all pieces of a datagram have in common beside addresses and protocol.
    Id,
    /// The sender's port.
    Source,
    /// The receiver's port.
    Target,
    /// The number of the first byte carried.
    Sequence,
    /// The number of the byte that is expected next.
    Acknowledged,
    /// The bits that open, close and acknowledge, where RFC 9293 has them: FIN 1, SYN 2, RST 4, PSH 8, ACK 16 …
    Flags,
    /// How many bytes may be sent, before scaling.
    Window,
    /// By how many bits windows are shifted; of a part.
    Scale,
    /// Bytes that the receiver has beyond those that it acknowledges; of a part.
    Held,
    /// What kind of message it is.
    Type,
    /// Which of that kind.
    Code,
    /// The number of a virtual network.
    Tag,
}

/// What a layer tells of flows.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// The numbers.
    pub roles: Vec<(Role, Expr)>,
    /// Types of messages, each with the type that answers it.
    pub answers: Vec<(u8, u8)>,
}

impl Flow {
    pub(super) fn parse(source: &document::Flow<'_>, names: &[&str]) -> Result<Self, SchemaError> {
        let told = [
            (Role::Protocol, &source.protocol),
            (Role::Offset, &source.offset),
            (Role::More, &source.more),
            (Role::Id, &source.id),
            (Role::Source, &source.source),
            (Role::Target, &source.target),
            (Role::Sequence, &source.sequence),
            (Role::Acknowledged, &source.acknowledged),
            (Role::Flags, &source.flags),
            (Role::Window, &source.window),
            (Role::Scale, &source.scale),
            (Role::Held, &source.held),
            (Role::Type, &source.kind),
            (Role::Code, &source.code),
            (Role::Tag, &source.tag),
        ];
        let names = Names { fields: names, item: &[] };
        let roles = told.into_iter().filter_map(|(role, told)| Some((role, told.as_ref()?)));
        let roles = roles.map(|(role, told)| Ok((role, Expr::parse(told, &names)?))).collect::<Result<_, SchemaError>>()?;
        Ok(Self { roles, answers: source.answers.clone() })
    }

    /// True if it has the role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|(one, _)| *one == role)
    }
}
