//! From the JSON document to a schema: names become numbers, places are computed, contradictions are refused.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::document::{self, Document, LayerKind};
use super::expr::Names;
use super::tree::Tree;
use super::word::Word;
use super::{
    Base, Checksum, ChecksumKind, Cover, Decoded, Direct, Expr, Extent, Field, Flow, Fold, Kind, Layer, LayerId, Length, Link, LinkTo, Place, Preset,
    Repeat, RepeatEnd, Schema, SchemaError, Shown, Space, SpaceId, Stands,
};
use crate::deciding::Deciding;
use crate::error::Reason;
use crate::quick::Quick;
use crate::told::Told;

const VERSION: u32 = 1;
const LINK: &str = "link";
const MESSAGE: &str = "message";

impl Schema {
    /// Read a schema document; with `base`, as an overlay that shares all its layers.
    pub fn load(base: Option<&Self>, json: &str) -> Result<Self, SchemaError> {
        let document: Document<'_> = serde_json::from_str(json).map_err(|error| SchemaError(format!("schema: {error}")))?;
        if document.version != VERSION {
            return Err(SchemaError(format!("schema version {} where the engine reads {VERSION}", document.version)));
        }
        let mut schema = base.cloned().unwrap_or_else(|| Self {
            layers: Vec::new(),
            quick: Vec::new(),
            deciding: Vec::new(),
            spaces: Vec::new(),
            columns: HashMap::default(),
            given: Vec::new(),
            stands: BTreeMap::new(),
            by_class: HashMap::default(),
            replaced: Vec::new(),
            space_ids: HashMap::default(),
            link: 0,
            message: 0,
        });
        schema.link = schema.space_id(LINK);
        schema.message = schema.space_id(MESSAGE);
        let first = schema.layers.len();
        if first + document.layers.len() >= usize::from(LayerId::MAX) {
            return Err(SchemaError("more layers than the schema can number".into()));
        }
        schema.layers.reserve(document.layers.len());
        schema.quick.reserve(document.layers.len());
        schema.deciding.reserve(document.layers.len());
        schema.replaced.resize(first + document.layers.len(), false);
        for (index, layer) in document.layers.iter().enumerate() {
            if let Some(old) = schema.by_class.insert(layer.id.as_str().into(), (first + index) as LayerId) {
                schema.spaces.iter_mut().for_each(|space| space.remove(old));
                schema.replaced[usize::from(old)] = true;
            }
        }
        let names: Vec<Vec<Word<'_>>> = document.layers.iter().map(|layer| layer.fields.iter().map(|field| field.name.clone()).collect()).collect();
        // Each gives its memory back for what is made of it.
        for (index, layer) in document.layers.into_iter().enumerate() {
            let built = Build { schema: &mut schema, names: &names, first, layer: &layer }
                .layer((first + index) as LayerId)
                .map_err(|error| SchemaError(format!("{}: {error}", layer.id.rsplit('.').next().unwrap_or_default())))?;
            schema.quick.push(Quick::of(&built));
            schema.deciding.push(Deciding::of(&built));
            schema.layers.push(Arc::new(built));
        }
        // What stands in for bad ones is asked last.
        let (stand_ins, others): (Vec<_>, Vec<_>) = schema.layers[first..].iter().map(Arc::clone).partition(|layer| layer.stands.is_some());
        for layer in others.iter().chain(&stand_ins) {
            for (space, keys) in &layer.over {
                keys.iter().for_each(|key| schema.spaces[*space as usize].insert(*key, layer.id, base.is_some() && layer.stands.is_none()));
            }
        }
        for number in &document.numbers {
            let layer =
                number.layer.as_ref().map(|id| schema.by_class.get(id.as_str()).copied().ok_or_else(|| SchemaError(format!("unknown layer {id:?}"))));
            let space = schema.space_id(&number.space);
            let layer = layer.transpose()?;
            schema.spaces[space as usize].give(number.key, layer);
            schema.given.push((space, number.key, layer));
        }
        schema.columns = schema.gather_columns()?;
        schema.stands =
            schema.current().filter(|layer| layer.over.is_empty()).filter_map(|layer| Some(((layer.family?, layer.stands?), layer.id))).collect();
        Ok(schema)
    }

