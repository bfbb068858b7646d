//! The decision: who asks, what they ask, and what the documents say to it.

use std::fmt;

use crate::document::{Effect, PolicyDocument};

/// The AWS account and region whose resources are named in ARNs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Such as `us-east-1`.
    pub region: String,
    /// Twelve digits.
    pub account: String,
}

/// What is known of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Where it is connected to.
    pub endpoint: Endpoint,
    /// The MQTT client id.
    pub client_id: String,
    /// The thing that the certificate belongs to; a client without a certificate has none.
    pub thing_name: Option<String>,
    /// Whether the certificate is attached to that thing.
    pub attached: bool,
    /// The common name of the certificate's subject.
    pub common_name: Option<String>,
}

/// What a client wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open a connection; on a [`Resource::Client`].
    Connect,
    /// Publish; on a [`Resource::Topic`].
    Publish,
    /// Publish a retained message, which needs [`Action::Publish`] as well; on a [`Resource::Topic`].
    RetainPublish,
    /// Subscribe; on a [`Resource::TopicFilter`].
    Subscribe,
    /// Be given a message; on a [`Resource::Topic`].
    Receive,
}

impl Action {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "iot:Connect" => Some(Self::Connect),
            "iot:Publish" => Some(Self::Publish),
            "iot:RetainPublish" => Some(Self::RetainPublish),
            "iot:Subscribe" => Some(Self::Subscribe),
            "iot:Receive" => Some(Self::Receive),
            _ => None,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "iot:Connect",
            Self::Publish => "iot:Publish",
            Self::RetainPublish => "iot:RetainPublish",
            Self::Subscribe => "iot:Subscribe",
            Self::Receive => "iot:Receive",
        })
    }
}

/// What the action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource<'a> {
    /// A client id.
    Client(&'a str),
    /// A topic name.
    Topic(&'a str),
    /// A topic filter as the client sent it.
    TopicFilter(&'a str),
}

impl Resource<'_> {
    /// The Amazon Resource Name of this resource at an endpoint.
    #[must_use]
    pub fn arn(&self, endpoint: &Endpoint) -> String {
        let (kind, name) = match self {
            Self::Client(name) => ("client", name),
            Self::Topic(name) => ("topic", name),
            Self::TopicFilter(name) => ("topicfilter", name),
        };
        format!(
            "arn:aws:iot:{}:{}:{kind}/{name}",
            endpoint.region, endpoint.account
        )
    }
}

/// What the documents say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// No statement says anything about it, which means no.
    ImplicitDeny,
    /// A statement denies it, whatever others allow.
    ExplicitDeny,
}

impl Decision {
    /// Whether the client may go on.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        match self {
            Self::Allowed => true,
            Self::ImplicitDeny | Self::ExplicitDeny => false,
        }
    }
}

/// Decides whether a connection may do something, as AWS IoT Core does: a denial wins over every permission, and
/// what nobody mentions is denied. A statement that refers to a value which the connection lacks does not apply.
#[must_use]
pub fn evaluate(
    policies: &[PolicyDocument],
    identity: &Identity,
    action: Action,
    resource: Resource<'_>,
) -> Decision {
    let arn = resource.arn(&identity.endpoint);
    policies
        .iter()
        .flat_map(|policy| &policy.statements)
        .filter(|statement| statement.applies(identity, action, &arn))
        .fold(Decision::ImplicitDeny, |so_far, statement| {
            match (so_far, statement.effect) {
                (Decision::ExplicitDeny, _) | (_, Effect::Deny) => Decision::ExplicitDeny,
                (Decision::Allowed | Decision::ImplicitDeny, Effect::Allow) => Decision::Allowed,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_read_by_the_names_that_they_are_shown_by() {
        for action in [
            Action::Connect,
            Action::Publish,
            Action::RetainPublish,
            Action::Subscribe,
            Action::Receive,
        ] {
            assert_eq!(Action::parse(&action.to_string()), Some(action));
        }
    }
}
