//! The laws of evaluation that need no second opinion.

use iamsim::{
    eval::{
        CompiledPolicy, Context, Decision, Fact, Origin, Principal, Request, Setting, Target,
        Verdict, decide,
    },
    policy::{ActionName, lower},
    source::Source,
    syntax::parse,
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Keys of the conditions, each with the values that it may have.
const KEYS: [&str; 3] = ["aws:PrincipalTag/team", "aws:SourceVpce", "aws:TagKeys"];
const VALUES: [&str; 3] = ["blue", "green", "b"];

fn statement() -> impl Strategy<Value = Value> {
    let actions = proptest::sample::select(vec![
        "s3:GetObject",
        "s3:Get*",
        "s3:*",
        "S3:getobject",
        "sqs:SendMessage",
        "*",
    ]);
    let resources = proptest::sample::select(vec![
        "*",
        "arn:aws:s3:::reports/*",
        "arn:aws:s3:::reports/${aws:PrincipalTag/team}/*",
        "arn:aws:s3:::reports/${aws:PrincipalTag/team, 'blue'}/*",
        "arn:aws:sqs:*:*:q",
    ]);
    let test = (
        proptest::sample::select(vec![
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringEqualsIfExists",
            "StringNotEqualsIfExists",
            "ForAllValues:StringEquals",
            "ForAnyValue:StringLike",
            "ForAnyValue:StringNotEquals",
            "Null",
        ]),
        proptest::sample::select(KEYS.to_vec()),
        vec(
            proptest::sample::select(vec!["blue", "b*", "${aws:SourceVpce}"]),
            1..3,
        ),
        any::<bool>(),
    );
    let test = test.prop_map(|(operator, key, values, flag)| {
        let values = if operator == "Null" {
            json!(flag.to_string())
        } else {
            json!(values)
        };
        json!({operator: {key: values}})
    });
    let name = |plain: &str, negated: bool| {
        if negated {
            format!("Not{plain}")
        } else {
            plain.to_owned()
        }
    };
    (
        any::<bool>(),
        (vec(actions, 1..3), prop::bool::weighted(0.2)),
        (vec(resources, 1..3), prop::bool::weighted(0.2)),
        proptest::option::of(test),
    )
        .prop_map(
            move |(allow, (actions, not_action), (resources, not_resource), test)| {
                let mut statement = json!({"Effect": if allow { "Allow" } else { "Deny" }});
                statement[name("Action", not_action)] = json!(actions);
                statement[name("Resource", not_resource)] = json!(resources);
                if let Some(test) = test {
                    statement["Condition"] = test;
                }
                statement
            },
        )
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    vec(statement(), 0..5)
}

fn compiled(statements: &[Value]) -> CompiledPolicy {
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    let source = Source::new("test.json", policy.to_string().into_bytes());
    CompiledPolicy::new(&lower(&parse(&source).root).policy.unwrap())
}

fn fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        Just(Fact::Absent),
        vec(proptest::sample::select(VALUES.to_vec()), 1..3)
            .prop_map(|values| Fact::Values(values.iter().map(ToString::to_string).collect())),
        Just(Fact::Unknown),
    ]
}

fn request(facts: &[Fact]) -> Request {
    let mut context = Context::complete();
    for (key, fact) in KEYS.iter().zip(facts) {
        context.set(*key, fact.clone(), Origin::Given);
    }
    let principal = Principal::parse("arn:aws:iam::123456789012:user/ana").unwrap();
    let target = Target::Arn("arn:aws:s3:::reports/blue/a".to_owned());
    Request::new(principal, ActionName::new("s3:GetObject"), target, context)
}

fn decision(statements: &[Value], facts: &[Fact]) -> Decision {
    decide(
        &Setting::of_identity([compiled(statements)]),
        &request(facts),
    )
}

fn verdict(statements: &[Value], facts: &[Fact]) -> Verdict {
    decision(statements, facts).verdict
}

/// Every way in which the facts that are not known may be: absent, or any values of theirs.
fn completions(facts: &[Fact]) -> Vec<Vec<Fact>> {
    let values = |values: &[&str]| Fact::Values(values.iter().map(ToString::to_string).collect());
    let mut all = vec![Vec::new()];
    for fact in facts {
        let ways = if *fact == Fact::Unknown {
            let mut ways = vec![Fact::Absent];
            ways.extend(VALUES.iter().map(|value| values(&[value])));
            ways.push(values(&["blue", "green"]));
            ways.push(values(&["b", "green"]));
            ways
        } else {
            vec![fact.clone()]
        };
        all = all
            .iter()
            .flat_map(|known: &Vec<Fact>| {
                ways.iter().map(move |way| {
                    let mut more = known.clone();
                    more.push(way.clone());
                    more
                })
            })
            .collect();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn adding_a_deny_never_allows_more(
        own in statements(), more in statement(), facts in vec(fact(), 3),
    ) {
        let mut more = more;
        more["Effect"] = json!("Deny");
        let before = decision(&own, &facts);
        let mut all = own;
        all.push(more);
        let after = decision(&all, &facts);
        prop_assert!(
            !after.possible.contains(&Verdict::Allowed) || before.possible.contains(&Verdict::Allowed)
        );
        prop_assert!(before.verdict != Verdict::ExplicitDeny || after.verdict == Verdict::ExplicitDeny);
    }

    #[test]
    fn adding_an_allow_never_denies_more(
        own in statements(), more in statement(), facts in vec(fact(), 3),
    ) {
        let mut more = more;
        more["Effect"] = json!("Allow");
        let before = verdict(&own, &facts);
        let mut all = own;
        all.push(more);
        let after = verdict(&all, &facts);
        prop_assert!(before != Verdict::Allowed || after == Verdict::Allowed);
        prop_assert_eq!(before == Verdict::ExplicitDeny, after == Verdict::ExplicitDeny);
    }

    #[test]
    fn the_order_of_statements_and_how_they_are_spread_over_policies_count_for_nothing(
        own in statements(), facts in vec(fact(), 3), cut in any::<proptest::sample::Index>(),
    ) {
        let together = decision(&own, &facts);
        let reversed: Vec<_> = own.iter().rev().cloned().collect();
        prop_assert_eq!(&decision(&reversed, &facts).possible, &together.possible);
        let (left, right) = own.split_at(cut.index(own.len() + 1));
        let apart = decide(&Setting::of_identity([compiled(left), compiled(right)]), &request(&facts));
        prop_assert_eq!(&apart.possible, &together.possible);
        prop_assert_eq!(apart.unknown(), together.unknown());
    }

    #[test]
    fn letter_case_of_actions_counts_for_nothing(own in statements(), facts in vec(fact(), 3)) {
        let upper = |value: &Value| -> Value {
            let mut value = value.clone();
            for key in ["Action", "NotAction"] {
                if let Some(list) = value.get_mut(key).and_then(Value::as_array_mut) {
                    for entry in list {
                        *entry = json!(entry.as_str().unwrap().to_ascii_uppercase());
                    }
                }
            }
            value
        };
        let shouted: Vec<_> = own.iter().map(upper).collect();
        prop_assert_eq!(decision(&shouted, &facts).possible, decision(&own, &facts).possible);
    }

    #[test]
    fn what_is_known_for_sure_holds_however_the_unknown_turns_out(
        own in statements(), facts in vec(fact(), 3),
    ) {
        let possible = decision(&own, &facts).possible;
        let outcomes: BTreeSet<_> = completions(&facts)
            .iter()
            .map(|facts| verdict(&own, facts))
            .collect();
        prop_assert!(outcomes.is_subset(&possible), "{outcomes:?} are not all in {possible:?}");
    }
}
