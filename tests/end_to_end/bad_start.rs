//! Starts that cannot work: each says why on standard error, names what was wrong, and leaves what is there alone.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use end_to_end::stack::{Refusal, Stack};

const FREE_PORTS: [&str; 4] = ["--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"];

/// Starts with `arguments`, and checks that the program refused and said every one of `words`.
fn refused(data: &Path, arguments: &[&str], words: &[&str]) -> anyhow::Result<Refusal> {
    let refusal = Stack::refuse(data, arguments)?;
    assert!(!refusal.status.success(), "{refusal:?}");
    assert_eq!(refusal.output, "", "nothing that could be taken for a ready line");
    assert!(!refusal.errors.contains("panicked"), "{}", refusal.errors);
    for word in words {
        assert!(
            refusal.errors.contains(word),
            "{word:?} is not in {:?}",
            refusal.errors
        );
    }
    Ok(refusal)
}

fn with_free_ports<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    FREE_PORTS.iter().chain(arguments).copied().collect()
}

#[test]
fn a_port_in_use_is_named() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let holder = TcpListener::bind("127.0.0.1:0")?;
    let taken = holder.local_addr()?.to_string();
    let data = folder.path().join("data");
    refused(
        &data,
        &["--http", &taken, "--mqtt", "127.0.0.1:0"],
        &["--http", &taken],
    )?;
    refused(
        &data,
        &["--http", "127.0.0.1:0", "--mqtt", &taken],
        &["--mqtt", &taken],
    )?;
    Ok(())
}

#[test]
fn data_of_a_newer_version_is_left_alone() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    assert!(Stack::start(&data)?.stop()?.success());
    fs::write(data.join("FORMAT"), "999\n")?;
    let store = fs::read(data.join("store.db"))?;
    refused(&data, &with_free_ports(&[]), &["--data", "format 999"])?;
    assert_eq!(fs::read(data.join("store.db"))?, store);
    Ok(())
}

#[test]
fn a_second_program_on_the_same_data_is_refused() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let stack = Stack::start(&data)?;
    refused(&data, &with_free_ports(&[]), &["--data", "another sweepline"])?;
    assert_eq!(stack.api().get("/healthz")?.status, 200);
    Ok(())
}

#[test]
fn a_plan_that_is_no_picture_is_named() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = folder.path().join("letter.png");
    fs::write(&plan, "dear plan")?;
    let glob = plan.to_string_lossy();
    refused(
        &folder.path().join("data"),
        &with_free_ports(&["--plans", &glob]),
        &["letter.png"],
    )?;
    Ok(())
}

#[test]
fn plans_that_match_nothing_are_named() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let glob = folder.path().join("*.png").to_string_lossy().into_owned();
    refused(
        &folder.path().join("data"),
        &with_free_ports(&["--plans", &glob]),
        &["--plans", "*.png"],
    )?;
    Ok(())
}

#[test]
fn options_out_of_range_name_their_limit() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    refused(&data, &["--speed", "NaN"], &["--speed", "100"])?;
    refused(&data, &["--robots", "1000000"], &["--robots", "64"])?;
    refused(&data, &["--http", "everywhere"], &["--http"])?;
    assert!(!data.exists(), "a wrong option makes no data folder");
    Ok(())
}
