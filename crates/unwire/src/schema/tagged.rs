//! An object whose first key is "t" as an enum: that key's value is the variant, the other keys are its fields. serde's own tags may stand
//! anywhere, so that it keeps all of an object before it begins with it; whoever writes a schema says first what an object is.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, Unexpected, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::word::Word;

const TAG: &str = "t";

/// A deserializer in which a tagged object is an enum.
pub(super) struct Tagged<D>(pub(super) D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tagged<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Object(visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

struct Object<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object that begins with {TAG:?}")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Variant(map))
    }
}

struct Variant<A>(A);

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Variant<A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<(S::Value, Self), A::Error> {
        match self.0.next_key::<Word<'de>>()? {
            Some(key) if *key == *TAG => Ok((self.0.next_value_seed(seed)?, self)),
            Some(key) => Err(A::Error::custom(format_args!("an object begins with {TAG:?}, not with {:?}", &*key))),
            None => Err(A::Error::missing_field(TAG)),
        }
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Variant<A> {
    type Error = A::Error;

    fn unit_variant(mut self) -> Result<(), A::Error> {
        self.0.next_key::<Word<'de>>()?.map_or(Ok(()), |key| Err(A::Error::unknown_field(&key, &[])))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        seed.deserialize(MapAccessDeserializer::new(self.0))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, A::Error> {
        Err(A::Error::invalid_type(Unexpected::Map, &visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::Kind;

    fn read(json: &str) -> String {
        serde_json::from_str::<Kind<'_>>(json).map_or_else(|error| error.to_string(), |kind| format!("{kind:?}"))
    }

    #[test]
    fn tagged_objects_are_read() {
        for (json, kind) in [
            (r#"{"t": "mac"}"#, "Mac"),
            (r#"{"t": "uint", "n": 2}"#, r#"UInt { n: 2, order: "" }"#),
            (r#"{"\u0074": "u\u0069nt", "n": 2, "order": "littl\u0065"}"#, r#"UInt { n: 2, order: "little" }"#),
            (r#"{"t": "when", "if": "x", "then": {"t": "pad", "n": 4}}"#, r#"When { condition: Text("x"), then: Pad { n: 4 } }"#),
            (
                r#"{"t": "repeat", "item": {"t": "part", "layer": "p"}, "count": 3}"#,
                r#"Repeat(Repeat { item: Part { layer: "p" }, count: Some(Number(3)), size: None, until: None, each: None, pad: None })"#,
            ),
        ] {
            assert_eq!(read(json), kind, "{json}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (json, error) in [
            (r#"{"t": "uint", "n": 2, "wide": 1}"#, "unknown field `wide`, expected `n` or `order` at line 1 column 28"),
            (r#"{"t": "mac", "n": 2}"#, "unknown field `n`, there are no fields at line 1 column 16"),
            (r#"{"t": "pad", "n": 2, "t": "mac"}"#, "unknown field `t`, expected `n` at line 1 column 24"),
            (
                r#"{"t": "repeat", "item": {"t": "mac"}, "much": 1}"#,
                "unknown field `much`, expected one of `item`, `count`, `size`, `until`, `each`, `pad`",
            ),
            (r#"{"t": "when", "if": 1, "then": {"t": "mac", "n": 2}}"#, "unknown field `n`, there are no fields"),
            (r#"{"t": "uint"}"#, "missing field `n`"),
            (r#"{"t": "float"}"#, "unknown variant `float`, expected one of `nothing`, `uint`"),
            (r#"{"n": 2, "t": "uint"}"#, r#"an object begins with "t", not with "n" at line 1 column 4"#),
            ("{}", "missing field `t`"),
            (r#""mac""#, r#"invalid type: string "mac", expected an object that begins with "t""#),
            (r#"{"t": 1}"#, "invalid type: integer `1`, expected"),
        ] {
            let read = read(json);
            assert!(read.starts_with(error), "{json}: {read}");
        }
    }
}
