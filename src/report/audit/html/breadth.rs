//! What policies grant against what was used.

use super::{
    Page,
    chart::bars,
    markup::{Element, Escaped, element},
    table::{Cell, Column, FILTERED, Kind, Look, Row, SORTED, bounded_table, left_out},
    wording::{class, class_words, code, counted, length, list_of, number, time},
};
use crate::audit::{
    StatementPlace,
    breadth::{PatternBreadth, PolicyBreadth, ServiceBreadth, UseClass, Used},
};

/// The most policies that are told of one by one.
const MOST_POLICIES: usize = 200;
/// The most services that are shown without being asked for.
const SERVICES_AT_ONCE: usize = 12;

const SERVICES: [Column; 7] = [
    ("Service", Kind::Name),
    ("Used of granted", Kind::Picture),
    ("Granted", Kind::Number),
    ("Could be seen", Kind::Number),
    ("Used", Kind::Number),
    ("Last use", Kind::Time),
    ("Class", Kind::Prose),
];

const PATTERNS: [Column; 8] = [
    ("Pattern", Kind::Name),
    ("Of", Kind::Words),
    ("Statement", Kind::Name),
    ("Class", Kind::Prose),
    ("Grants", Kind::Number),
    ("Used", Kind::Number),
    ("Calls", Kind::Number),
    ("Last use", Kind::Time),
];

/// How many patterns there are of each class.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Classes {
    pub(super) used: u64,
    pub(super) too_wide: u64,
    pub(super) unused: u64,
    pub(super) not_observable: u64,
}

impl Classes {
    /// Of all patterns of these policies.
    pub(super) fn of(policies: &[PolicyBreadth]) -> Self {
        let statements = policies.iter().flat_map(|policy| &policy.statements);
        let patterns = statements.flat_map(|it| it.actions.iter().chain(&it.resources));
        let mut classes = Self::default();
        for pattern in patterns {
            match pattern.class {
                UseClass::Used => classes.used += 1,
                UseClass::TooWide => classes.too_wide += 1,
                UseClass::Unused => classes.unused += 1,
                UseClass::NotObservable(_) => classes.not_observable += 1,
            }
        }
        classes
    }

    fn words(self) -> String {
        format!(
            "{} used as granted, {} too wide, {} unused, {} not observable",
            counted(self.used, "pattern is", "patterns are"),
            number(self.too_wide),
            number(self.unused),
            number(self.not_observable)
        )
    }
}

/// A line of the table of patterns: a whole statement, or a pattern of it.
#[derive(Debug)]
struct Entry<'a> {
    document: usize,
    statement: &'a StatementPlace,
    of: &'static str,
    pattern: Option<&'a PatternBreadth>,
    class: &'a UseClass,
    calls: u64,
    last: Option<crate::audit::Instant>,
}

/// All policies, one after the other.
pub(super) fn breadth(page: &Page<'_>) -> Escaped {
    let policies = &page.audit.breadth;
    if policies.is_empty() {
        return element("p")
            .with("No policy was compared with its use.")
            .into();
    }
    let mut content = Escaped::from(element("p").with(format!(
        "Of all actions and resources that {} name, {}.",
        counted(length(policies), "policy", "policies"),
        Classes::of(policies).words()
    )));
    content.push(legend());
    let shown = policies.iter().take(MOST_POLICIES);
    content.push(shown.map(|it| policy(page, it)).collect::<Escaped>());
    content.push(left_out(
        policies.len().saturating_sub(MOST_POLICIES),
        "policy",
        "policies",
    ));
    content
}

fn legend() -> Escaped {
    let terms = [
        (
            UseClass::Used,
            "it was used, and is no broader than its use",
        ),
        (
            UseClass::TooWide,
            "it was used, and grants more than was used",
        ),
        (
            UseClass::Unused,
            "it was never used, and the trail would have shown it",
        ),
        (
            UseClass::NotObservable(Vec::new()),
            "it was not seen, and the trail could not have shown it: that says nothing of its use",
        ),
    ];
    let terms = terms.into_iter().map(|(of, told)| {
        element("div")
            .with(element("dt").with(class(&of)))
            .with(element("dd").with(told))
    });
    element("dl")
        .class("classes")
        .with(terms.collect::<Escaped>())
        .into()
}

fn policy(page: &Page<'_>, policy: &PolicyBreadth) -> Escaped {
    let title = page.policies.policy(policy.document, code(&policy.policy));
    let mut used = Escaped::from(format!(
        "Its statements allowed {}",
        counted(policy.used, "call", "calls")
    ));
    if let Some(last) = policy.last {
        used.push(", the last at ");
        used.push(time(last));
    }
    if policy.uncertain > 0 {
        used.push(format!(
            "; of {} that is not sure, as not all facts are recorded",
            counted(policy.uncertain, "call", "calls")
        ));
    }
    let notes = policy.notes.iter();
    let notes = notes.map(|note| Escaped::from(element("p").with(format!("Note: {note}."))));
    element("article")
        .with(element("h3").with(title))
        .with(element("p").with(used).with("."))
        .with(notes.collect::<Escaped>())
        .with(services(page, policy))
        .with(patterns(page, policy))
        .into()
}

