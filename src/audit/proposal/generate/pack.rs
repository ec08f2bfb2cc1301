//! Statements to the texts of policies, none of them longer than its quota.

use serde::Serialize;
use std::collections::BTreeSet;

use crate::catalog::{AccessLevel, Action, Catalog};

/// A statement that is made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewStatement {
    sid: String,
    effect: &'static str,
    action: Vec<String>,
    resource: Vec<String>,
}

/// The texts of some policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packed {
    pub(super) texts: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    version: &'static str,
    statement: &'a [NewStatement],
}

impl NewStatement {
    pub(super) fn new(service: &str, action: Vec<String>, resource: Vec<String>) -> Self {
        Self {
            sid: sid(service, &action),
            effect: "Allow",
            action,
            resource,
        }
    }

    /// The same in two halves that grant the same together; `None` for one action on one resource.
    fn halves(self) -> Option<[Self; 2]> {
        let mut first = self.clone();
        let mut second = self;
        let longer = |list: &Vec<String>| list.iter().map(String::len).sum::<usize>();
        let by_resources = first.resource.len() > 1
            && (first.action.len() == 1 || longer(&first.resource) > longer(&first.action));
        let list = |new: &mut Self| {
            if by_resources {
                std::mem::take(&mut new.resource)
            } else {
                std::mem::take(&mut new.action)
            }
        };
        let mut whole = list(&mut first);
        if whole.len() < 2 {
            return None;
        }
        let rest = whole.split_off(whole.len() / 2);
        if by_resources {
            (first.resource, second.resource) = (whole, rest);
        } else {
            (first.action, second.action) = (whole, rest);
        }
        Some([first, second])
    }
}

/// What a statement is called: its service, and what its actions do.
fn sid(service: &str, actions: &[String]) -> String {
    let catalog = Catalog::embedded();
    let levels: BTreeSet<&str> = actions
        .iter()
        .map(
            |name| match catalog.action(name).map(Action::access_level) {
                Some(AccessLevel::List | AccessLevel::Read) => "Read",
                Some(AccessLevel::Write) => "Write",
                Some(AccessLevel::Tagging) => "Tag",
                Some(AccessLevel::PermissionsManagement) => "Permissions",
                None => "Other",
            },
        )
        .collect();
    let mut sid = String::new();
    let words = service.split(|c: char| !c.is_ascii_alphanumeric());
    for word in words.chain(levels) {
        let mut letters = word.chars();
        sid.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        sid.extend(letters);
    }
    sid
}

/// Puts statements into policies of at most `quota` characters, white space aside; `None` where they need
/// more than so many policies.
pub(super) fn pack(
    statements: Vec<NewStatement>,
    quota: usize,
    documents: usize,
) -> Option<Packed> {
    let mut packed: Vec<(usize, Vec<NewStatement>)> = Vec::new();
    for statement in numbered(parted(statements, quota)?) {
        // With the comma before it.
        let length = length(&statement) + 1;
        let open = packed.iter_mut().find(|(own, _)| own + length <= quota);
        match open {
            Some((own, statements)) => {
                *own += length;
                statements.push(statement);
            }
            None => packed.push((around() + length, vec![statement])),
        }
    }
    if packed.len() > documents {
        return None;
    }
    let texts = packed.iter().map(|(_, statement)| {
        let document = Document {
            version: "2012-10-17",
            statement,
        };
        let text = serde_json::to_string_pretty(&document).ok()?;
        Some(text + "\n")
    });
    Some(Packed {
        texts: texts.collect::<Option<_>>()?,
    })
}

/// How many characters a policy has around its statements.
fn around() -> usize {
    "{\"Version\":\"2012-10-17\",\"Statement\":[]}".len()
}

/// The number that tells statements of the same name apart has no more digits than this.
const DIGITS: usize = 6;

fn length(statement: &NewStatement) -> usize {
    serde_json::to_string(statement).map_or(usize::MAX / 2, |text| text.chars().count())
}

/// Statements that are not longer than a policy may be; `None` where one action on one resource is.
fn parted(statements: Vec<NewStatement>, quota: usize) -> Option<Vec<NewStatement>> {
    let mut open: Vec<NewStatement> = statements.into_iter().rev().collect();
    let mut parted = Vec::new();
    while let Some(statement) = open.pop() {
        if around() + length(&statement) + DIGITS < quota {
            parted.push(statement);
        } else {
            let [first, second] = statement.halves()?;
            open.extend([second, first]);
        }
    }
    Some(parted)
}

/// Gives statements of the same name numbers.
fn numbered(mut statements: Vec<NewStatement>) -> Vec<NewStatement> {
    let mut taken = BTreeSet::new();
    for statement in &mut statements {
        let numbers = std::iter::once(String::new()).chain((2..).map(|n: u32| n.to_string()));
        let mut names = numbers.map(|number| format!("{}{number}", statement.sid));
        if let Some(name) = names.find(|name| !taken.contains(name)) {
            statement.sid.clone_from(&name);
            taken.insert(name);
        }
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(actions: usize, resources: usize) -> NewStatement {
        let list = |count, name: &str| (0..count).map(|n| format!("{name}{n}")).collect();
        NewStatement::new(
            "s3",
            list(actions, "s3:A"),
            list(resources, "arn:aws:s3:::b/"),
        )
    }

    #[test]
    fn statements_longer_than_the_quota_are_parted_and_named_apart() {
        let packed = pack(vec![statement(3, 40)], 500, 10).unwrap();
        assert!(packed.texts.len() > 1);
        let mut sids = BTreeSet::new();
        let mut granted = BTreeSet::new();
        for text in &packed.texts {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            assert!(
                value.to_string().len() <= 500,
                "{}",
                value.to_string().len()
            );
            for statement in value["Statement"].as_array().unwrap() {
                assert!(sids.insert(statement["Sid"].to_string()));
                for action in statement["Action"].as_array().unwrap() {
                    for resource in statement["Resource"].as_array().unwrap() {
                        granted.insert((action.to_string(), resource.to_string()));
                    }
                }
            }
        }
        assert_eq!(granted.len(), 3 * 40);
    }

    #[test]
    fn more_than_may_be_attached_is_nothing() {
        assert_eq!(pack(vec![statement(3, 40)], 500, 1), None);
    }

    #[test]
    fn names_tell_service_and_access() {
        let names = |list: &[&str]| {
            list.iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            sid("s3", &names(&["s3:GetObject", "s3:PutObject"])),
            "S3ReadWrite"
        );
        assert_eq!(sid("rds-data", &names(&["rds-data:Gone"])), "RdsDataOther");
    }
}
