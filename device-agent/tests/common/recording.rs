//! A recording in CARMEN's form: a robot that drives along a wall.

/// The log of a drive of so many steps of 5 cm, one a second.
pub fn recording(steps: i32) -> String {
    let line = |step: i32| {
        let ranges: Vec<String> = (0..180)
            .map(|beam| format!("{:.2}", 3.0 + f64::from(beam % 7) * 0.05))
            .collect();
        let x = f64::from(step) * 0.05;
        format!(
            "FLASER 180 {} {x} 0.0 0.0 {x} 0.0 0.0 {step}.0 host {step}.0",
            ranges.join(" ")
        )
    };
    (0..steps).map(line).collect::<Vec<_>>().join("\n")
}
