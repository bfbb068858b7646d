//! Text with policy variables, `${iot:ClientId}` and its like.

use crate::error::PolicyError;
use crate::evaluate::Identity;

/// A fact about the connection that a document may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variable {
    ThingName,
    ClientId,
    CommonName,
}

impl Variable {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "iot:Connection.Thing.ThingName" => Some(Self::ThingName),
            "iot:ClientId" => Some(Self::ClientId),
            "iot:Certificate.Subject.CommonName" => Some(Self::CommonName),
            _ => None,
        }
    }

    pub(crate) fn value(self, identity: &Identity) -> Option<&str> {
        match self {
            Self::ThingName => identity.thing_name.as_deref(),
            Self::ClientId => Some(&identity.client_id),
            Self::CommonName => identity.common_name.as_deref(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(Variable),
}

/// A piece of a template for one connection: as the author wrote it, or the value of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span<'a> {
    Written(&'a str),
    Value(&'a str),
}

impl<'a> Span<'a> {
    pub(crate) fn text(self) -> &'a str {
        match self {
            Self::Written(text) | Self::Value(text) => text,
        }
    }
}

/// Text in which every variable is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

impl Template {
    pub(crate) fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after
                .split_once('}')
                .ok_or_else(|| PolicyError::Unclosed(text.to_owned()))?;
            let variable = Variable::parse(name).ok_or_else(|| PolicyError::Variable {
                variable: name.to_owned(),
                text: text.to_owned(),
            })?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Variable(variable));
            rest = tail;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts })
    }

    /// The spans for this connection, or none when it lacks a value that the text refers to.
    pub(crate) fn resolve<'a>(&'a self, identity: &'a Identity) -> Option<Vec<Span<'a>>> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Some(Span::Written(text)),
                Part::Variable(variable) => variable.value(identity).map(Span::Value),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Endpoint;

    #[test]
    fn each_variable_stands_for_its_fact_of_the_connection() {
        let identity = Identity {
            endpoint: Endpoint {
                region: "us-east-1".to_owned(),
                account: "000000000000".to_owned(),
            },
            client_id: "the client".to_owned(),
            thing_name: Some("the thing".to_owned()),
            attached: true,
            common_name: Some("the name".to_owned()),
        };
        for (variable, value) in [
            ("${iot:ClientId}", "the client"),
            ("${iot:Connection.Thing.ThingName}", "the thing"),
            ("${iot:Certificate.Subject.CommonName}", "the name"),
        ] {
            let template = Template::parse(variable).unwrap();
            let text: String = template
                .resolve(&identity)
                .unwrap()
                .into_iter()
                .map(Span::text)
                .collect();
            assert_eq!(text, value);
        }
    }
}
