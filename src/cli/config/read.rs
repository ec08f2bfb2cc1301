//! From the keys of a configuration to settings.

use super::{
    Accepted, Fault, NAME, PrincipalPolicies, Settings,
    form::{ConfigForm, PolicyTypeForm, PrincipalForm, SeverityName, Text},
    glob::{FileGlob, leads_outside},
    requirements::RequirementTables,
    suppress::{self, SuppressForm},
};
use crate::{
    lint::{OrganizationId, Selection, Selector, nearest_rule, rule_by_id},
    policy::{AccountId, Arn, PolicyType},
    source::{RuleId, Severity, Span},
};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};
use toml::de::DeTable;

/// Where all keys are described.
const PAGE: &str = "docs/configuration.md has every key";

/// Reads a configuration; for a wrong one, everything that is wrong with it.
pub(super) fn settings(text: &str) -> Result<Settings, Vec<Fault>> {
    if let Err(error) = DeTable::parse(text) {
        let mut fault = of_toml(&error);
        fault.message = format!("`{NAME}` is not TOML: {}", fault.message);
        return Err(vec![fault]);
    }
    let form: ConfigForm = toml::from_str(text).map_err(|error| vec![of_toml(&error)])?;
    let mut reader = Reader::default();
    let settings = reader.settings(form);
    if reader.faults.is_empty() {
        Ok(settings)
    } else {
        Err(reader.faults)
    }
}

/// What serde and the parser of TOML say, in the voice of our messages.
fn of_toml(error: &toml::de::Error) -> Fault {
    let range = error.span().unwrap_or(0..0);
    let span = Span::new(range.start, range.end);
    let message = error.message();
    let (message, help) = match message.strip_prefix("unknown field `") {
        Some(rest) => unknown_key(rest),
        None => in_our_words(message),
    };
    Fault {
        span,
        message,
        help,
    }
}

/// What serde says of a value: a message and a help.
fn in_our_words(message: &str) -> (String, String) {
    let starts = |start: &str| message.starts_with(start);
    let wants = |what: &str| message.contains(what);
    let help = if starts("invalid type: map") && wants("expected a sequence") {
        "it is a list of tables: write its header with two brackets on either side, such as \
         `[[suppress]]`"
    } else if wants("expected a sequence") {
        "write a list, such as `[\"one\", \"two\"]`"
    } else if wants("expected a TOML datetime") {
        "write the day without quotes, such as `2027-01-31`"
    } else if starts("invalid type: integer") && wants("expected a string") {
        "put it in quotes"
    } else if starts("missing field") {
        "add it, or see docs/configuration.md for what the table has"
    } else {
        PAGE
    };
    // The user's text stands between double quotes there.
    let message = message.trim_end_matches('.').replace('"', "`");
    (message, help.to_owned())
}

/// What is said of a key that there is not, after the quote before it: a message and a help.
fn unknown_key(rest: &str) -> (String, String) {
    let (key, expected) = rest.split_once("`, expected ").unwrap_or((rest, ""));
    let known: Vec<_> = expected.split('`').skip(1).step_by(2).collect();
    let near = |known: &&&str| key.len() < 64 && strsim::damerau_levenshtein(known, key) <= 3;
    let distance = |known: &&&str| strsim::damerau_levenshtein(known, key);
    let nearest = known.iter().filter(near).min_by_key(distance);
    let help = nearest.map_or_else(
        || format!("the keys here are `{}`", known.join("`, `")),
        |near| format!("did you mean `{near}`?"),
    );
    (format!("there is no key `{key}` here"), help)
}

/// Whether the resource of an ARN is a user, a group or a role.
fn is_principal(resource: &str) -> bool {
    let named = resource.split_once('/');
    named.is_some_and(|(kind, name)| ["user", "group", "role"].contains(&kind) && !name.is_empty())
}

pub(super) fn span_of<T>(spanned: &toml::Spanned<T>) -> Span {
    let range = spanned.span();
    Span::new(range.start, range.end)
}

/// Reads the name of a type of policies.
pub(super) fn policy_type(name: &Text) -> Result<PolicyType, Fault> {
    PolicyType::from_name(name.get_ref()).ok_or_else(|| {
        let names: Vec<_> = PolicyType::ALL.iter().map(|each| each.name()).collect();
        Fault {
            span: span_of(name),
            message: format!("there is no type of policies `{}`", name.get_ref()),
            help: format!("the types are `{}`", names.join("`, `")),
        }
    })
}

/// Collects what is wrong on the way.
#[derive(Debug, Default)]
struct Reader {
    faults: Vec<Fault>,
}

