//! The settings of a lab, as lessons and links write them: `steps=300&temperature=0.7`.

use crate::decimal;
use serde::de::{
    DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor,
    value::{Error, MapDeserializer},
};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;

/// The settings that differ from their defaults, as [`parse`] reads them: `(name, now, default)` for each.
pub fn differing(settings: &[(&str, String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, now, default) in settings {
        if now != default {
            query.append_pair(name, now);
        }
    }
    query.finish()
}

/// The same of whatever can be written out.
pub fn changed(settings: &[(&str, &dyn ToString, &dyn ToString)]) -> String {
    let written = settings.iter().map(|(name, now, default)| (*name, now.to_string(), default.to_string()));
    differing(&written.collect::<Vec<_>>())
}

/// Reads the settings of one lab.
///
/// # Errors
/// Which setting does not fit, as a part of a sentence.
pub fn parse<K: DeserializeOwned>(knobs: &str) -> Result<K, Error> {
    let pairs = form_urlencoded::parse(knobs.as_bytes()).map(|(name, value)| (name, Value(value)));
    K::deserialize(MapDeserializer::new(pairs))
}

/// The text behind one `=`, read as whatever the lab's field is.
struct Value<'a>(Cow<'a, str>);

impl<'de> IntoDeserializer<'de, Error> for Value<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Value<'_> {
    fn whole<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Error> {
        let text = &self.0;
        if let Ok(number) = text.parse() {
            visitor.visit_u64(number)
        } else {
            let number = text.parse().map_err(|_| Error::custom(format_args!("“{text}” is not a whole number")))?;
            visitor.visit_i64(number)
        }
    }

    fn decimal<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Error> {
        let number = decimal::parse(&self.0);
        visitor.visit_f64(number.ok_or_else(|| Error::custom(format_args!("“{}” is not a number", self.0)))?)
    }
}

macro_rules! read_as {
    ($($method:ident => $how:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$how(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.into_deserializer().deserialize_any(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &*self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            other => Err(Error::custom(format_args!("“{other}” is neither true nor false"))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.into_deserializer().deserialize_enum(name, variants, visitor)
    }

    read_as! {
        deserialize_i8 => whole, deserialize_i16 => whole, deserialize_i32 => whole, deserialize_i64 => whole,
        deserialize_u8 => whole, deserialize_u16 => whole, deserialize_u32 => whole, deserialize_u64 => whole,
        deserialize_f32 => decimal, deserialize_f64 => decimal
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Size {
        #[default]
        Small,
        Large,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Knobs {
        text: String,
        steps: u32,
        shift: i8,
        temperature: f32,
        sure: bool,
        size: Size,
        layer: Option<usize>,
    }

    #[test]
    fn what_differs_reads_back() {
        let all = [("text", "a b&é".to_owned(), String::new()), ("steps", "300".to_owned(), "300".to_owned())];
        assert_eq!(parse::<Knobs>(&differing(&all)).expect("it fits").text, "a b&é");
        assert!(!differing(&all).contains("steps"));
    }

    #[test]
    fn every_kind_of_setting_is_read() {
        let read = parse::<Knobs>("text=a+b%26%C3%A9&steps=300&shift=-2&temperature=0.7&sure=true&size=large&layer=3");
        let (text, size) = ("a b&é".into(), Size::Large);
        let wanted = Knobs { text, steps: 300, shift: -2, temperature: 0.7, sure: true, size, layer: Some(3) };
        assert_eq!(read.expect("all fit"), wanted);
        assert_eq!(parse::<Knobs>("").expect("defaults"), Knobs::default());
    }

    #[test]
    fn a_setting_that_does_not_fit_is_named() {
        for (knobs, word) in [
            ("steps=many", "many"),
            ("steps=-1", "-1"),
            ("shift=300", "300"),
            ("temperature=warm", "warm"),
            ("sure=maybe", "maybe"),
            ("size=huge", "huge"),
            ("colour=red", "colour"),
        ] {
            let error = parse::<Knobs>(knobs).expect_err(knobs).to_string();
            assert!(error.contains(word), "{knobs}: {error}");
        }
    }
}
