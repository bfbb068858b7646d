//! Every call as it was recorded, and every way in which each can fail.

use domain::ports::DeviceError;

use crate::flows::{FLOWS, play};
use crate::recording::{Answer, MODELLED, Origin, Recording, file, modelled};
use crate::replay::{Given, Service};
use crate::stack::record;

#[tokio::test]
async fn each_flow_asks_what_was_recorded_and_hears_the_same() {
    if let Ok(stack) = std::env::var("SWEEPLINE_RECORD") {
        for flow in FLOWS {
            record(flow, &stack).await;
        }
    }
    for flow in FLOWS {
        let recording = Recording::load(flow);
        let service = Service::answering(answers(&recording));
        assert_eq!(play(flow, &service).await.unwrap(), recording.outcome, "{flow}");
        let expected: Vec<_> = recording
            .exchanges
            .into_iter()
            .map(|exchange| exchange.request)
            .collect();
        assert_eq!(service.requests(), expected, "{flow}");
    }
}

#[test]
fn each_recording_says_where_it_comes_from_and_holds_no_secret() {
    for flow in FLOWS {
        let text = std::fs::read_to_string(file(flow)).unwrap();
        for secret in [
            "PRIVATE KEY",
            "AKIA",
            "ASIA",
            "Signature=",
            "authorization",
            "security-token",
            "secret",
        ] {
            assert!(!text.contains(secret), "{flow} holds {secret}");
        }
        for exchange in Recording::load(flow).exchanges {
            assert_eq!(exchange.call, exchange.request.call(), "{flow}");
            let by_model = MODELLED.contains(&exchange.call.as_str());
            assert_eq!(
                exchange.origin == Origin::Unproven,
                by_model,
                "{flow}: {}",
                exchange.call
            );
            if by_model {
                assert_eq!(Some(exchange.answer), modelled(&exchange.call), "{flow}");
            }
        }
    }
}

fn given(answer: Answer) -> Given {
    Given::Answer(answer.status, "", answer.body)
}

fn answers(recording: &Recording) -> Vec<Given> {
    let exchanges = recording.exchanges.iter();
    exchanges.map(|exchange| given(exchange.answer.clone())).collect()
}

/// A way to fail, and what it means wherever nothing else is said.
struct Failing {
    status: u16,
    code: &'static str,
    means: Meaning,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// It may work later.
    Unavailable,
    /// It never will.
    Refused,
    /// It is the robot's fault.
    BadRequest,
    /// It is too much at once.
    TooLarge,
    /// It is no failure.
    Fine,
}

const fn failing(status: u16, code: &'static str, means: Meaning) -> Failing {
    Failing { status, code, means }
}

/// An outage without an answer has no status.
const NO_CONNECTION: &str = "no connection";
const SILENCE: &str = "silence";

const FAILINGS: [Failing; 16] = [
    failing(0, NO_CONNECTION, Meaning::Unavailable),
    failing(0, SILENCE, Meaning::Unavailable),
    failing(429, "ThrottlingException", Meaning::Unavailable),
    failing(500, "InternalFailureException", Meaning::Unavailable),
    failing(503, "ServiceUnavailableException", Meaning::Unavailable),
    failing(410, "LimitExceededException", Meaning::Unavailable),
    failing(409, "ConflictingResourceUpdateException", Meaning::Unavailable),
    failing(409, "ResourceAlreadyExistsException", Meaning::Refused),
    failing(409, "DeleteConflictException", Meaning::Refused),
    failing(404, "ResourceNotFoundException", Meaning::Refused),
    failing(400, "InvalidRequestException", Meaning::Refused),
    failing(403, "ForbiddenException", Meaning::Refused),
    failing(401, "UnauthorizedException", Meaning::Refused),
    failing(403, "AccessDeniedException", Meaning::Refused),
    failing(413, "RequestEntityTooLargeException", Meaning::TooLarge),
    failing(418, "SomethingNewException", Meaning::Refused),
];

/// Where a failure means something else: what is gone already need not be taken away, and silence after a command
/// says nothing about the robot.
fn meaning(call: &str, failing: &Failing) -> Meaning {
    match (call, failing.code) {
        ("SendDirectMessage", SILENCE) => Meaning::Fine,
        ("CreateCertificateFromCsr", "InvalidRequestException") => Meaning::BadRequest,
        ("DeleteCertificate", "DeleteConflictException") => Meaning::Fine,
        (
            "SendDirectMessage"
            | "GetConnection"
            | "DeleteConnection"
            | "ListThingPrincipals"
            | "UpdateCertificate"
            | "DetachPolicy"
            | "DetachThingPrincipal"
            | "DeleteCertificate",
            "ResourceNotFoundException",
        ) => Meaning::Fine,
        _ => failing.means,
    }
}

fn what(result: &Result<String, DeviceError>) -> Meaning {
    match result {
        Ok(_) => Meaning::Fine,
        Err(DeviceError::Unavailable(_)) => Meaning::Unavailable,
        Err(DeviceError::Refused(_)) => Meaning::Refused,
        Err(DeviceError::BadRequest { .. }) => Meaning::BadRequest,
        Err(DeviceError::TooLarge { limit }) => {
            assert_eq!(*limit, 131_072);
            Meaning::TooLarge
        }
    }
}

#[tokio::test]
async fn each_call_of_each_flow_fails_in_every_way_and_says_what_it_means() {
    for flow in FLOWS {
        let recording = Recording::load(flow);
        for (place, exchange) in recording.exchanges.iter().enumerate() {
            for failing in &FAILINGS {
                let mut answers = answers(&recording);
                answers[place] = match failing.code {
                    NO_CONNECTION => Given::NoConnection,
                    SILENCE => Given::Silence,
                    code => Given::Answer(failing.status, code, r#"{"message":"no"}"#.to_owned()),
                };
                let service = Service::answering(answers);
                let found = what(&play(flow, &service).await);
                let expected = meaning(&exchange.call, failing);
                assert_eq!(found, expected, "{flow}: {} with {}", exchange.call, failing.code);
                if expected != Meaning::Fine {
                    assert_eq!(
                        service.requests().len(),
                        place + 1,
                        "{flow}: nothing follows {}",
                        exchange.call
                    );
                }
            }
        }
    }
}
