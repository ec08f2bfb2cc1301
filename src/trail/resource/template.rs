//! ARN templates filled from what an event holds.
//!
//! A template is text with `${Name}` in it. What the event does not say becomes `*`, which makes
//! the ARN one that is known in part.

use crate::{catalog::OperationAction, eval::Target, trail::parameters::Parameters};

/// How many resources one template may make.
const MOST_RESOURCES: usize = 1000;

/// The parts of an ARN that every event has.
#[derive(Debug, Clone)]
pub(in crate::trail) struct Home {
    /// `aws`, `aws-cn`, `aws-us-gov`, ...
    pub(in crate::trail) partition: &'static str,
    /// The region, where the event names one.
    pub(in crate::trail) region: Option<String>,
    /// The account that owns what the call acts on.
    pub(in crate::trail) account: Option<String>,
}

/// The partition of a region.
pub(in crate::trail) fn partition(region: &str) -> &'static str {
    for (start, partition) in [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ] {
        if region.starts_with(start) {
            return partition;
        }
    }
    "aws"
}

/// One text that a template makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) text: String,
    /// Whether nothing in it is open.
    pub(super) known: Known,
}

/// Whether a filled template has open parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It has none.
    All,
    /// Each `*` is one.
    Part,
}

impl Filled {
    pub(super) fn target(self) -> Target {
        match self.known {
            Known::All => Target::Arn(self.text),
            Known::Part => Target::Like(self.text),
        }
    }
}

impl Home {
    /// The value of a variable that every event has; `None` for the others.
    fn value(&self, variable: &str) -> Option<Filled> {
        let value = match variable {
            "Partition" => Some(self.partition),
            "Region" => self.region.as_deref(),
            "Account" => self.account.as_deref(),
            _ => return None,
        };
        Some(match value {
            Some(value) => Filled {
                text: value.to_owned(),
                known: Known::All,
            },
            None => Filled {
                text: "*".to_owned(),
                known: Known::Part,
            },
        })
    }

    /// Fills a template; `values` gives what a variable may be, each value making a text of its
    /// own, and `None` if a text cannot be made.
    pub(super) fn fill<'t>(
        &self,
        template: &'t str,
        mut values: impl FnMut(&'t str) -> Option<Vec<Filled>>,
    ) -> Option<Vec<Filled>> {
        let mut made = vec![Filled {
            text: String::new(),
            known: Known::All,
        }];
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            let (variable, after) = after.split_once('}')?;
            rest = after;
            let values = match self.value(variable) {
                Some(value) => vec![value],
                None => values(variable)?,
            };
            let mut longer = Vec::with_capacity(made.len() * values.len());
            for start in &made {
                for value in values.iter().take(MOST_RESOURCES / made.len().max(1)) {
                    let open = start.known == Known::Part || value.known == Known::Part;
                    let mut text = format!("{}{before}", start.text);
                    text.push_str(without_start(&text, &value.text));
                    longer.push(Filled {
                        text,
                        known: if open { Known::Part } else { Known::All },
                    });
                }
            }
            made = longer;
        }
        for one in &mut made {
            one.text.push_str(rest);
            if rest.contains('*') {
                one.known = Known::Part;
            }
        }
        (!made.is_empty()).then_some(made)
    }

    /// Fills a template of the service reference whose variables are parameter paths. `None` if
    /// the call lacks one.
    pub(super) fn fill_paths(
        &self,
        template: &str,
        parameters: &Parameters,
    ) -> Option<Vec<Filled>> {
        if template == "*" {
            return None;
        }
        let whole = whole_variable(template);
        let filled = self.fill(template, |path| {
            let texts = lookup(parameters, path);
            let known = texts.into_iter().map(|text| Filled {
                text,
                known: Known::All,
            });
            Some(known.collect())
        })?;
        let filled: Vec<Filled> = filled
            .into_iter()
            .map(|one| arn_inside(one, whole))
            .collect();
        (!filled.is_empty()).then_some(filled)
    }

    /// An ARN that ends in what is given, in this region and account.
    pub(super) fn arn(&self, service: &str, resource: &str) -> Filled {
        let open = self.region.is_none() || self.account.is_none();
        let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "*".to_owned());
        Filled {
            text: format!(
                "arn:{}:{service}:{}:{}:{resource}",
                self.partition,
                part(&self.region),
                part(&self.account)
            ),
            known: if open { Known::Part } else { Known::All },
        }
    }
}

/// A value without what stands before it in the ARN already: paths of IAM and names of SSM bring
/// their slash, ids of Organizations their letters (`ou-`), ids of Route 53 their type.
fn without_start<'v>(text: &str, value: &'v str) -> &'v str {
    let value = if text.ends_with('/') {
        value.trim_start_matches('/')
    } else {
        value
    };
    let last = text
        .trim_end_matches('/')
        .rfind(['/', ':'])
        .map_or(0, |at| at + 1);
    let start = text.get(last..).unwrap_or_default();
    let is_id = start.ends_with(['-', '/']) && start.len() > 1;
    value
        .strip_prefix(start)
        .filter(|rest| is_id && !rest.is_empty())
        .unwrap_or(value)
}

/// Two variables of a template that one parameter has both of: `td:3` is the family and the revision
/// of `task-definition/${TaskDefinitionFamilyName}:${TaskDefinitionRevisionNumber}`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Halves<'t> {
    first: &'t str,
    separator: &'t str,
    second: &'t str,
}

