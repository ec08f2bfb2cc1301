//! Parsing policy text, beside `serde_json::from_slice::<Value>` on the same bytes.
//!
//! Target: at most twice its time, for every document here. Ours starts from the same bytes, checks
//! that they are UTF-8, keeps spans, order and duplicates, and goes on after a fault. Figures are in
//! `docs/performance.md`.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use iamsim::{source::Source, syntax};
use std::hint::black_box;

/// Documents of the kinds that people have: a small one, a large one, and ones that are hard to
/// read.
fn documents() -> Vec<(&'static str, Vec<u8>)> {
    let small = include_bytes!("../policies/messages-worker.json").to_vec();
    let statement = |number: usize| {
        format!(
            r#"    {{
      "Sid": "Statement{number}",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject", "dynamodb:PutItem"],
      "Resource": ["arn:aws:s3:::bucket-{number}/*", "arn:aws:dynamodb:*:*:table/t{number}"],
      "Condition": {{ "StringEquals": {{ "aws:PrincipalTag/team": "blue" }} }}
    }}"#
        )
    };
    let large = |statements: usize| {
        let statements: Vec<_> = (0..statements).map(statement).collect();
        let text = format!(
            "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n{}\n  ]\n}}\n",
            statements.join(",\n")
        );
        text.into_bytes()
    };
    let escapes = format!(r#"{{"Id": "{}"}}"#, r"\u0041\n\/".repeat(500)).into_bytes();
    let nested = format!("{}{}", "[".repeat(120), "]".repeat(120)).into_bytes();
    vec![
        ("small", small),
        ("6 kB", large(18)),
        ("100 kB", large(300)),
        ("escapes", escapes),
        ("nested", nested),
    ]
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for (name, bytes) in documents() {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let source = Source::new(name, bytes.clone());
        assert!(syntax::parse(&source).faults.is_empty(), "{name} is sound");
        group.bench_with_input(
            BenchmarkId::new("iamsim", name),
            &bytes,
            |bencher, bytes| {
                bencher.iter_batched(
                    || bytes.clone(),
                    |bytes| {
                        let source = Source::new(name, black_box(bytes));
                        black_box(&syntax::parse(&source));
                        source
                    },
                    BatchSize::SmallInput,
                );
            },
        );
        group.bench_with_input(
            BenchmarkId::new("serde_json", name),
            &bytes,
            |bencher, bytes| {
                bencher.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(bytes)));
            },
        );
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
