//! What a reader must know first.

use super::{
    Page,
    agreement::trust,
    breadth::Classes,
    markup::{Element, Escaped, element},
    wording::{counted, duration, length, number, share, verdict, window},
};
use crate::{
    audit::{Accounting, agreement::AgreementReport},
    eval::Verdict,
};

/// The top of the page.
pub(super) fn summary(page: &Page<'_>) -> Escaped {
    let accounting = &page.audit.accounting;
    Escaped::from(element("p").class("lead").with(read(accounting)))
        .and(element("ul").class("tiles").with(tiles(page)))
        .and(element("h3").with("Verdicts on calls"))
        .and(verdicts(&page.audit.agreement))
        .and(element("h3").with("How far this can be trusted"))
        .and(element("p").with(trust(&page.audit.agreement)))
        .and(missing(accounting))
}

fn read(accounting: &Accounting) -> Escaped {
    let mut text = Escaped::from(format!(
        "{} in {} {} read",
        counted(accounting.records, "record", "records"),
        counted(accounting.files, "file", "files"),
        if accounting.records == 1 {
            "was"
        } else {
            "were"
        },
    ));
    if let Some(of) = accounting.window {
        text.push(", from ");
        text.push(window(of));
        text.push(format!(" ({})", duration(of.seconds())));
    }
    let evaluated = share(accounting.evaluated, accounting.records).unwrap_or_default();
    text.and(format!(
        ". Policies were put to {} of them ({evaluated}); what became of the others is under ",
        number(accounting.evaluated),
    ))
    .and(
        element("a")
            .attribute("href", "#accounting")
            .with("accounting"),
    )
    .and(".")
}

fn tiles(page: &Page<'_>) -> Escaped {
    let audit = page.audit;
    let classes = Classes::of(&audit.breadth);
    let raised = sum(audit.alarms.iter().map(|it| length(&it.raised)));
    let groups = |count| counted(count, "group", "groups");
    let mut tiles = tile(
        "#denied",
        audit.agreement.denied(),
        ["call would be denied", "calls would be denied"],
        &format!("in {}", groups(length(&audit.denied))),
    );
    tiles.push(tile(
        "#undecided",
        audit.agreement.undecided(),
        ["call is undecided", "calls are undecided"],
        &format!("in {}", groups(length(&audit.undecided))),
    ));
    tiles.push(tile(
        "#breadth",
        classes.unused.saturating_add(classes.too_wide),
        [
            "pattern is broader than its use",
            "patterns are broader than their use",
        ],
        &format!(
            "{} unused, {} too wide; {} more not observable",
            number(classes.unused),
            number(classes.too_wide),
            number(classes.not_observable)
        ),
    ));
    if !audit.alarms.is_empty() {
        let all = counted(length(&audit.alarms), "alarm", "alarms");
        tiles.push(tile(
            "#series",
            raised,
            [
                "time that an alarm was raised",
                "times that alarms were raised",
            ],
            &format!("of {all}"),
        ));
    }
    tiles.push(tile(
        "#series",
        length(&audit.rates),
        ["rate was unusual", "rates were unusual"],
        "of calls and errors",
    ));
    tiles
}

fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

fn tile(target: &str, count: u64, [one, many]: [&str; 2], more: &str) -> Escaped {
    let words = if count == 1 { one } else { many };
    let link = element("a")
        .attribute("href", target)
        .with(element("strong").with(number(count)))
        .with(" ")
        .with(element("span").with(words))
        .with(" ")
        .with(element("span").class("note").with(more));
    element("li").with(link).into()
}

fn verdicts(report: &AgreementReport) -> Element {
    let of = |wanted: Option<Verdict>| {
        let cells = report.cells.iter();
        sum(cells
            .filter(|cell| cell.simulated == wanted)
            .map(|cell| cell.count))
    };
    let entries = [
        Some(Verdict::Allowed),
        Some(Verdict::ExplicitDeny),
        Some(Verdict::ImplicitDeny),
        Some(Verdict::Depends),
        None,
    ];
    let entries = entries.into_iter().map(|wanted| {
        let words = wanted.map_or("not judged", verdict);
        element("div")
            .with(element("dt").with(words))
            .with(element("dd").with(number(of(wanted))))
    });
    element("dl")
        .class("figures")
        .with(entries.collect::<Escaped>())
}

/// What keeps the audit from being whole, where something does.
fn missing(accounting: &Accounting) -> Escaped {
    let problems = length(&accounting.problems).saturating_add(accounting.problems_left_out);
    let folded = length(&accounting.folded);
    let mut told = Vec::new();
    if problems > 0 {
        told.push(counted(
            problems,
            "thing could not be read",
            "things could not be read",
        ));
    }
    if folded > 0 {
        told.push(counted(
            folded,
            "kind of thing was folded, as there was too much of it",
            "kinds of things were folded, as there was too much of them",
        ));
    }
    if told.is_empty() {
        return Escaped::default();
    }
    element("p")
        .class("warning")
        .with(element("strong").with("Not whole: "))
        .with(told.join(", "))
        .with("; see ")
        .with(
            element("a")
                .attribute("href", "#accounting")
                .with("accounting"),
        )
        .with(".")
        .into()
}
