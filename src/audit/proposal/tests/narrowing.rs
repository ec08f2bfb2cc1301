use super::*;

/// What is proposed for one policy that is used so.
fn narrowed(policy: &str, calls: &[Call]) -> Proposal {
    narrowed_keeping(policy, calls, &[])
}

fn narrowed_keeping(policy: &str, calls: &[Call], keep: &[&str]) -> Proposal {
    let holdings = held(&[policy]);
    let options = ProposalOptions {
        keep: keep.iter().map(|text| (*text).to_owned()).collect(),
        ..ProposalOptions::default()
    };
    let mut proposals = propose(&trail(&holdings, calls), &holdings, &options);
    let proposal = proposals.remove(0);
    assert!(proposal.verification.holds(), "{proposal:#?}");
    // A narrower policy cannot be narrowed again.
    if let [text] = proposal.texts.as_slice() {
        let holdings = held(&[text]);
        let again = propose(&trail(&holdings, calls), &holdings, &options).remove(0);
        assert_eq!(again.texts, proposal.texts, "{again:#?}");
        assert_eq!((again.diff.as_str(), again.changes.len()), ("", 0));
    }
    proposal
}

#[track_caller]
fn assert_narrowed(policy: &str, calls: &[Call], expected: &[&str]) -> Proposal {
    let proposal = narrowed(policy, calls);
    let [text] = proposal.texts.as_slice() else {
        panic!("{proposal:#?}")
    };
    assert_eq!(statements(text), expected, "{proposal:#?}");
    proposal
}

fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":{action},"Resource":{resource}}}}}"#
    )
}

#[test]
fn patterns_become_what_was_used_and_unused_statements_go() {
    let policy = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Roles",
      "Effect": "Allow",
      "Action": [
        "iam:GetRole",
        "iam:DeleteRole",
        "iam:List*"
      ],
      "Resource": "*"
    },
    { "Sid": "Never", "Effect": "Allow", "Action": "cloudtrail:StopLogging", "Resource": "*" },
    { "Sid": "No", "Effect": "Deny", "Action": "ec2:*", "Resource": "*" }
  ]
}
"#;
    let role = "arn:aws:iam::111122223333:role/a";
    let calls = [
        call("iam:GetRole", arn(role)),
        call("iam:ListRolePolicies", arn(role)),
        call("iam:DeleteRole", arn(role)).ended(OutcomeKind::Denied),
    ];
    let proposal = narrowed(policy, &calls);
    assert_eq!(
        proposal.texts[0],
        r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Roles",
      "Effect": "Allow",
      "Action": [
        "iam:GetRole",
        "iam:ListRolePolicies"
      ],
      "Resource": "arn:aws:iam::111122223333:role/a"
    },
    {
      "Sid": "RolesWide",
      "Effect": "Allow",
      "Action": [
        "iam:ListCloudFrontPublicKeys",
        "iam:ListSTSRegionalEndpointsStatus"
      ],
      "Resource": "*"
    },
    { "Sid": "No", "Effect": "Deny", "Action": "ec2:*", "Resource": "*" }
  ]
}
"#
    );
    assert!(
        proposal
            .diff
            .starts_with("--- a/policy-0.json\n+++ b/policy-0.json\n@@ ")
    );
    assert_eq!(
        proposal.changes,
        [
            "statement `Roles`: action `iam:DeleteRole` is taken out",
            "statement `Roles`: action `iam:List*` becomes `iam:ListRolePolicies`, \
             `iam:ListCloudFrontPublicKeys` and `iam:ListSTSRegionalEndpointsStatus`",
            "statement `Roles`: resource `*` becomes `arn:aws:iam::111122223333:role/a`, for \
             `iam:GetRole` and `iam:ListRolePolicies`",
            "statement `Never` is taken out: nothing of it was used",
        ]
    );
    assert_eq!(proposal.verification.calls, 2);
}

