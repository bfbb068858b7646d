//! Conditions, projections and updates in DynamoDB's expression language.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::Item;
use crate::keys::PARTITION;

/// A text in the expression language in which `#name` is the attribute `name`, so that no name is ever a reserved
/// word, with the values of its `:value` places.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expression {
    text: String,
    values: Item,
}

impl Expression {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            values: Item::new(),
        }
    }

    /// Holds when no item has the key.
    pub(crate) fn absent() -> Self {
        Self::new(format!("attribute_not_exists(#{PARTITION})"))
    }

    /// Holds when an item has the key.
    pub(crate) fn present() -> Self {
        Self::new(format!("attribute_exists(#{PARTITION})"))
    }

    /// Fills the place `:name`.
    pub(crate) fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(format!(":{name}"), value);
        self
    }

    /// Goes on with `more`.
    pub(crate) fn then(mut self, more: impl AsRef<str>) -> Self {
        self.text.push_str(more.as_ref());
        self
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// The attribute names that the expressions of one request use; `None` when they use none.
pub(crate) fn names<'a>(used: impl IntoIterator<Item = &'a Expression>) -> Option<HashMap<String, String>> {
    let mut names = HashMap::new();
    for expression in used {
        for rest in expression.text.split('#').skip(1) {
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            let name = end.map_or(rest, |end| rest.split_at(end).0);
            names.insert(format!("#{name}"), name.to_owned());
        }
    }
    (!names.is_empty()).then_some(names)
}

/// The values of the expressions of one request; `None` when they have none.
pub(crate) fn values<'a>(used: impl IntoIterator<Item = &'a Expression>) -> Option<Item> {
    let values: Item = used
        .into_iter()
        .flat_map(|expression| expression.values.clone())
        .collect();
    (!values.is_empty()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::number;

    #[test]
    fn names_are_found_wherever_they_stand() {
        let condition =
            Expression::new("attribute_not_exists(#rev) OR #status.#order < :n").with("n", number(1));
        let mut names: Vec<_> = names([&condition]).unwrap().into_keys().collect();
        names.sort();
        assert_eq!(names, ["#order", "#rev", "#status"]);
        assert_eq!(values([&condition]).unwrap().len(), 1);
    }

    #[test]
    fn nothing_used_is_nothing_sent() {
        assert_eq!(names([&Expression::new("")]), None);
        assert_eq!(values([&Expression::absent()]), None);
    }
}