fn services(page: &Page<'_>, policy: &PolicyBreadth) -> Escaped {
    let services = &policy.services;
    let touched = services.iter().filter(|service| service.used > 0).count();
    if services.is_empty() {
        return Escaped::default();
    }
    let words = format!(
        "{} of {} that it grants were used",
        number(u64::try_from(touched).unwrap_or(u64::MAX)),
        counted(length(services), "service", "services"),
    );
    let most = services.iter().map(|it| it.granted).max().unwrap_or(0);
    let look = Look {
        caption: Escaped::from("Actions that ")
            .and(code(&policy.policy))
            .and(" grants of each service, what of them the trail could have shown, and what was used"),
        columns: &SERVICES,
        class: SORTED,
    };
    let rows = page.rows.take(services.len());
    let services_table = bounded_table(look, services, rows, |it| service(it, most));
    let shown = element("details");
    let shown = if services.len() <= SERVICES_AT_ONCE {
        shown.attribute("open", "open")
    } else {
        shown
    };
    shown
        .with(element("summary").with(words))
        .with(bar_legend())
        .with(services_table)
        .into()
}

fn bar_legend() -> Element {
    let key = |class: &'static str| element("span").class(class).with(" ");
    element("p")
        .class("legend")
        .with(key("key granted"))
        .with(" granted ")
        .with(key("key observable"))
        .with(" the trail could have shown it ")
        .with(key("key used"))
        .with(" used")
}

fn service(service: &ServiceBreadth, most: u64) -> Row {
    Row::of(vec![
        code(&service.service).into(),
        bars(service.granted, service.observable, service.used, most).into(),
        Cell::number(service.granted),
        Cell::number(service.observable),
        Cell::number(service.used),
        Cell::time(service.last),
        Cell::from(class(&service.class)).sorted_by(class_words(&service.class).to_owned()),
    ])
}

fn patterns(page: &Page<'_>, policy: &PolicyBreadth) -> Escaped {
    let entries: Vec<_> = entries(policy).collect();
    if entries.is_empty() {
        return Escaped::default();
    }
    let look = Look {
        caption: Escaped::from("Statements and patterns of ")
            .and(code(&policy.policy))
            .and(" and their use"),
        columns: &PATTERNS,
        class: FILTERED,
    };
    let rows = page.rows.take(entries.len());
    bounded_table(look, &entries, rows, |entry| entry_row(page, entry))
}

fn entries(policy: &PolicyBreadth) -> impl Iterator<Item = Entry<'_>> {
    policy.statements.iter().flat_map(move |statement| {
        let of_pattern = move |of: &'static str| {
            move |pattern| -> Entry<'_> { Entry::of_pattern(policy, &statement.place, of, pattern) }
        };
        let whole = Entry {
            document: policy.document,
            statement: &statement.place,
            of: "statement",
            pattern: None,
            class: &statement.class,
            calls: statement.used,
            last: statement.last,
        };
        std::iter::once(whole)
            .chain(statement.actions.iter().map(of_pattern("action")))
            .chain(statement.resources.iter().map(of_pattern("resource")))
    })
}

impl<'a> Entry<'a> {
    fn of_pattern(
        policy: &PolicyBreadth,
        statement: &'a StatementPlace,
        of: &'static str,
        pattern: &'a PatternBreadth,
    ) -> Self {
        Self {
            document: policy.document,
            statement,
            of,
            pattern: Some(pattern),
            class: &pattern.class,
            calls: pattern.calls,
            last: pattern.last,
        }
    }
}

fn entry_row(page: &Page<'_>, entry: &Entry<'_>) -> Row {
    let statement = page.policies.statement(entry.statement);
    let name = match entry.pattern {
        None => Escaped::from("whole statement"),
        Some(pattern) => {
            let line = page
                .policies
                .line(entry.document, pattern.line, code(&pattern.pattern));
            line.and(
                element("span")
                    .class("note")
                    .with(format!(" {}:{}", pattern.line, pattern.column)),
            )
        }
    };
    let granted = entry.pattern.and_then(|pattern| pattern.granted);
    let granted = granted.map_or_else(
        || Cell::from("\u{2013}").sorted_by("-1".to_owned()),
        Cell::number,
    );
    let distinct = entry.pattern.map(|pattern| pattern.distinct);
    let distinct = distinct.map_or_else(
        || Cell::from("\u{2013}").sorted_by("-1".to_owned()),
        Cell::number,
    );
    let row = Row::of(vec![
        name.into(),
        entry.of.into(),
        Cell::from(statement).sorted_by(format!("{:09}", entry.statement.index)),
        Cell::from(class(entry.class)).sorted_by(class_words(entry.class).to_owned()),
        granted,
        distinct,
        Cell::number(entry.calls),
        Cell::time(entry.last),
    ]);
    match entry.pattern {
        Some(pattern) if !pattern.used.is_empty() => row.with_more(used(pattern)),
        _ => row,
    }
}

/// What was used of a pattern.
fn used(pattern: &PatternBreadth) -> Escaped {
    let of = |used: &Used| {
        let mut item = code(&used.name).and(format!(", {}", counted(used.count, "call", "calls")));
        if let Some(last) = used.last {
            item.push(", last ");
            item.push(time(last));
        }
        item
    };
    let items = pattern.used.iter().map(of);
    let mut details = element("details")
        .with(element("summary").with(format!("What was used ({})", number(pattern.distinct))))
        .with(list_of(items));
    let more = pattern.distinct.saturating_sub(length(&pattern.used));
    if more > 0 {
        details = details.with(element("p").class("note").with(format!(
            "and {} that are not listed",
            counted(more, "other", "others")
        )));
    }
    details.into()
}
