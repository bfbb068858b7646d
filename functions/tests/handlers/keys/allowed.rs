//! Which partitions a handler may name.

use hostile::Touch;

use super::events::Handler;
use super::ground::{Ground, owner};

/// The partitions of the fleet's index.
const FLEET_SHARDS: u128 = 8;

/// Whether what was asked of the table belongs to the home of the robot that the event is of.
pub fn may_touch(ground: &Ground, handler: Handler, Touch { action, partition }: &Touch) -> bool {
    let (kind, of) = partition.split_once('#').unwrap();
    let of = of.split('#').next().unwrap();
    let (is_look_up, ours) = (action == "GetItem", &ground.ours);
    match kind {
        "H" => of == ours.home.to_string(),
        "R" => of == ours.robot.to_string(),
        "P" => handler == Handler::Erasure && of == owner(ours).to_string(),
        // A robot's own health carries its place in the fleet's index; only operators read that.
        "F" => action != "Query" && of == (ours.robot.as_u128() % FLEET_SHARDS).to_string(),
        // Everybody's refused messages lie together, and nobody reads them there.
        "I" => action == "PutItem",
        // What is secret names these.
        "L" => handler == Handler::LiveAuthorizer && is_look_up,
        "T" => handler == Handler::ProvisioningHook,
        _ => false,
    }
}
