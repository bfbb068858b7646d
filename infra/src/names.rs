//! What the resources of a template are called once they are deployed: what `Ref` and `Fn::GetAtt` give.

use std::collections::BTreeMap;

use crate::Parameters;

/// The types of resources that the local stack knows.
pub(crate) mod kind {
    pub(crate) const API: &str = "AWS::ApiGatewayV2::Api";
    pub(crate) const API_DOMAIN: &str = "AWS::ApiGatewayV2::DomainName";
    pub(crate) const AUTHORIZER: &str = "AWS::IoT::Authorizer";
    pub(crate) const FUNCTION: &str = "AWS::Serverless::Function";
    pub(crate) const INTEGRATION: &str = "AWS::ApiGatewayV2::Integration";
    pub(crate) const LOG_GROUP: &str = "AWS::Logs::LogGroup";
    pub(crate) const POLICY: &str = "AWS::IoT::Policy";
    pub(crate) const PROVISIONING_TEMPLATE: &str = "AWS::IoT::ProvisioningTemplate";
    pub(crate) const QUEUE: &str = "AWS::SQS::Queue";
    pub(crate) const ROLE: &str = "AWS::IAM::Role";
    pub(crate) const ROUTE: &str = "AWS::ApiGatewayV2::Route";
    pub(crate) const RULE: &str = "AWS::IoT::TopicRule";
    pub(crate) const STREAM_SOURCE: &str = "AWS::Lambda::EventSourceMapping";
    pub(crate) const TABLE: &str = "AWS::DynamoDB::Table";
    pub(crate) const TOPIC: &str = "AWS::SNS::Topic";
    pub(crate) const USER_POOL: &str = "AWS::Cognito::UserPool";
}

/// The property that names a resource of a type, if its author may choose the name.
pub(crate) fn name_property(kind: &str) -> Option<&'static str> {
    match kind {
        kind::AUTHORIZER => Some("AuthorizerName"),
        kind::FUNCTION => Some("FunctionName"),
        kind::LOG_GROUP => Some("LogGroupName"),
        kind::POLICY => Some("PolicyName"),
        kind::PROVISIONING_TEMPLATE => Some("TemplateName"),
        kind::QUEUE => Some("QueueName"),
        kind::ROLE => Some("RoleName"),
        kind::RULE => Some("RuleName"),
        kind::TABLE => Some("TableName"),
        _ => None,
    }
}

#[derive(Debug)]
struct Named {
    kind: String,
    name: String,
}

/// The resources that are deployed, by logical id.
#[derive(Debug)]
pub(crate) struct Names {
    region: String,
    account: String,
    resources: BTreeMap<String, Named>,
}

impl Names {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        let (region, account) = (parameters.region.clone(), parameters.account.clone());
        Self {
            region,
            account,
            resources: BTreeMap::new(),
        }
    }

    /// Adds a resource; without a name of its own it is called by its logical id.
    pub(crate) fn add(&mut self, logical_id: &str, kind: &str, name: Option<String>) {
        let name = name.unwrap_or_else(|| logical_id.to_owned());
        self.resources.insert(
            logical_id.to_owned(),
            Named {
                kind: kind.to_owned(),
                name,
            },
        );
    }

    pub(crate) fn contains(&self, logical_id: &str) -> bool {
        self.resources.contains_key(logical_id)
    }

    /// What `Ref` gives.
    pub(crate) fn reference(&self, logical_id: &str) -> Option<String> {
        let Named { kind, name } = self.resources.get(logical_id)?;
        Some(match kind.as_str() {
            kind::QUEUE => format!(
                "https://sqs.{}.amazonaws.com/{}/{name}",
                self.region, self.account
            ),
            kind::TOPIC => self.arn("sns", name),
            _ => name.clone(),
        })
    }

    /// What `Fn::GetAtt` gives.
    pub(crate) fn attribute(&self, logical_id: &str, attribute: &str) -> Option<String> {
        let Named { kind, name } = self.resources.get(logical_id)?;
        Some(match (kind.as_str(), attribute) {
            (kind::API, "ApiEndpoint") => format!("https://{name}.execute-api.{}.amazonaws.com", self.region),
            (kind::API_DOMAIN, "RegionalDomainName") => {
                format!("{name}.execute-api.{}.amazonaws.com", self.region)
            }
            (kind::AUTHORIZER, "Arn") => self.arn("iot", &format!("authorizer/{name}")),
            (kind::FUNCTION, "Arn") => self.arn("lambda", &format!("function:{name}")),
            (kind::LOG_GROUP, "Arn") => self.arn("logs", &format!("log-group:{name}:*")),
            (kind::POLICY, "Arn") => self.arn("iot", &format!("policy/{name}")),
            (kind::QUEUE, "Arn") => self.arn("sqs", name),
            (kind::QUEUE, "QueueName") => name.clone(),
            (kind::ROLE, "Arn") => format!("arn:aws:iam::{}:role/{name}", self.account),
            (kind::RULE, "Arn") => self.arn("iot", &format!("rule/{name}")),
            (kind::TABLE, "Arn") => self.arn("dynamodb", &format!("table/{name}")),
            (kind::TABLE, "StreamArn") => self.arn("dynamodb", &format!("table/{name}/stream/latest")),
            (kind::USER_POOL, "ProviderName") => format!("cognito-idp.{}.amazonaws.com/{name}", self.region),
            _ => return None,
        })
    }

    /// The logical id of the resource of that type with this `Arn`.
    pub(crate) fn by_arn(&self, wanted_kind: &str, arn: &str) -> Option<&str> {
        self.find(wanted_kind, |id| {
            self.attribute(id, "Arn").as_deref() == Some(arn)
        })
    }

    /// The logical id of the resource of that type that `Ref` gives this text for.
    pub(crate) fn by_reference(&self, wanted_kind: &str, text: &str) -> Option<&str> {
        self.find(wanted_kind, |id| self.reference(id).as_deref() == Some(text))
    }

    fn find(&self, wanted_kind: &str, fits: impl Fn(&str) -> bool) -> Option<&str> {
        let mut of_kind = self
            .resources
            .iter()
            .filter(|(_, named)| named.kind == wanted_kind);
        of_kind.find(|(id, _)| fits(id)).map(|(id, _)| id.as_str())
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }
}
