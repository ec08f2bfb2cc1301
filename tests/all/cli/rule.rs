use crate::support::iamsim;

#[test]
fn the_list_has_every_rule_with_severity_and_summary() {
    let report = iamsim(["rule", "--format", "json"]).run().exits(0).json();
    assert_eq!(report["version"], 1);
    let rules = report["rules"].as_array().unwrap();
    let full = iamsim(["rule"]).run().exits(0).quietly().stdout;
    for rule in rules {
        for part in ["rule", "severity", "summary"] {
            assert!(full.contains(rule[part].as_str().unwrap()), "{rule}");
        }
    }
    assert!(full.contains(&format!("{} rules", rules.len())));
}

#[test]
fn the_rules_that_this_release_is_for_are_all_there() {
    let concise = iamsim(["rule", "--format", "concise"])
        .run()
        .exits(0)
        .stdout;
    for id in [
        "json-duplicate-key",
        "unknown-action",
        "unknown-service-prefix",
        "action-wildcard-matches-nothing",
        "resource-type-mismatch",
        "resource-requires-star",
        "conflicting-elements",
        "missing-version",
        "admin-star-star",
        "service-wildcard",
        "resource-star-unneeded",
        "unknown-condition-operator",
    ] {
        assert!(concise.contains(id), "{id}");
    }
}

#[test]
fn the_manual_of_a_rule_says_what_why_and_shows_examples() {
    iamsim(["rule", "unknown-action"])
        .run()
        .exits(0)
        .quietly()
        .prints("What it does")
        .prints("Why it matters")
        .prints("Fires")
        .prints("Silent")
        .prints("https://docs.aws.amazon.com/");
}

#[test]
fn a_name_that_is_no_rule_is_an_error_with_the_nearest_one() {
    iamsim(["rule", "unknow-action"])
        .run()
        .exits(2)
        .errors(1)
        .complains("did you mean `unknown-action`?");
}

#[test]
fn ids_of_other_tools_find_our_rules() {
    iamsim(["rule", "--from", "AA:PASS_ROLE_WITH_STAR_IN_RESOURCE"])
        .run()
        .exits(0)
        .quietly()
        .prints("pass-role-wide: ");
    iamsim(["rule", "--from", "k:ckv_aws_1"])
        .run()
        .exits(0)
        .prints("admin-star-star: ");
    iamsim(["rule", "--from", "AA:MISSING_VERSON"])
        .run()
        .exits(2)
        .complains("did you mean `AA:MISSING_VERSION`?");
    iamsim(["rule", "--from", "nobody-knows-this"])
        .run()
        .exits(2)
        .complains("AA:MISSING_VERSION")
        .complains("for tflint");
}

#[test]
fn names_of_rules_to_come_are_kept() {
    iamsim(["rule", "policy-on-user"])
        .run()
        .exits(0)
        .prints("does not run yet");
    iamsim(["rule"])
        .run()
        .exits(0)
        .prints("names kept for rules to come")
        .prints("unused-ignore");
}
