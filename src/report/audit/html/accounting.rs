//! What was read, and what became of each record.

use super::{
    Page,
    markup::{Element, Escaped, element},
    table::{Cell, Column, FILTERED, Kind, Look, Row, SORTED, table},
    wording::{code, counted, entry, length, list, list_of, number, prose, share, window},
};
use crate::audit::{Accounting, PassedOver, Problem, UnmappedCall};

const PASSED_OVER: [Column; 3] = [
    ("Kind", Kind::Name),
    ("Files", Kind::Number),
    ("One of them", Kind::Name),
];

const PROBLEMS: [Column; 4] = [
    ("File", Kind::Name),
    ("Line", Kind::Number),
    ("Byte", Kind::Number),
    ("What is wrong", Kind::Prose),
];

const UNMAPPED: [Column; 3] = [
    ("Call", Kind::Name),
    ("Records", Kind::Number),
    ("Why no action is known", Kind::Prose),
];

/// The whole account.
pub(super) fn accounting(page: &Page<'_>) -> Escaped {
    let accounting = &page.audit.accounting;
    let mut content = Escaped::from(element("dl").with(read(accounting)));
    content.push(records(accounting));
    if !accounting.folded.is_empty() {
        content.push(element("h3").with("Folded, as there was too much of it to be told apart"));
        content.push(list(&accounting.folded));
    }
    content.push(problems(accounting));
    content.push(unmapped(accounting));
    content.push(passed_over(accounting));
    content
}

fn read(accounting: &Accounting) -> Escaped {
    let names = |names: &[String]| -> Escaped {
        if names.is_empty() {
            return "none".into();
        }
        list_of(names.iter().map(|name| code(name))).into()
    };
    let time = accounting
        .window
        .map_or_else(|| "no record has a time".into(), window);
    entry("Files read", number(accounting.files))
        .and(entry("Time of the records (UTC)", time))
        .and(entry("Accounts", names(&accounting.accounts)))
        .and(entry("Regions", names(&accounting.regions)))
        .and(entry(
            "Services whose data events were recorded",
            names(&accounting.data_event_sources),
        ))
}

/// A line of the account: what became of records, how many, and what that means.
type Line = (String, u64, &'static str);

fn lines(accounting: &Accounting) -> Vec<Line> {
    let line = |what: &str, count, meaning| (what.to_owned(), count, meaning);
    let mut lines = vec![
        line(
            "evaluated",
            accounting.evaluated,
            "policies were put to the call",
        ),
        line(
            "without policies",
            accounting.without_policies,
            "the caller\u{2019}s policies are not known",
        ),
        line(
            "by others",
            accounting.by_others,
            "identity policies do not apply to services and strangers, and no other policy that was given decides",
        ),
        line(
            "no permission needed",
            accounting.no_permission_needed,
            "AWS asks no policy about such a call",
        ),
        line(
            "unmapped",
            accounting.unmapped,
            "no action is known for the call",
        ),
    ];
    let classes = accounting.not_calls.iter();
    lines.extend(classes.map(|it| {
        let meaning = it.class.why_undecided().unwrap_or("it is no API call");
        (it.class.name().to_owned(), it.count, meaning)
    }));
    lines.extend([
        line(
            "copies",
            accounting.copies,
            "the same event had been counted already",
        ),
        line(
            "filtered out",
            accounting.filtered,
            "the filters that were given leave it out",
        ),
        line("malformed", accounting.malformed, "it could not be read"),
    ]);
    lines
}

fn records(accounting: &Accounting) -> Element {
    let head = ["What became of it", "Records", "Share", "That is"];
    let head = head.iter().enumerate().map(|(place, title)| {
        let cell = element("th").attribute("scope", "col");
        let cell = if place == 1 || place == 2 {
            cell.class("number")
        } else {
            cell
        };
        cell.with(*title)
    });
    let row = |(what, count, meaning): &Line| {
        let share = share(*count, accounting.records).unwrap_or_default();
        element("tr")
            .with(element("th").attribute("scope", "row").with(what.as_str()))
            .with(element("td").class("number").with(number(*count)))
            .with(element("td").class("number").with(share))
            .with(element("td").with(*meaning))
    };
    let lines = lines(accounting);
    let rows: Escaped = lines.iter().map(row).collect();
    let sum = (
        "all records".to_owned(),
        accounting.records,
        "the records that were read",
    );
    let table = element("table")
        .class("account")
        .with(element("caption").with("What became of each record that was read"))
        .with(element("thead").with(element("tr").with(head.collect::<Escaped>())))
        .with(element("tbody").with(rows))
        .with(element("tfoot").with(row(&sum)));
    element("div")
        .class("scroll")
        .attribute("tabindex", "0")
        .with(table)
}

fn problems(accounting: &Accounting) -> Escaped {
    let title = element("h3").with("What could not be read");
    let all = length(&accounting.problems).saturating_add(accounting.problems_left_out);
    if all == 0 {
        return Escaped::from(title).and(element("p").with("Everything could be read."));
    }
    let look = Look {
        caption: "Files and records that could not be read".into(),
        columns: &PROBLEMS,
        class: FILTERED,
    };
    let mut content = Escaped::from(title).and(table(look, &accounting.problems, problem));
    if accounting.problems_left_out > 0 {
        content.push(element("p").class("left-out").with(format!(
            "{} counted and not listed",
            counted(
                accounting.problems_left_out,
                "more problem was",
                "more problems were"
            )
        )));
    }
    content
}

fn problem(problem: &Problem) -> Row {
    let place = |place: Option<u64>| {
        place.map_or_else(
            || Cell::from("\u{2013}").sorted_by("-1".to_owned()),
            Cell::number,
        )
    };
    Row::of(vec![
        code(&problem.file).into(),
        place(problem.line),
        place(problem.offset),
        prose(&problem.message).into(),
    ])
}

fn unmapped(accounting: &Accounting) -> Escaped {
    if accounting.unmapped_calls.is_empty() {
        return Escaped::default();
    }
    let look = Look {
        caption: "The calls by name, with the reason of each".into(),
        columns: &UNMAPPED,
        class: SORTED,
    };
    let row = |it: &UnmappedCall| {
        Row::of(vec![
            code(&it.call).into(),
            Cell::number(it.count),
            prose(&it.reason).into(),
        ])
    };
    Escaped::from(element("h3").with("Calls of which no action is known")).and(table(
        look,
        &accounting.unmapped_calls,
        row,
    ))
}

fn passed_over(accounting: &Accounting) -> Escaped {
    if accounting.passed_over.is_empty() {
        return Escaped::default();
    }
    let look = Look {
        caption: "Files that hold something else than events".into(),
        columns: &PASSED_OVER,
        class: SORTED,
    };
    let row = |it: &PassedOver| {
        Row::of(vec![
            code(&it.kind).into(),
            Cell::number(it.files),
            code(&it.example).into(),
        ])
    };
    Escaped::from(element("h3").with("Files that were passed over")).and(table(
        look,
        &accounting.passed_over,
        row,
    ))
}
