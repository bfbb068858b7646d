//! Topic rules: which messages are handed to which function, and where they are kept when that fails.

use serde::Deserialize;

use crate::TemplateError;
use crate::names::kind;
use crate::sql::{self, Select};
use crate::template::Deployed;
use crate::topic_filter::basic_ingest;

/// The most characters of a rule's name.
pub const MAX_RULE_NAME: usize = 128;

/// A rule with one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicRule {
    /// Its name, which Basic Ingest topics carry.
    pub name: String,
    /// Which messages it takes, and what it makes of them.
    pub sql: Select,
    /// The logical id of the function.
    pub function: String,
    /// The logical id of the queue that keeps what the function could not be given.
    pub error_queue: String,
}

impl TopicRule {
    /// Whether the rule takes a message on this topic: by its name on a Basic Ingest topic, else by its filter.
    pub fn takes(&self, topic: &str) -> bool {
        match basic_ingest(topic) {
            Some((rule, rest)) => rule == self.name && self.sql.matches(rest),
            None => self.sql.matches(topic),
        }
    }
}

pub(crate) fn read_all(deployed: &Deployed<'_>) -> Result<Vec<TopicRule>, TemplateError> {
    let rules = deployed.all::<RuleProperties>(kind::RULE)?;
    rules
        .into_iter()
        .map(|(id, rule)| read(deployed, id, rule))
        .collect()
}

fn read(deployed: &Deployed<'_>, id: &str, rule: RuleProperties) -> Result<TopicRule, TemplateError> {
    let at = format!("Resources.{id}.Properties");
    let RuleProperties {
        rule_name: name,
        topic_rule_payload: payload,
    } = rule;
    check_name(&name, &at)?;
    if payload.aws_iot_sql_version != sql::VERSION {
        let reason = format!(
            "SQL of version {} is not carried out",
            payload.aws_iot_sql_version
        );
        return Err(TemplateError::unusable(&at, reason));
    }
    let [action] = payload.actions.as_slice() else {
        return Err(TemplateError::unusable(&at, "must have one action"));
    };
    let queue = deployed
        .names
        .by_reference(kind::QUEUE, &payload.error_action.sqs.queue_url);
    let no_queue = || TemplateError::unusable(&at, "its error action is none of the queues");
    Ok(TopicRule {
        sql: payload.sql.parse().map_err(|source| TemplateError::Sql {
            at: at.clone(),
            source,
        })?,
        function: deployed.function(&action.lambda.function_arn, &at)?,
        error_queue: queue.ok_or_else(no_queue)?.to_owned(),
        name,
    })
}

fn check_name(name: &str, at: &str) -> Result<(), TemplateError> {
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if plain && (1..=MAX_RULE_NAME).contains(&name.len()) {
        return Ok(());
    }
    let reason =
        format!("RuleName must have 1 to {MAX_RULE_NAME} letters, digits and underscores, is {name:?}");
    Err(TemplateError::unusable(at, reason))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RuleProperties {
    rule_name: String,
    topic_rule_payload: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Payload {
    aws_iot_sql_version: String,
    sql: String,
    actions: Vec<Action>,
    error_action: ErrorAction,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Action {
    lambda: LambdaAction,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LambdaAction {
    function_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ErrorAction {
    sqs: SqsAction,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SqsAction {
    queue_url: String,
}
