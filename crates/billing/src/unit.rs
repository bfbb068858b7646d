//! What is charged, and by which service.

use serde::{Deserialize, Serialize};

/// A service that charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// AWS IoT Core: connections, messages, rules, shadows, remote actions.
    Iot,
    /// AWS Lambda.
    Lambda,
    /// Amazon DynamoDB.
    DynamoDb,
    /// Amazon API Gateway, HTTP APIs.
    ApiGateway,
    /// Amazon CloudWatch: logs, metrics, alarms.
    CloudWatch,
    /// Amazon SQS.
    Sqs,
    /// AWS KMS.
    Kms,
    /// Amazon Cognito.
    Cognito,
    /// What leaves the region for the internet.
    Egress,
}

/// What one count of a bill is; sizes are in units of 10^9 bytes, times in the unit of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A minute of one MQTT connection.
    ConnectionMinute,
    /// An MQTT message, once for each begun step of [`crate::steps::MESSAGE_STEP_BYTES`].
    Message,
    /// A rule that a message triggered, by the same steps.
    RuleTrigger,
    /// An action that a rule carried out, by the same steps.
    RuleAction,
    /// A change of a device shadow, once for each begun step of [`crate::steps::SHADOW_STEP_BYTES`].
    ShadowOperation,
    /// A job or command of AWS IoT Device Management for one device.
    RemoteAction,
    /// An invocation of a function.
    FunctionRequest,
    /// A second of a function with a gigabyte of memory, initialization included.
    FunctionGbSecond,
    /// A write unit of a table or of its index.
    WriteUnit,
    /// A read unit.
    ReadUnit,
    /// A gigabyte in a table for a month.
    TableGbMonth,
    /// A gigabyte of table under point-in-time recovery for a month.
    BackupGbMonth,
    /// A request to the HTTP API, once for each begun step of [`crate::steps::API_STEP_BYTES`].
    ApiRequest,
    /// A request to a queue, once for each begun step of [`crate::steps::QUEUE_STEP_BYTES`].
    QueueRequest,
    /// A gigabyte of log lines taken in.
    LogGb,
    /// A gigabyte of log lines kept for a month.
    LogGbMonth,
    /// A metric of one's own for a month.
    MetricMonth,
    /// An alarm for a month.
    AlarmMonth,
    /// An encryption key of one's own for a month.
    KeyMonth,
    /// Somebody who signs in within a month.
    SignInMonth,
    /// A gigabyte that leaves the region.
    EgressGb,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::ConnectionMinute,
        Self::Message,
        Self::RuleTrigger,
        Self::RuleAction,
        Self::ShadowOperation,
        Self::RemoteAction,
        Self::FunctionRequest,
        Self::FunctionGbSecond,
        Self::WriteUnit,
        Self::ReadUnit,
        Self::TableGbMonth,
        Self::BackupGbMonth,
        Self::ApiRequest,
        Self::QueueRequest,
        Self::LogGb,
        Self::LogGbMonth,
        Self::MetricMonth,
        Self::AlarmMonth,
        Self::KeyMonth,
        Self::SignInMonth,
        Self::EgressGb,
    ];

    /// Who charges for it.
    pub fn service(self) -> Service {
        match self {
            Self::ConnectionMinute
            | Self::Message
            | Self::RuleTrigger
            | Self::RuleAction
            | Self::ShadowOperation
            | Self::RemoteAction => Service::Iot,
            Self::FunctionRequest | Self::FunctionGbSecond => Service::Lambda,
            Self::WriteUnit | Self::ReadUnit | Self::TableGbMonth | Self::BackupGbMonth => Service::DynamoDb,
            Self::ApiRequest => Service::ApiGateway,
            Self::QueueRequest => Service::Sqs,
            Self::LogGb | Self::LogGbMonth | Self::MetricMonth | Self::AlarmMonth => Service::CloudWatch,
            Self::KeyMonth => Service::Kms,
            Self::SignInMonth => Service::Cognito,
            Self::EgressGb => Service::Egress,
        }
    }
}
