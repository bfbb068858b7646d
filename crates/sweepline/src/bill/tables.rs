//! The report as tables for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use billing::FLEET_SIZES;
use serde::Serialize;

use super::report::{Design, Report, WorstHour};

/// The report in words and columns.
pub fn draw(report: &Report) -> String {
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = write(&mut text, report);
    text
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    let designs = [&report.without_live_view, &report.with_live_view, &report.naive];
    writeln!(
        text,
        "USD per robot and year in {}, prices read {} to {}\n",
        report.region, report.prices_read.0, report.prices_read.1
    )?;
    writeln!(text, "{:<24}{:>12}{:>12}{:>12}", "", "without", "with", "naive")?;
    writeln!(
        text,
        "{:<24}{:>12}{:>12}{:>12}",
        "", "live view", "live view", "design"
    )?;
    row(text, "total", designs.map(|design| design.usd_per_robot_year))?;
    for robots in FLEET_SIZES {
        let name = format!("  of {robots} robots");
        row(text, &name, designs.map(|design| cost(&design.by_fleet, &robots)))?;
    }
    section(text, "by service", designs, |design| design.by_service.iter())?;
    section(text, "by feature", designs, |design| design.by_feature.iter())?;
    writeln!(text, "\nfixed, per month: {:.2} USD", report.fixed_usd_per_month)?;
    hour(text, "a stolen robot key", &report.stolen_robot_key)?;
    hour(text, "a stolen phone token", &report.stolen_phone_token)?;
    writeln!(text)?;
    report
        .notes
        .iter()
        .try_for_each(|note| writeln!(text, "- {note}"))
}

fn section<'a, K, I>(
    text: &mut String,
    title: &str,
    designs: [&'a Design; 3],
    costs: impl Fn(&'a Design) -> I,
) -> fmt::Result
where
    K: Ord + Serialize + 'a,
    I: Iterator<Item = (&'a K, &'a f64)>,
{
    writeln!(text, "\n{title}")?;
    let keys: BTreeSet<&K> = designs
        .iter()
        .flat_map(|design| costs(design).map(|(key, _)| key))
        .collect();
    for key in keys {
        let of = |design| {
            costs(design)
                .find(|(other, _)| *other == key)
                .map_or(0.0, |(_, usd)| *usd)
        };
        row(text, &format!("  {}", name(key)), designs.map(of))?;
    }
    Ok(())
}

fn row(text: &mut String, name: &str, [one, two, three]: [f64; 3]) -> fmt::Result {
    writeln!(text, "{name:<24}{one:>12.5}{two:>12.5}{three:>12.4}")
}

fn hour(text: &mut String, what: &str, worst: &WorstHour) -> fmt::Result {
    writeln!(
        text,
        "\n{what}: at most {:.3} USD per hour, by {}",
        worst.usd_per_hour, worst.by
    )?;
    worst
        .ways
        .iter()
        .try_for_each(|(way, usd)| writeln!(text, "  {way}: {usd:.4}"))
}

fn cost(costs: &BTreeMap<u32, f64>, robots: &u32) -> f64 {
    costs.get(robots).copied().unwrap_or_default()
}

/// The word that the JSON has for it.
fn name(key: &impl Serialize) -> String {
    let value = serde_json::to_value(key).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}
