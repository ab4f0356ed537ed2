//! What a schema was told of ports (decode-as), for services by their first bytes. What it means for what is decoded is ruling.rs's.

use super::signature::Signature;
use crate::schema::{Layer, LinkTo, Role, Schema};

/// First bytes of services as a schema was told of ports: at one that leaves bytes nothing is looked for, and at one that is a protocol's what needs
/// that protocol's port.
pub fn ruled(schema: &Schema, mut all: Vec<Signature>) -> Vec<Signature> {
    for (space, number, layer) in &schema.given {
        let Ok(port) = u16::try_from(*number) else { continue };
        let asks = |layer: &Layer| layer.next.iter().any(|link| matches!(&link.to, LinkTo::Space(of, _) if of == space));
        let carriers = schema.current().filter(|layer| asks(layer)).filter_map(|layer| layer.flow.as_ref());
        for stream in carriers.filter(|flow| flow.has(Role::Source)).map(|flow| flow.has(Role::Sequence)) {
            let Some(layer) = layer.map(|layer| schema.layer(layer)) else {
                all.iter_mut().filter(|one| one.stream == stream).for_each(|one| one.never.push(port));
                continue;
            };
            let known: Vec<u16> =
                layer.over.iter().filter(|(of, _)| of == space).flat_map(|(_, keys)| keys).filter_map(|key| u16::try_from(*key).ok()).collect();
            let meant = |one: &&Signature| one.stream == stream && one.port.is_some_and(|port| known.contains(&port));
            let more: Vec<Signature> = all.iter().filter(meant).map(|one| Signature { port: Some(port), ..one.clone() }).collect();
            all.extend(more);
        }
    }
    all
}