    fn space_id(&mut self, name: &str) -> SpaceId {
        if let Some(id) = self.space_ids.get(name) {
            return *id;
        }
        let id = self.spaces.len() as SpaceId;
        let name: Arc<str> = name.into();
        self.space_ids.insert(Arc::clone(&name), id);
        self.spaces.push(Space::new(name));
        id
    }
}

impl Layer {
    /// Make the layer's expressions as short as its places allow.
    fn resolve(&mut self) {
        let reads: Vec<Option<Direct>> = self.fields.iter().map(|field| Direct::of(field, &self.fields)).collect();
        let mut visit = |expr: &mut Expr| expr.resolve(&reads);
        for field in &mut self.fields {
            // In `until`, an item's fields are not this layer's; they are told apart by their own word.
            field.kind.each_expr(&mut visit);
            if let Some(Checksum { over: Cover::Size(size), .. }) = &mut field.checksum {
                visit(size);
            }
        }
        for link in &mut self.next {
            if let LinkTo::Space(_, keys) = &mut link.to {
                keys.iter_mut().for_each(&mut visit);
            }
        }
        if let Some(flow) = &mut self.flow {
            flow.roles.iter_mut().for_each(|(_, expr)| visit(expr));
        }
        self.size.iter_mut().chain(&mut self.tail).for_each(visit);
        self.musts.iter_mut().for_each(Expr::peeks_to_reads);
        self.tells.iter_mut().for_each(Expr::peeks_to_reads);
        let truths = self.fragment.iter_mut().chain(&mut self.musts).chain(&mut self.tells).chain(&mut self.expects);
        truths.chain(self.next.iter_mut().filter_map(|link| link.when.as_mut())).for_each(|expr| expr.resolve_truth(&reads));
        // A test that costs one load may spare the others.
        self.musts.sort_by_key(|must| !matches!(must, Expr::Test(..) | Expr::Read(_)));
    }
}

/// One layer on its way from document to schema.
struct Build<'a> {
    schema: &'a mut Schema,
    /// The names of the fields of the document's layers; the first of these has the number `first`.
    names: &'a [Vec<Word<'a>>],
    first: usize,
    layer: &'a document::Layer<'a>,
}