#[test]
fn failures_that_are_no_refusals_count_as_use() {
    let policy = allow(r#"["ec2:CreateKeyPair","ec2:DeleteKeyPair"]"#, "\"*\"");
    for outcome in [
        OutcomeKind::Failed,
        OutcomeKind::Throttled,
        OutcomeKind::DryRun,
    ] {
        let calls = [call("ec2:DeleteKeyPair", arn(KEYS)).ended(outcome)];
        assert_narrowed(
            &policy,
            &calls,
            &[&format!("Allow ec2:DeleteKeyPair on {KEYS}")],
        );
    }
}

#[test]
fn a_policy_that_was_never_used_is_to_be_removed() {
    let policy = allow("\"cloudtrail:StopLogging\"", "\"*\"");
    let proposal = narrowed(&policy, &[call("ec2:DeleteKeyPair", arn(KEYS))]);
    assert!(proposal.texts.is_empty());
    let order = proposal.changes.last().unwrap();
    assert!(
        order.contains("take it from `arn:aws:iam::111122223333:user/ana`"),
        "{order}"
    );
}

#[test]
fn data_events_that_the_trail_lacks_are_no_sign_of_no_use() {
    let policy = allow(
        r#"["sqs:SendMessage","sqs:ReceiveMessage","sqs:CreateQueue","sqs:PurgeQueue"]"#,
        "\"*\"",
    );
    let queue = "arn:aws:sqs:eu-west-1:111122223333:q";
    let created = call("sqs:CreateQueue", arn(queue));
    let proposal = assert_narrowed(
        &policy,
        std::slice::from_ref(&created),
        &[
            &format!("Allow sqs:CreateQueue on {queue}"),
            "Allow sqs:SendMessage sqs:ReceiveMessage on *",
        ],
    );
    assert!(
        proposal
            .kept
            .iter()
            .any(|kept| kept.contains("`AWS::SQS::Queue`")),
        "{:?}",
        proposal.kept
    );
    let sent = call("sqs:SendMessage", arn(queue));
    assert_narrowed(
        &policy,
        &[created, sent],
        &[&format!("Allow sqs:SendMessage sqs:CreateQueue on {queue}")],
    );
}

#[test]
fn what_no_trail_shows_stays() {
    let policy = allow(r#"["iam:PassRole","iam:GetRole"]"#, "\"*\"");
    let proposal = assert_narrowed(
        &policy,
        &[call("ec2:DeleteKeyPair", arn(KEYS))],
        &["Allow iam:PassRole on *"],
    );
    assert!(
        proposal.kept[0].starts_with("statement 1: `iam:PassRole` stays: no record is kept of it")
    );
}

#[test]
fn services_whose_events_may_be_left_out_stay_until_one_is_seen() {
    let policy = allow(r#"["kms:Decrypt","kms:Encrypt"]"#, "\"*\"");
    let other = call("ec2:DeleteKeyPair", arn(KEYS));
    let proposal = narrowed(&policy, std::slice::from_ref(&other));
    assert_eq!(proposal.texts, std::slice::from_ref(&policy));
    let key = "arn:aws:kms:eu-west-1:111122223333:key/k";
    assert_narrowed(
        &policy,
        &[other, call("kms:Decrypt", arn(key))],
        &[&format!("Allow kms:Decrypt on {key}")],
    );
}

#[test]
fn everything_is_too_much_to_list_what_no_trail_shows() {
    let policy = allow("\"*\"", "\"*\"");
    let proposal = narrowed(&policy, &[call("ec2:DeleteKeyPair", arn(KEYS))]);
    assert_eq!(proposal.texts, [policy]);
    assert!(
        proposal.kept[0].contains("more than a policy can list"),
        "{:?}",
        proposal.kept
    );
}

#[test]
fn not_action_stays_with_a_word() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]}"#;
    let proposal = narrowed(policy, &[call("ec2:DeleteKeyPair", arn(KEYS))]);
    assert_eq!(proposal.texts, [policy]);
    assert!(proposal.kept[0].contains("`NotAction`"));
}