impl Reader {
    fn settings(&mut self, form: ConfigForm) -> Settings {
        let tables = RequirementTables {
            sensitive_resource_access: form.sensitive_resource_access,
            required_condition: form.required_condition,
            principal_allowlist: form.principal_allowlist,
            not_allowed_action: form.not_allowed_action,
        };
        Settings {
            policies: self.globs(&form.policies.unwrap_or_default()),
            exclude: self.each(&form.exclude, Self::exclusion),
            comments: self.globs(&form.comments),
            selection: Selection {
                select: form.select.map(|names| self.selectors(&names)),
                extend_select: self.selectors(&form.extend_select),
                ignore: self.selectors(&form.ignore),
            },
            fail_on: form.fail_on,
            baseline: form.baseline.and_then(|path| self.path(&path)),
            account: form.account.and_then(|text| self.account(&text)),
            trusted_accounts: self.each(&form.trusted_accounts, Self::account),
            organization: form
                .organization_id
                .and_then(|text| self.organization(text)),
            severities: self.severities(form.severities),
            policy_types: self.each(&form.policy_types, Self::policy_type),
            suppressions: self.suppressions(form.suppress),
            principals: self.each(&form.principals, Self::principal),
            requirements: Arc::new(tables.read(&mut self.faults)),
            requirement_tables: tables,
        }
    }

    fn fault<T>(&mut self, at: &Text, message: String, help: impl Into<String>) -> Option<T> {
        self.faults.push(Fault {
            span: span_of(at),
            message,
            help: help.into(),
        });
        None
    }

    fn each<F, T>(&mut self, forms: &[F], read: impl Fn(&mut Self, &F) -> Option<T>) -> Vec<T> {
        forms.iter().filter_map(|form| read(self, form)).collect()
    }

    fn globs(&mut self, texts: &[Text]) -> Vec<FileGlob> {
        self.each(texts, Self::glob)
    }

    fn glob(&mut self, text: &Text) -> Option<FileGlob> {
        match FileGlob::parse(text.get_ref()) {
            Ok(glob) => Some(glob),
            Err((message, help)) => self.fault(text, message, help),
        }
    }

    fn exclusion(&mut self, text: &Text) -> Option<FileGlob> {
        let glob = self.glob(text)?;
        if glob.is_everything() {
            let message = format!("`{}` leaves out everything", text.get_ref());
            return self.fault(
                text,
                message,
                "name the files and folders that are left out",
            );
        }
        Some(glob)
    }

    /// The path of one file.
    fn file(&mut self, text: &Text) -> Option<FileGlob> {
        let glob = self.glob(text)?;
        if !glob.is_literal() || glob.is_everything() {
            let message = format!("`{}` is no path of a file", text.get_ref());
            let help = "name one file; a principal has one permissions boundary";
            return self.fault(text, message, help);
        }
        Some(glob)
    }

    fn path(&mut self, text: &Text) -> Option<PathBuf> {
        let path = text.get_ref();
        if path.is_empty() || leads_outside(path) {
            let message = format!("`{path}` is no file in the folder of `{NAME}`");
            return self.fault(text, message, "write it like `iamsim-baseline.json`");
        }
        Some(path.into())
    }

    fn selectors(&mut self, texts: &[Text]) -> Vec<Selector> {
        self.each(texts, |reader, text| {
            Selector::parse(text.get_ref()).map_or_else(
                |help| reader.fault(text, format!("there is no rule `{}`", text.get_ref()), help),
                Some,
            )
        })
    }

    fn account(&mut self, text: &Text) -> Option<AccountId> {
        AccountId::parse(text.get_ref()).or_else(|| {
            let message = format!("`{}` is no account", text.get_ref());
            self.fault(text, message, "an account is 12 digits, in quotes")
        })
    }

    fn organization(&mut self, text: Text) -> Option<String> {
        match OrganizationId::parse(text.get_ref()) {
            Ok(_) => Some(text.into_inner()),
            Err(error) => self.fault(&text, error.to_string(), error.help()),
        }
    }

    fn severities(
        &mut self,
        severities: BTreeMap<Text, SeverityName>,
    ) -> BTreeMap<RuleId, Severity> {
        let mut read = BTreeMap::new();
        for (name, SeverityName(severity)) in severities {
            if let Some(rule) = rule_by_id(name.get_ref()) {
                read.insert(rule.rule_id(), severity);
                continue;
            }
            let help = nearest_rule(name.get_ref()).map_or_else(
                || "`iamsim rule` lists the rules".to_owned(),
                |near| format!("did you mean `{}`?", near.id),
            );
            let message = format!("there is no rule `{}`", name.get_ref());
            self.fault::<()>(&name, message, help);
        }
        read
    }

    fn policy_type(&mut self, form: &PolicyTypeForm) -> Option<(FileGlob, PolicyType)> {
        let glob = self.glob(&form.glob);
        let policy_type = match policy_type(&form.policy_type) {
            Ok(policy_type) => Some(policy_type),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        };
        Some((glob?, policy_type?))
    }