impl Build<'_> {
    fn layer(&mut self, id: LayerId) -> Result<Layer, SchemaError> {
        let source = self.layer;
        let names: Vec<&str> = source.fields.iter().map(|field| field.name.as_str()).collect();
        let native = source.native.as_deref().map(Decoded::decoder).transpose()?;
        let mut fields: Vec<Field> = Vec::with_capacity(names.len());
        let mut here = Place::default();
        let (mut anchors, mut payload, mut tail) = (Vec::new(), None, None);
        let mut bits: Option<(u16, u8)> = None; // the integer that bits are taken from, and how many of it are left
        for (index, field) in source.fields.iter().enumerate() {
            let mut kind = self.kind(&field.kind, &names).map_err(|error| SchemaError(format!("{}: {error}", field.name)))?;
            let mut place = here;
            match &mut kind {
                Kind::Bits { of, shift, count, .. } => {
                    let (whole, left) = bits.ok_or_else(|| SchemaError(format!("{}: bits need an integer above them", field.name)))?;
                    let rest = left.checked_sub(*count);
                    *shift = rest.ok_or_else(|| SchemaError(format!("{}: {count} bits where {left} are left", field.name)))?;
                    (*of, place) = (whole, fields[whole as usize].place);
                    bits = Some((whole, *shift));
                }
                // What does not ask where it stands is computed whether or not the variable fields before it can be measured.
                Kind::Computed { expr, .. } if !expr.asks_where() => place = Place::default(),
                Kind::Computed { .. } => {}
                // What a decoder finds, it finds in the whole layer.
                Kind::Native(_) => place = Place::default(),
                optional if matches!(optional.inner(), Kind::Bits { .. }) => {
                    return Err(SchemaError(format!("{}: bits cannot be optional; use a computed column", field.name)));
                }
                Kind::Reading { of, .. } => place = fields[*of as usize].place,
                _ => {
                    bits = match kind.inner() {
                        Kind::UInt { width, .. } | Kind::Int { width, .. } => Some((index as u16, width * 8)),
                        _ => None,
                    };
                    if matches!(kind, Kind::Payload(_)) {
                        payload = Some(here);
                    }
                    if let Some(size) = kind.fixed_size() {
                        here.offset += size;
                    } else {
                        anchors.push(index as u16);
                        here = Place { anchor: anchors.len() as u16, offset: 0 };
                        if let Kind::Payload(size) = &kind {
                            tail = Some(size.clone());
                        }
                    }
                }
            }
            fields.push(Self::field(field, kind, place, &names)?);
        }
        let fixed = fields.iter().filter(|f| f.place.anchor == 0).filter_map(|f| Some(f.place.offset + f.kind.fixed_size()?)).max().unwrap_or(0);
        let parse = |tree: &Tree<'_>| Expr::parse(tree, &Names { fields: &names, item: &[] });
        let optional = |tree: Option<&Tree<'_>>| tree.map(parse).transpose();
        let mut musts = source.when.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let mut expects = Vec::new();
        for field in &source.fields {
            musts.extend(optional(field.must.as_deref())?);
            expects.extend(optional(field.expect.as_deref())?);
        }
        let (size, fragment) = (optional(source.size.as_ref())?, optional(source.fragment.as_ref())?);
        let mut layer = Layer {
            id,
            class: source.id.as_str().into(),
            name: source.name.as_deref().map(Arc::from),
            title: source.title.as_str().into(),
            part: matches!(source.kind, LayerKind::Part),
            family: source.family.as_ref().map(|class| self.layer_id(class)).transpose()?,
            stands: source.stands.as_deref().map(Stands::parse).transpose()?,
            first: fields.first().and_then(|field| field.kind.fixed_size()).unwrap_or(0),
            fixed,
            payload: payload.unwrap_or(here),
            tail,
            anchors,
            size,
            fragment,
            tells: musts.first().filter(|_| source.when.is_some()).cloned(),
            musts,
            expects,
            next: source.next.iter().map(|link| self.link(link, &names)).collect::<Result<_, _>>()?,
            over: source.over.iter().map(|over| (self.schema.space_id(&over.space), over.keys.clone())).collect(),
            pseudo: source.pseudo.iter().map(|name| index_of(name, &names)).collect::<Result<_, _>>()?,
            lends: source.lends.iter().map(|(of, own)| Ok((of.as_str().into(), index_of(own, &names)?))).collect::<Result<_, _>>()?,
            pseudo_zero_illegal: source.pseudo_zero.as_deref() == Some("illegal"),
            value: source.value.as_ref().map(|name| index_of(name, &names)).transpose()?,
            align: source.align.unwrap_or(1).max(1),
            opaque: source.opaque,
            native,
            told: source.told.iter().map(|(column, word)| told(column, word)).collect::<Result<_, _>>()?,
            info: source.info.as_deref().map(Arc::from),
            aliases: source.aliases.iter().map(|(alias, columns)| (alias.to_string(), columns.to_string())).collect(),
            service: source.service.as_deref().map(Arc::from),
            flow: source.flow.as_ref().map(|flow| Flow::parse(flow, &names)).transpose()?,
            fold: source.fold.as_deref().map(Fold::parse).transpose()?,
            fields,
        };
        layer.resolve();
        Ok(layer)
    }

    fn layer_id(&self, class: &str) -> Result<LayerId, SchemaError> {
        self.schema.by_class.get(class).copied().ok_or_else(|| SchemaError(format!("unknown layer {class:?}")))
    }

    /// The field names of a part, wherever it is declared.
    fn names_of(&self, class: &str) -> Vec<&str> {
        let id = self.schema.by_class.get(class).map_or(0, |id| *id as usize);
        match id.checked_sub(self.first).and_then(|index| self.names.get(index)) {
            Some(names) => names.iter().map(Word::as_str).collect(),
            None => self.schema.layers.get(id).map_or(vec![], |layer| layer.fields.iter().map(|field| &*field.name).collect()),
        }
    }

    fn link(&mut self, link: &document::Link<'_>, names: &[&str]) -> Result<Link, SchemaError> {
        let field = link.keys.first().and_then(Tree::as_str).and_then(|key| names.iter().position(|name| *name == key)).map(|at| at as u16);
        let names = Names { fields: names, item: &[] };
        let to = match (&link.space, &link.stop) {
            (Some(space), None) => {
                let keys = link.keys.iter().map(|key| Expr::parse(key, &names)).collect::<Result<_, _>>()?;
                LinkTo::Space(self.schema.space_id(space), keys)
            }
            (None, Some(reason)) => {
                let found = Reason::ALL.into_iter().find(|known| known.name() == reason.as_str());
                LinkTo::Stop(found.ok_or_else(|| SchemaError(format!("unknown stop reason {reason:?}")))?)
            }
            _ => return Err(SchemaError("a link has a space or a stop".into())),
        };
        let when = link.when.as_ref().map(|when| Expr::parse(when, &names)).transpose()?;
        Ok(Link { when, to, quoted: link.quoted, weak: link.weak, strict: link.strict, via: link.via.as_deref().map(Arc::from), field })
    }

    fn field(field: &document::Field<'_>, kind: Kind, place: Place, names: &[&str]) -> Result<Field, SchemaError> {
        let base = match field.base.as_deref() {
            None => Base::Dec,
            Some("hex") => Base::Hex,
            Some("oct") => Base::Oct,
            Some(other) => return Err(SchemaError(format!("{}: unknown base {other:?}", field.name))),
        };
        let checksum = field.checksum.as_ref().map(|checksum| {
            let how = match checksum.how.as_str() {
                "inet" => ChecksumKind::Inet,
                "crc32c" => ChecksumKind::Crc32c,
                "crc32" => ChecksumKind::Crc32,
                "fletcher" => ChecksumKind::Fletcher,
                other => return Err(SchemaError(format!("{}: unknown checksum {other:?}", field.name))),
            };
            let over = match (checksum.over.of.as_deref(), &checksum.over.size) {
                (Some("layer"), None) => Cover::Layer,
                (Some("header"), None) => Cover::Header,
                (Some("before"), None) => Cover::Before,
                (None, Some(size)) => Cover::Size(Expr::parse(size, &Names { fields: names, item: &[] })?),
                _ => return Err(SchemaError(format!("{}: a checksum is over layer, header or a size", field.name))),
            };
            Ok(Checksum { how, over, zero_absent: checksum.zero.is_some(), pseudo: checksum.pseudo })
        });
        let mut labels = BTreeMap::new();
        for (number, label) in &field.names.0 {
            let number = number.parse().map_err(|_| SchemaError(format!("{}: {number:?} is no number", field.name)))?;
            labels.insert(number, Arc::from(label.as_str()));
        }
        Ok(Field {
            name: field.name.as_str().into(),
            column: field.column.as_deref().map(Arc::from),
            also: field.also.iter().map(|name| Arc::from(name.as_str())).collect(),
            names: labels,
            base,
            length: field.length.as_ref().map(|length| Length::parse(length, names)).transpose()?,
            preset: field.default.as_ref().map(|value| Preset::parse(value, &kind)).transpose()?,
            kind,
            place,
            checksum: checksum.transpose()?,
            whole: field.whole,
        })
    }

    fn kind(&self, kind: &document::Kind<'_>, names: &[&str]) -> Result<Kind, SchemaError> {
        let parse = |tree: &Tree<'_>| Expr::parse(tree, &Names { fields: names, item: &[] });
        let extent = |size: &Option<Tree<'_>>, to: &Option<Word<'_>>| match (size, to.as_deref()) {
            (Some(size), None) => parse(size).map(Extent::Size),
            (None, Some("rest")) => Ok(Extent::Rest),
            (None, Some("zero")) => Ok(Extent::ToNul),
            _ => Err(SchemaError("raw and text have a size or an end".into())),
        };
        Ok(match kind {
            document::Kind::Nothing | document::Kind::Bool => Kind::Nothing,
            document::Kind::UInt { n, order } => Kind::UInt { width: width(*n)?, little: order.as_str() == "little" },
            document::Kind::Int { n, order } => Kind::Int { width: width(*n)?, little: order.as_str() == "little" },
            document::Kind::Mac => Kind::Mac,
            document::Kind::Ip4 => Kind::Ip4,
            document::Kind::Ip6 => Kind::Ip6,
            document::Kind::Bits { n, bool, width: wide, number } => {
                let bytes = wide.map_or(Ok(n.div_ceil(8)), width)?;
                let shown = if *bool { Shown::Bool } else { Shown::UInt(bytes.next_power_of_two()) };
                let digits = 2 * wide.map_or(bytes.next_power_of_two(), |_| bytes);
                Kind::Bits { of: 0, shift: 0, count: *n, shown, digits, number: *number || !*bool }
            }
            document::Kind::Raw { size, to } => Kind::Raw(extent(size, to)?),
            document::Kind::Text { size, to } => Kind::Text(extent(size, to)?),
            document::Kind::When { condition, then } => Kind::When(parse(condition)?, Box::new(self.kind(then, names)?)),
            document::Kind::Switch { key, cases, default } => Kind::Switch {
                key: parse(key)?,
                cases: cases.iter().map(|(value, kind)| Ok((*value, self.kind(kind, names)?))).collect::<Result<_, SchemaError>>()?,
                default: Box::new(self.kind(default, names)?),
            },
            document::Kind::Repeat(repeat) => {
                let document::Repeat { item, count, size, until, each, pad } = &**repeat;
                let parts = if let document::Kind::Part { layer } = item { self.names_of(layer) } else { vec![] };
                let end = match (count, size, until, each) {
                    (Some(count), _, _, _) => RepeatEnd::Count(parse(count)?),
                    (_, Some(size), _, _) => RepeatEnd::Size(parse(size)?),
                    (_, _, Some(until), _) => RepeatEnd::Until(Expr::parse(until, &Names { fields: names, item: &parts })?),
                    (_, _, _, Some(each)) => RepeatEnd::Each(index_of(each, names)?),
                    _ => RepeatEnd::Left,
                };
                Kind::Repeat(Box::new(Repeat { item: self.kind(item, names)?, end, pad: pad.unwrap_or(1).max(1) }))
            }
            document::Kind::Part { layer } => Kind::Part(self.layer_id(layer)?),
            document::Kind::Pad { n } => Kind::Pad((*n).max(1)),
            document::Kind::Payload { size } => Kind::Payload(parse(size)?),
            document::Kind::Reading { of, kind } => Kind::Reading { of: index_of(of, names)?, kind: Box::new(self.kind(kind, names)?) },
            document::Kind::Native { item, kind, list } => Kind::Native(Decoded::item(self.layer.native.as_deref(), item, kind, *list)?),
            document::Kind::Column { expr, kind, letters } => Kind::Computed {
                expr: parse(expr)?,
                letters: letters.as_deref().map(Into::into),
                shown: match &**kind {
                    _ if letters.is_some() => Shown::Text,
                    document::Kind::Bool => Shown::Bool,
                    document::Kind::UInt { n, .. } => Shown::UInt(width(*n)?.next_power_of_two()),
                    document::Kind::Int { n, .. } => Shown::Int(width(*n)?.next_power_of_two()),
                    _ => return Err(SchemaError("a computed column is an integer or a boolean".into())),
                },
            },
        })
    }
}

pub(super) fn width(n: u8) -> Result<u8, SchemaError> {
    if (1..=8).contains(&n) { Ok(n) } else { Err(SchemaError(format!("integers have 1 to 8 bytes, not {n}"))) }
}

fn index_of(name: &str, names: &[&str]) -> Result<u16, SchemaError> {
    names.iter().position(|field| *field == name).map(|at| at as u16).ok_or_else(|| SchemaError(format!("unknown field {name:?}")))
}

fn told(column: &str, word: &str) -> Result<(Arc<str>, Told), SchemaError> {
    Ok((column.into(), Told::named(word).ok_or_else(|| SchemaError(format!("column {column:?} is told {word:?}, which nobody tells")))?))
}