#[test]
fn not_resource_becomes_the_resources_that_were_used() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:DeleteKeyPair","NotResource":"arn:aws:ec2:*:*:key-pair/root"}]}"#;
    assert_narrowed(
        policy,
        &[call("ec2:DeleteKeyPair", arn(KEYS))],
        &[&format!("Allow ec2:DeleteKeyPair on {KEYS}")],
    );
}

#[test]
fn many_resources_become_the_start_that_they_share() {
    let policy = allow("\"ec2:DeleteKeyPair\"", "\"arn:aws:ec2:*:*:key-pair/*\"");
    let calls: Vec<_> = (0..11)
        .map(|n| {
            let key = format!("arn:aws:ec2:eu-west-1:111122223333:key-pair/{n}");
            call("ec2:DeleteKeyPair", arn(&key))
        })
        .collect();
    assert_narrowed(
        &policy,
        &calls,
        &["Allow ec2:DeleteKeyPair on arn:aws:ec2:eu-west-1:111122223333:key-pair/*"],
    );
    let ten = narrowed(&policy, &calls[..10]);
    assert!(
        statements(&ten.texts[0])[0].contains("key-pair/9"),
        "{ten:#?}"
    );
}

#[test]
fn resources_that_are_not_known_keep_the_entry_that_covers_them() {
    let policy = allow(
        r#"["ec2:DeleteKeyPair","ec2:StopInstances"]"#,
        r#"["arn:aws:ec2:*:111122223333:*","arn:aws:s3:::b"]"#,
    );
    let calls = [
        call("ec2:DeleteKeyPair", arn(KEYS)),
        call("ec2:StopInstances", Target::Unknown),
    ];
    assert_narrowed(
        &policy,
        &calls,
        &[
            &format!("Allow ec2:DeleteKeyPair on {KEYS}"),
            "Allow ec2:StopInstances on arn:aws:ec2:*:111122223333:* arn:aws:s3:::b",
        ],
    );
    let like = Target::Like("arn:aws:ec2:eu-west-1:111122223333:instance/*".to_owned());
    assert_narrowed(
        &policy,
        &[call("ec2:StopInstances", like)],
        &["Allow ec2:StopInstances on arn:aws:ec2:eu-west-1:111122223333:instance/*"],
    );
}

#[test]
fn actions_without_resources_keep_their_star_apart_from_the_others() {
    let policy = allow(r#"["ec2:DescribeInstances","ec2:DeleteKeyPair"]"#, "\"*\"");
    let calls = [
        call("ec2:DescribeInstances", Target::Star),
        call("ec2:DeleteKeyPair", arn(KEYS)),
    ];
    assert_narrowed(
        &policy,
        &calls,
        &[
            &format!("Allow ec2:DeleteKeyPair on {KEYS}"),
            "Allow ec2:DescribeInstances on *",
        ],
    );
}

#[test]
fn text_of_an_attacker_grants_nothing_but_itself() {
    let policy = allow("\"s3:PutObject\"", "\"arn:aws:s3:::b/*\"");
    let calls = [
        call("s3:PutObject", arn("arn:aws:s3:::b/*")),
        call(
            "s3:PutObject",
            arn("arn:aws:s3:::b/${aws:username}?\"\n\u{1b}"),
        ),
    ];
    assert_narrowed(
        &policy,
        &calls,
        &[
            "Allow s3:PutObject on arn:aws:s3:::b/${$}{aws:username}${?}\"\n\u{1b} arn:aws:s3:::b/${*}",
        ],
    );
    // The older language cannot say it, nor can a name that looks like a template.
    for policy in [policy.replace("2012-10-17", "2008-10-17"), policy] {
        let calls = [call("s3:PutObject", arn("arn:aws:s3:::b/{{x}}*"))];
        assert_narrowed(&policy, &calls, &["Allow s3:PutObject on arn:aws:s3:::b/*"]);
    }
}

#[test]
fn variables_and_conditions_stay() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:PutObjectAcl"],
        "Resource":["arn:aws:s3:::home/${aws:username}/*","arn:aws:s3:::old/*"],
        "Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}]}"#;
    let mut put = call("s3:PutObject", arn("arn:aws:s3:::home/ana/x"));
    put.facts = vec![("aws:username", "ana"), ("aws:SourceIp", "192.0.2.7")];
    let proposal = assert_narrowed(
        policy,
        &[put],
        &["Allow s3:PutObject on arn:aws:s3:::home/${aws:username}/*"],
    );
    assert!(proposal.texts[0].contains("192.0.2.0/24"));
}

