//! The program of the robot before a broker that tries it, as AWS IoT Device Advisor does: its 25 cases, under its ids,
//! and ten more of what homes do to robots. All cases run at once, each with a broker and a robot of its own.
//!
//! Where a case is about a service that this robot does not use, what takes its place is tried: the status and the
//! settings for the shadow, a command for a job.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and shows its table"
)]

#[path = "../link/broker.rs"]
#[allow(dead_code, reason = "the link's own tests use the rest of it")]
mod broker;
mod connecting;
mod homes;
mod messages;
#[path = "../common/recording.rs"]
mod recording;
mod robot;
mod security;
mod sessions;
mod tls;
mod words;

use std::any::Any;
use std::future::Future;
use std::pin::Pin;

/// A case: its id, and what gives what was seen, or panics.
type Case = (&'static str, Pin<Box<dyn Future<Output = String> + Send>>);

fn case(id: &'static str, seen: impl Future<Output = String> + Send + 'static) -> Case {
    (id, Box::pin(seen))
}

fn of_device_advisor() -> Vec<Case> {
    vec![
        case("TLS_Connect", tls::connects()),
        case("TLS_Receive_Maximum_Size_Fragments", tls::takes_large_fragments()),
        case(
            "TLS_Support_AWS_IoT_Cipher_Suites",
            tls::offers_known_cipher_suites(),
        ),
        case("TLS_Large_Size_Server_Cert", tls::takes_a_large_certificate()),
        case("TLS_Unsecure_Server_Cert", tls::refuses_an_unknown_authority()),
        case(
            "TLS_Incorrect_Subject_Name_Server_Cert",
            tls::refuses_another_name(),
        ),
        case("TLS_Expired_Server_Cert", tls::refuses_an_expired_certificate()),
        case("MQTT_Connect", connecting::connects()),
        case(
            "MQTT_Client_Puback_Qos1",
            messages::acknowledges_the_largest_message(),
        ),
        case(
            "MQTT_Connect_Jitter_Backoff_Retries",
            connecting::spreads_its_waits(),
        ),
        case(
            "MQTT_Connect_Exponential_Backoff_Retries",
            connecting::waits_longer_and_longer(),
        ),
        case(
            "MQTT_ReconnectionAfterSuccessfulConnection",
            connecting::waits_after_a_loss(),
        ),
        case(
            "MQTT_Reconnect_Backoff_Retries_On_Server_Disconnect",
            connecting::waits_longer_when_it_is_dropped_again_and_again(),
        ),
        case("MQTT_Publish", messages::publishes()),
        case("MQTT_Publish_Retry_No_Puback", messages::publishes_again()),
        case("MQTT_Subscribe", messages::subscribes()),
        case("MQTT_Subscribe_Retry_No_Suback", messages::subscribes_again()),
        case("MQTT_No_Ack_PingResp", connecting::gives_up_a_silent_broker()),
        case(
            "MQTT_Persistent_Session_Happy_Case",
            sessions::goes_on_with_its_session(),
        ),
        case(
            "MQTT_Persistent_Session_Session_Expiry",
            sessions::subscribes_when_it_was_forgotten(),
        ),
        case("Shadow_Publish_Reported_State", words::reports_its_state()),
        case("Shadow_Update_Reported_State", words::follows_its_settings()),
        case("Job_Execution", words::carries_out_a_command()),
        case("Security_Device_Policies", security::policy_has_no_wildcard()),
        case("MQTT_Long_Duration", sessions::lives_through_an_unstable_day()),
    ]
}

fn of_homes() -> Vec<Case> {
    vec![
        case("Clock_Wrong_At_Boot", homes::trusts_the_later_clock()),
        case("DNS_Failure", homes::outlives_a_name_that_is_not_found()),
        case("Half_Open_Connection", homes::notices_a_half_open_connection()),
        case("Connack_Refused", homes::waits_when_it_is_refused()),
        case("Disconnect_With_Reason", homes::waits_when_it_is_sent_away()),
        case("Client_Id_Takeover", homes::does_not_fight_for_its_name()),
        case("Oversize_Publish", homes::outlives_a_message_above_its_limit()),
        case("Puback_For_Unknown_Id", homes::outlives_an_answer_to_nothing()),
        case("Retained_Command", homes::refuses_a_retained_command()),
        case("Certificate_Rotated_In_Session", homes::changes_its_certificate()),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_five_of_thirty_five() {
    let cases = of_device_advisor().into_iter().chain(of_homes());
    let running: Vec<_> = cases.map(|(id, seen)| (id, tokio::spawn(seen))).collect();
    let (tried, mut failed) = (running.len(), Vec::new());
    for (id, seen) in running {
        match seen.await {
            Ok(seen) => println!("passed  {id}: {seen}"),
            Err(error) => {
                println!("FAILED  {id}: {}", told(error.into_panic()));
                failed.push(id);
            }
        }
    }
    println!("{tried} tried, {} failed", failed.len());
    assert_eq!(tried, 35);
    assert!(failed.is_empty(), "{failed:?}");
}

/// What a case panicked with.
fn told(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast::<&str>()
            .map_or_else(|_| "no text".into(), |text| (*text).to_owned()),
    }
}