    fn suppressions(&mut self, forms: Vec<SuppressForm>) -> Vec<Accepted> {
        let mut accepted = Vec::new();
        for form in forms {
            match suppress::read(form) {
                Ok(entries) => accepted.extend(entries.into_iter().map(|entry| Accepted {
                    paths: self.globs(&entry.paths),
                    suppression: entry.suppression,
                })),
                Err(fault) => self.faults.push(fault),
            }
        }
        accepted
    }

    fn principal(&mut self, form: &PrincipalForm) -> Option<PrincipalPolicies> {
        let arn = form.arn.get_ref();
        let account = Arn::parse(arn)
            .ok()
            .filter(|arn| arn.service == "iam" && is_principal(arn.resource))
            .and_then(|arn| AccountId::parse(arn.account))
            .or_else(|| {
                let message = format!("`{arn}` is no ARN of a user, a group or a role");
                let help = "write it like `arn:aws:iam::123456789012:role/name`";
                self.fault(&form.arn, message, help)
            });
        let policies = self.globs(&form.policies);
        let boundary = form.boundary.as_ref().and_then(|text| {
            let boundary = self.file(text)?;
            if policies.iter().any(|glob| glob.matches(&boundary.base)) {
                let message = format!("`{}` is both a policy and the boundary", text.get_ref());
                let help = "leave it out of `policies`: a boundary grants nothing";
                return self.fault(text, message, help);
            }
            Some(boundary)
        });
        Some(PrincipalPolicies {
            arn: arn.clone(),
            account: account?,
            policies,
            boundary,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Settings, settings};

    /// What is underlined in a wrong configuration, with message and help.
    fn faults(text: &str) -> Vec<(&str, String, String)> {
        let faults = settings(text).unwrap_err();
        let shown = |fault: super::Fault| {
            let underlined = text.get(fault.span.start..fault.span.end).unwrap();
            (underlined, fault.message, fault.help)
        };
        faults.into_iter().map(shown).collect()
    }

    fn read(text: &str) -> Settings {
        settings(text).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    #[test]
    fn an_unknown_key_is_underlined_and_the_nearest_offered() {
        let (at, message, help) = faults("polices = []\n").remove(0);
        assert_eq!(at, "polices");
        assert_eq!(message, "there is no key `polices` here");
        assert_eq!(help, "did you mean `policies`?");
        let (at, _, help) = faults("[[policy-types]]\nglob = \"x\"\ntyp = \"scp\"\n").remove(0);
        assert_eq!((at, help.as_str()), ("typ", "did you mean `type`?"));
        let (_, _, help) = faults("[[policy-types]]\nsomething = 1\n").remove(0);
        assert_eq!(help, "the keys here are `glob`, `type`");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let text = "select = [\"unknown-acton\"]\naccount = \"12\"\ntrusted-accounts = [\"1234\"]\n\
                    organization-id = \"a-1\"\npolicies = [\"../x\"]\n[severities]\nno-rule-at-all-here = \"low\"\n";
        let found: Vec<_> = faults(text).into_iter().map(|(at, _, _)| at).collect();
        assert_eq!(
            found,
            [
                "\"../x\"",
                "\"unknown-acton\"",
                "\"12\"",
                "\"1234\"",
                "\"a-1\"",
                "no-rule-at-all-here"
            ]
        );
    }

    #[test]
    fn a_severity_that_there_is_not_is_underlined() {
        let (at, message, _) = faults("[severities]\nunknown-action = \"huge\"\n").remove(0);
        assert_eq!(at, "\"huge\"");
        assert!(message.contains("there is no severity `huge`"), "{message}");
    }

    #[test]
    fn a_value_of_another_type_is_underlined() {
        let (at, _, _) = faults("select = 3\n").remove(0);
        assert_eq!(at, "3");
    }

    #[test]
    fn an_empty_file_says_nothing() {
        let settings = read("");
        assert!(settings.policies.is_empty() && settings.selection.select.is_none());
    }

    #[test]
    fn a_principal_has_its_account_from_its_arn() {
        let text = "[[principals]]\narn = \"arn:aws:iam::123456789012:role/x\"\npolicies = [\"a/*.json\"]\n\
                    boundary = \"b.json\"\n";
        let settings = read(text);
        let [principal] = &settings.principals[..] else {
            panic!("{settings:?}")
        };
        assert_eq!(principal.account.as_str(), "123456789012");
        assert!(principal.has("a/x.json".as_ref()) && principal.has("b.json".as_ref()));
        assert!(!principal.has("c.json".as_ref()));
        let wrong = text.replace("iam::123456789012", "s3::");
        let (at, _, _) = faults(&wrong).remove(0);
        assert_eq!(at, "\"arn:aws:s3:::role/x\"");
    }
}
