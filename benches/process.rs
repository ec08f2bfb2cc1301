//! The whole process on one policy, beside `jq . FILE` on the same file: what a pre-commit hook
//! pays for each run.
//!
//! Target: at most half the time of jq. Where jq is not installed only our own time is measured.
//! Figures are in `docs/performance.md`.

use criterion::{Criterion, criterion_group, criterion_main};
use std::process::{Command, Stdio};

const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/messages-worker.json");

/// Runs a program to its end; whether it could be started.
fn runs(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null());
    command.status().is_ok()
}

fn process(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("process");
    let iamsim = env!("CARGO_BIN_EXE_iamsim");
    let lint = ["lint", POLICY];
    assert!(runs(iamsim, &lint), "iamsim can be started");
    group.bench_function("iamsim lint", |b| b.iter(|| runs(iamsim, &lint)));
    if runs("jq", &[".", POLICY]) {
        group.bench_function("jq .", |b| b.iter(|| runs("jq", &[".", POLICY])));
    }
    group.finish();
}

criterion_group!(benches, process);
criterion_main!(benches);
