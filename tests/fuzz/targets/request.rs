//! Commands and wishes to watch, as a robot reads them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::command::RobotRequest;

fuzz_target!(|bytes: &[u8]| {
    let Ok(request) = RobotRequest::decode(bytes) else {
        return;
    };
    assert_eq!(RobotRequest::decode(&request.encode()).as_ref(), Ok(&request));
    if let RobotRequest::Command(command) = &request {
        let _ = (command.order(), command.plan());
    }
});
