//! From what a schema was told of numbers (decode-as) to what that means for messages that are told by their content: which numbers are ports of
//! streams or of datagrams, the roles that classes declare say.

use crate::native::ruled::{Ruled, Verdict};
use crate::schema::{Layer, LinkTo, Role, Schema, Space};

/// What a schema was told of ports.
pub fn ruled(schema: &Schema) -> Ruled {
    let mut ruled = Ruled::default();
    for (space, number, layer) in &schema.given {
        let Ok(port) = u16::try_from(*number) else { continue };
        let verdict = layer.map_or(Verdict::Nobody, |layer| verdict(schema, schema.layer(layer)));
        let asks = |layer: &Layer| layer.next.iter().any(|link| matches!(&link.to, LinkTo::Space(of, _) if of == space));
        for layer in schema.current().filter(|layer| asks(layer)) {
            if let Some(flow) = layer.flow.as_ref().filter(|flow| flow.has(Role::Source)) {
                ruled.say(flow.has(Role::Sequence), port, verdict);
            }
        }
    }
    ruled
}

/// What a layer is among messages; one without a name is only the beginning of what follows it.
fn verdict(schema: &Schema, layer: &Layer) -> Verdict {
    if let Some(key) = said(schema, layer) {
        return Verdict::Said(key);
    }
    if layer.name.is_some() {
        return Verdict::Nobody;
    }
    let behind =
        layer.next.iter().filter_map(|link| if let LinkTo::Space(space, _) = &link.to { schema.spaces.get(usize::from(*space)) } else { None });
    let key = behind.flat_map(Space::layers).find_map(|layer| said(schema, schema.layer(layer)));
    key.map_or(Verdict::Nobody, Verdict::Said)
}

fn said(schema: &Schema, layer: &Layer) -> Option<u16> {
    let mut keys = layer.over.iter().filter(|(space, _)| *space == schema.message).flat_map(|(_, keys)| keys);
    keys.find_map(|key| u16::try_from(*key).ok())
}