#[test]
fn calls_that_hang_on_unknown_facts_are_not_lost() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*KeyPair","Resource":"*",
        "Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}}]}"#;
    let proposal = assert_narrowed(
        policy,
        &[call("ec2:DeleteKeyPair", arn(KEYS))],
        &[&format!("Allow ec2:DeleteKeyPair on {KEYS}")],
    );
    assert_eq!(
        (proposal.verification.calls, proposal.verification.allowed),
        (1, 1)
    );
}

#[test]
fn keep_patterns_are_never_removed() {
    let policy = allow(
        r#"["cloudtrail:StopLogging","cloudtrail:StartLogging","ec2:DeleteKeyPair"]"#,
        "\"*\"",
    );
    let calls = [call("ec2:DeleteKeyPair", arn(KEYS))];
    let proposal = narrowed_keeping(&policy, &calls, &["cloudtrail:Start*"]);
    assert_eq!(
        statements(&proposal.texts[0]),
        [
            format!("Allow ec2:DeleteKeyPair on {KEYS}"),
            "Allow cloudtrail:StartLogging on *".to_owned()
        ]
    );
    assert!(proposal.kept[0].contains("`--keep cloudtrail:Start*`"));
    let sid = r#"{"Version":"2012-10-17","Statement":[{"Sid":"BreakGlass","Effect":"Allow","Action":"cloudtrail:*","Resource":"*"}]}"#;
    let proposal = narrowed_keeping(sid, &calls, &["BreakGlass"]);
    assert_eq!(proposal.texts, [sid]);
    let two = allow(
        "\"ec2:DeleteKeyPair\"",
        r#"["arn:aws:ec2:*:*:key-pair/*","arn:aws:ec2:*:*:key-pair/backup-*"]"#,
    );
    let proposal = narrowed_keeping(&two, &calls, &["arn:aws:ec2:*:*:key-pair/backup-*"]);
    assert_eq!(
        statements(&proposal.texts[0]),
        [format!(
            "Allow ec2:DeleteKeyPair on {KEYS} arn:aws:ec2:*:*:key-pair/backup-*"
        )]
    );
}

#[test]
fn a_second_policy_that_allows_the_same_is_no_reason_to_drop_one() {
    let policy = allow("\"ec2:*KeyPair\"", "\"*\"");
    let holdings = held(&[&policy, &policy]);
    let totals = trail(&holdings, &[call("ec2:DeleteKeyPair", arn(KEYS))]);
    for proposal in propose(&totals, &holdings, &ProposalOptions::default()) {
        assert!(proposal.texts[0].contains("DeleteKeyPair"), "{proposal:#?}");
    }
}

