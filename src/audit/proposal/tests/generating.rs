use super::*;

/// The errors that the linter has for an identity policy.
fn errors(text: &str) -> Vec<String> {
    let source = Source::new("new.json", text.as_bytes().to_vec());
    let options = Options {
        policy_type: Some(PolicyType::Identity),
        ..Options::default()
    };
    let findings = lint::check(&source, &options).findings.into_iter();
    let errors = findings.filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| format!("{}: {}", finding.rule.as_str(), finding.message))
        .collect()
}

fn generated(calls: &[Call], options: GenerateOptions) -> Proposal {
    let proposal = generate(&trail(&Holdings::new(), calls), ANA, &options);
    assert!(proposal.verification.holds(), "{proposal:#?}");
    for text in &proposal.texts {
        assert_eq!(errors(text), Vec::<String>::new(), "{text}");
    }
    proposal
}

#[test]
fn a_policy_is_made_of_what_was_used() {
    let run = Call {
        requests: vec![
            (
                "ec2:RunInstances",
                arn("arn:aws:ec2:eu-west-1:111122223333:instance/*"),
            ),
            (
                "ec2:RunInstances",
                arn("arn:aws:ec2:eu-west-1::image/ami-1"),
            ),
            ("iam:PassRole", arn("arn:aws:iam::111122223333:role/web")),
        ],
        ..call("ec2:RunInstances", Target::Star)
    };
    let calls = [
        run,
        call("ec2:DescribeInstances", Target::Star),
        call("s3:GetObject", arn("arn:aws:s3:::b/a")),
        call("s3:PutObject", arn("arn:aws:s3:::b/a")),
        call(
            "iam:GetRole",
            Target::Like("arn:aws:iam::111122223333:role/*web".to_owned()),
        ),
        call("iam:DeleteRole", Target::Unknown),
        call("ec2:DeleteKeyPair", arn(KEYS)).ended(OutcomeKind::Denied),
    ];
    let proposal = generated(&calls, GenerateOptions::default());
    assert_eq!(proposal.texts.len(), 1);
    assert_eq!(
        statements(&proposal.texts[0]),
        [
            "Allow ec2:DescribeInstances on *",
            "Allow ec2:RunInstances on arn:aws:ec2:eu-west-1:111122223333:instance/* arn:aws:ec2:eu-west-1::image/ami-1",
            "Allow iam:DeleteRole on *",
            "Allow iam:GetRole on arn:aws:iam::111122223333:role/*web",
            "Allow iam:PassRole on arn:aws:iam::111122223333:role/web",
            "Allow s3:GetObject s3:PutObject on arn:aws:s3:::b/a",
        ]
    );
    assert!(proposal.changes[0].contains("`iam:DeleteRole` may be used on `*`"));
    assert!(
        proposal
            .kept
            .iter()
            .any(|kept| kept.contains("1 calls were refused"))
    );
    assert_eq!(proposal.verification.calls, 6);
}

#[test]
fn the_quota_splits_then_generalises() {
    let calls: Vec<_> = (0..400)
        .map(|n| {
            let object = format!("arn:aws:s3:::bucket-with-a-long-name/folder-{n}/{n}");
            call("s3:GetObject", arn(&object))
        })
        .collect();
    let length = |text: &String| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        value.to_string().chars().count()
    };
    let managed = generated(&calls, GenerateOptions::default());
    assert!(managed.texts.len() > 1 && managed.texts.len() <= 10);
    assert!(managed.texts.iter().all(|text| length(text) <= 6_144));
    assert!(
        managed.changes[0].starts_with("it takes"),
        "{:?}",
        managed.changes
    );
    let inline = GenerateOptions {
        holder: Holder::UserInline,
        ..GenerateOptions::default()
    };
    let inline = generated(&calls, inline);
    assert!(length(&inline.texts[0]) <= 2_048);
    assert_eq!(
        statements(&inline.texts[0]),
        ["Allow s3:GetObject on arn:aws:s3:::bucket-with-a-long-name/*"]
    );
    assert!(inline.changes[0].starts_with("so that it fits the quota"));
}

#[test]
fn nobody_gets_a_policy_that_cannot_hold_one() {
    let holdings = Holdings::new();
    let mut record = call("s3:GetObject", arn("arn:aws:s3:::b/a")).record(&holdings);
    let root = "arn:aws:iam::111122223333:root";
    record.caller.principal = Principal::parse(root).unwrap();
    record.caller.name = root.to_owned();
    let totals = totals([record]);
    for (name, reason) in [(root, "root user"), (ANA, "no record")] {
        let proposal = generate(&totals, name, &GenerateOptions::default());
        assert!(proposal.texts.is_empty());
        assert!(proposal.kept[0].contains(reason), "{:?}", proposal.kept);
    }
}