impl<'t> Halves<'t> {
    /// The variables beside each other in a template that the same parameter fills in.
    pub(super) fn of_one_parameter(
        template: &'t str,
        described: &[OperationAction],
    ) -> Option<Self> {
        let variables = template.split("${").skip(1);
        let parts: Vec<_> = variables.filter_map(|part| part.split_once('}')).collect();
        let parameter = |variable: &str| {
            let mut all = described.iter().flat_map(|one| one.variables());
            all.find(|(name, _)| *name == variable)
                .map(|(_, parameter)| parameter)
        };
        parts.windows(2).find_map(|pair| {
            let [(first, separator), (second, _)] = *pair else {
                return None;
            };
            let shared = parameter(first).filter(|one| one.contains("${"))?;
            (parameter(second) == Some(shared)).then_some(Self {
                first,
                separator,
                second,
            })
        })
    }

    /// The part of a value that is one of the variables; `None` where the value lacks it. Other
    /// variables have the value as it is.
    pub(super) fn part(&self, variable: &str, value: &Filled) -> Option<Filled> {
        // The parameter may be a whole ARN, of which the last part is meant.
        let name = value.text.rsplit('/').next().unwrap_or(&value.text);
        let text = match name.split_once(self.separator) {
            Some((first, _)) if variable == self.first => first,
            Some((_, second)) if variable == self.second => second,
            None if variable == self.first => name,
            None if variable == self.second => return None,
            _ => &value.text,
        };
        Some(Filled {
            text: text.to_owned(),
            known: value.known,
        })
    }
}

/// The path in a template that is nothing but one variable.
fn whole_variable(template: &str) -> Option<&str> {
    let path = template.strip_prefix("${")?.strip_suffix('}')?;
    (!path.contains("${")).then_some(path)
}

/// Parameters that take names take ARNs as well: `secret:${SecretId}` with an ARN in it is that
/// ARN.
fn arn_inside(filled: Filled, whole: Option<&str>) -> Filled {
    let start = filled
        .text
        .get(1..)
        .and_then(|text| text.find("arn:aws"))
        .map(|at| at + 1);
    match start {
        Some(start) if whole.is_none() => Filled {
            text: filled.text.get(start..).unwrap_or_default().to_owned(),
            known: Known::All,
        },
        _ => filled,
    }
}

/// The texts of the parameter that the API calls so. Events spell some of them in other ways than
/// the API does.
pub(super) fn lookup(parameters: &Parameters, path: &str) -> Vec<String> {
    let texts = parameters.texts(path);
    if !texts.is_empty() {
        return texts;
    }
    event_spellings(path)
        .iter()
        .map(|spelling| parameters.texts(spelling))
        .find(|texts| !texts.is_empty())
        .unwrap_or_default()
}

fn event_spellings(path: &str) -> Vec<String> {
    let known: &[&str] = match path {
        "Bucket" => &["bucketName"],
        "Key" => &["key"],
        "KeyPairName" => &["keyName"],
        "SecurityGroupId" | "GroupId" => {
            &["groupId", "groupSet.groupId", "securityGroupSet.groupId"]
        }
        "SecurityGroupIds[]" => &["groupSet.groupId", "SecurityGroupId"],
        "VpcFlowLogId" | "FlowLogIds[]" => &["FlowLogId"],
        "Resources[]" => &["resourcesSet.resourceId"],
        "Name" => &["trailName"],
        _ => &[],
    };
    let mut spellings: Vec<String> = known.iter().map(|&known| known.to_owned()).collect();
    // EC2 events write the list `InstanceIds` as `instancesSet` of items with `instanceId`.
    let plain = path.trim_end_matches("[]");
    if let Some(stem) = plain
        .strip_suffix("Ids")
        .or_else(|| plain.strip_suffix("Id"))
    {
        spellings.push(format!("{stem}sSet.{stem}Id"));
        spellings.push(format!("{stem}Set.{stem}Id"));
        spellings.push(format!("{stem}Id"));
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::parameters::Extent;

    fn home() -> Home {
        Home {
            partition: "aws",
            region: Some("eu-west-1".to_owned()),
            account: Some("123456789012".to_owned()),
        }
    }

    fn texts(template: &str, parameters: &str) -> Option<Vec<String>> {
        let parameters = Parameters::read(Some(parameters), Extent::All);
        let filled = home().fill_paths(template, &parameters)?;
        Some(filled.into_iter().map(|one| one.text).collect())
    }

    #[test]
    fn each_value_makes_a_text() {
        assert_eq!(
            texts(
                "arn:${Partition}:x:${Region}:${Account}:y/${Names[]}",
                r#"{"names":["a","b"]}"#
            ),
            Some(vec![
                "arn:aws:x:eu-west-1:123456789012:y/a".to_owned(),
                "arn:aws:x:eu-west-1:123456789012:y/b".to_owned()
            ])
        );
    }

    #[test]
    fn a_missing_parameter_makes_none() {
        assert_eq!(texts("y/${Name}", "{}"), None);
        assert_eq!(texts("*", "{}"), None);
    }

    #[test]
    fn an_arn_in_place_of_a_name_is_the_resource() {
        assert_eq!(
            texts(
                "arn:${Partition}:x:::y/${Name}",
                r#"{"name":"arn:aws:x:::y/z"}"#
            ),
            Some(vec!["arn:aws:x:::y/z".to_owned()])
        );
    }

    #[test]
    fn regions_have_partitions() {
        assert_eq!(partition("us-east-1"), "aws");
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
    }
}