#[test]
fn folded_records_and_foreign_trails_prove_nothing() {
    let policy = allow("\"ec2:*KeyPair\"", "\"*\"");
    let holdings = held(&[&policy]);
    let call = call("ec2:DeleteKeyPair", arn(KEYS));
    let folded = ProposalOptions {
        detail: serde_json::from_str(r#"{"events":"each","records":"prefixes"}"#).unwrap(),
        ..ProposalOptions::default()
    };
    let proposal = propose(
        &trail(&holdings, std::slice::from_ref(&call)),
        &holdings,
        &folded,
    )
    .remove(0);
    assert!(proposal.texts.is_empty() && proposal.changes.is_empty());
    assert!(proposal.kept[0].contains("too many distinct calls"));
    let mut foreign = call.record(&holdings);
    foreign.recipient = AccountId::parse("444455556666");
    foreign.caller.account = foreign.recipient;
    let proposal = propose(&totals([foreign]), &holdings, &ProposalOptions::default()).remove(0);
    assert!(proposal.texts.is_empty() && proposal.changes.is_empty());
    assert!(
        proposal.kept[0].contains("no records of the accounts"),
        "{proposal:#?}"
    );
}

#[test]
fn records_that_name_the_wrong_statements_do_not_cost_a_permission() {
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"ec2:DeleteKeyPair","Resource":"*"},
        {"Effect":"Allow","Action":"ec2:CreateKeyPair","Resource":"*"}]}"#;
    let holdings = held(&[policy]);
    let mut record = call("ec2:DeleteKeyPair", arn(KEYS)).record(&holdings);
    let What::Call(call) = &mut record.what else {
        panic!()
    };
    call.requests[0].applied.clear();
    let proposal = propose(&totals([record]), &holdings, &ProposalOptions::default()).remove(0);
    assert_eq!(
        statements(&proposal.texts[0]),
        ["Allow ec2:DeleteKeyPair on *"]
    );
    assert!(
        proposal.kept[0].contains("calls would be lost"),
        "{proposal:#?}"
    );
    assert!(proposal.verification.holds());
}

#[test]
fn a_short_trail_is_told_where_something_is_taken_out() {
    let policy = allow("\"ec2:*KeyPair\"", "\"*\"");
    let holdings = held(&[&policy]);
    let mut totals = trail(&holdings, &[call("ec2:DeleteKeyPair", arn(KEYS))]);
    totals.records[0].window = None;
    totals.window = Some(Window {
        first: Instant(0),
        last: Instant(90_000),
    });
    let proposal = propose(&totals, &holdings, &ProposalOptions::default()).remove(0);
    let told = proposal.changes.last().unwrap();
    assert!(told.contains("spans 2 days"), "{told:?}");
}

#[test]
fn nothing_is_proposed_where_records_are_missing() {
    let policy = allow("\"ec2:*KeyPair\"", "\"*\"");
    let holdings = held(&[&policy]);
    let totals = trail(&holdings, &[call("ec2:DeleteKeyPair", arn(KEYS))]);
    let options = ProposalOptions {
        observation: ObservationOptions {
            left_out: vec!["filters left out 3 records".to_owned()],
            ..ObservationOptions::any_length()
        },
        ..ProposalOptions::default()
    };
    let proposal = propose(&totals, &holdings, &options).remove(0);
    assert_eq!((proposal.texts.len(), proposal.changes.len()), (0, 0));
    assert!(proposal.kept[0].contains("filters left out 3 records"));
    assert!(proposal.kept[0].starts_with("what was not seen may have been used"));
}

#[test]
fn what_grants_more_is_told() {
    let document = |text: &str| {
        let source = Source::new("p.json", text.as_bytes().to_vec());
        Document::read("p", source, Layer::Identity).unwrap()
    };
    let old = document(&allow("\"s3:Get*\"", "\"arn:aws:s3:::b/*\""));
    for (new, gains) in [
        (allow("\"s3:GetObject\"", "\"arn:aws:s3:::b/x*\""), false),
        (allow("\"s3:*\"", "\"arn:aws:s3:::b/x\""), true),
        (allow("\"s3:GetObject\"", "\"arn:aws:s3:::c/*\""), true),
        (
            allow("\"s3:GetObject\"", "\"arn:aws:s3:::b/*\"").replace("2012-10-17", "2008-10-17"),
            true,
        ),
    ] {
        let new = document(&new);
        let found = verify::gained(&old, &new.source, &new.policy);
        assert_eq!(!found.is_empty(), gains, "{found:?}");
    }
    let with = |condition: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"{condition}}}]}}"#
        );
        document(&text)
    };
    let limited = with(r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#);
    let free = with("");
    assert!(!verify::gained(&limited, &free.source, &free.policy).is_empty());
    let deny = document(&allow("\"s3:Get*\"", "\"*\"").replace("Allow", "Deny"));
    assert!(!verify::gained(&deny, &old.source, &old.policy).is_empty());
}
