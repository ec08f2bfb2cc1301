//! Members of any type: what does not fit is as good as missing.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::Text;

/// A text; numbers and flags are taken as they are written.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text<'de>, D::Error> {
    deserializer.deserialize_any(Lenient(TextSink))
}

/// A flag, or a string that spells one.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    deserializer.deserialize_any(Lenient(FlagSink))
}

/// An object; the default in place of anything else.
pub(super) fn object<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(Lenient(ObjectSink(PhantomData)))
}

/// The objects of an array; empty in place of anything else.
pub(super) fn list<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(Lenient(ListSink(PhantomData)))
}

/// What to make of each type of JSON value; all but the wanted ones make the default.
trait Sink<'de>: Sized {
    type Output: Default;

    fn string(self, _: Cow<'de, str>) -> Self::Output {
        Self::Output::default()
    }

    fn flag(self, _: bool) -> Self::Output {
        Self::Output::default()
    }

    fn number(self, _: impl fmt::Display) -> Self::Output {
        Self::Output::default()
    }

    fn map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Output, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::Output::default())
    }

    fn sequence<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Output, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::Output::default())
    }
}

struct Lenient<S>(S);

impl<'de, S: Sink<'de>> Visitor<'de> for Lenient<S> {
    type Value = S::Output;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(S::Output::default())
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(self.0.flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(self.0.number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(self.0.number(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(self.0.number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.0.string(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(self.0.string(Cow::Borrowed(text)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        self.0.map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Self::Value, A::Error> {
        self.0.sequence(sequence)
    }
}

struct TextSink;

impl<'de> Sink<'de> for TextSink {
    type Output = Text<'de>;

    fn string(self, text: Cow<'de, str>) -> Self::Output {
        Some(text)
    }

    fn flag(self, flag: bool) -> Self::Output {
        Some(Cow::Borrowed(if flag { "true" } else { "false" }))
    }

    fn number(self, number: impl fmt::Display) -> Self::Output {
        Some(Cow::Owned(number.to_string()))
    }
}

struct FlagSink;

impl<'de> Sink<'de> for FlagSink {
    type Output = Option<bool>;

    fn string(self, text: Cow<'de, str>) -> Self::Output {
        if text.eq_ignore_ascii_case("true") {
            Some(true)
        } else if text.eq_ignore_ascii_case("false") {
            Some(false)
        } else {
            None
        }
    }

    fn flag(self, flag: bool) -> Self::Output {
        Some(flag)
    }
}

struct ObjectSink<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Sink<'de> for ObjectSink<T> {
    type Output = T;

    fn map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Output, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

struct ListSink<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Sink<'de> for ListSink<T> {
    type Output = Vec<T>;

    fn sequence<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Output, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element::<Item<T>>()? {
            items.extend(item.0);
        }
        Ok(items)
    }
}

/// An element of a list; `None` where it is no object.
struct Item<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Item<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(Lenient(ItemSink(PhantomData)))
            .map(Self)
    }
}

struct ItemSink<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Sink<'de> for ItemSink<T> {
    type Output = Option<T>;

    fn map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Output, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}
