//! Looking things up in the embedded service reference.
//!
//! Nothing is parsed at the start: the first lookup costs what every other does. Figures are in
//! `docs/performance.md`.

use criterion::{Criterion, criterion_group, criterion_main};
use iamsim::catalog::Catalog;
use std::hint::black_box;

fn lookups(criterion: &mut Criterion) {
    let catalog = Catalog::embedded();
    assert!(
        catalog.action("s3:GetObject").is_some(),
        "the catalog has s3:GetObject"
    );
    assert!(
        catalog.condition_key("s3:prefix").is_some(),
        "the catalog has s3:prefix"
    );
    let mut group = criterion.benchmark_group("catalog");
    group.bench_function("action", |b| {
        b.iter(|| catalog.action(black_box("s3:GetObject")));
    });
    group.bench_function("condition key", |b| {
        b.iter(|| catalog.condition_key(black_box("s3:prefix")));
    });
    group.bench_function("s3:Get*", |b| {
        b.iter(|| catalog.actions_matching(black_box("s3:Get*")));
    });
    group.bench_function("*:List*", |b| {
        b.iter(|| catalog.actions_matching(black_box("*:List*")));
    });
    group.finish();
}

criterion_group!(benches, lookups);
criterion_main!(benches);
