//! What was recorded against what is simulated.

use super::{
    Page,
    markup::{Element, Escaped, element},
    table::{Cell, Column, FILTERED, Kind, Look, Row, table},
    wording::{
        badge, code, counted, example, number, outcome, prose, reason, share, verdict,
        verdict_badge,
    },
};
use crate::{
    audit::{
        OutcomeKind,
        agreement::{AgreementReport, Disagreement},
    },
    eval::Verdict,
};

const SIMULATED: [Option<Verdict>; 5] = [
    Some(Verdict::Allowed),
    Some(Verdict::ExplicitDeny),
    Some(Verdict::ImplicitDeny),
    Some(Verdict::Depends),
    None,
];

const DISAGREEMENTS: [Column; 7] = [
    ("Calls", Kind::Number),
    ("Principal", Kind::Name),
    ("Action", Kind::Name),
    ("Resource", Kind::Name),
    ("Recorded", Kind::Words),
    ("Simulated", Kind::Words),
    ("Likely reason", Kind::Prose),
];

/// What a pair of a recorded and a simulated outcome says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pair {
    Agrees,
    Differs,
    Open,
}

impl Pair {
    fn of(recorded: OutcomeKind, simulated: Option<Verdict>) -> Self {
        let denied = match simulated {
            Some(Verdict::Allowed) => false,
            Some(Verdict::ExplicitDeny | Verdict::ImplicitDeny) => true,
            Some(Verdict::Depends) | None => return Self::Open,
        };
        match recorded {
            OutcomeKind::Denied if denied => Self::Agrees,
            OutcomeKind::Denied => Self::Differs,
            it if it.is_allowed() && denied => Self::Differs,
            it if it.is_allowed() => Self::Agrees,
            OutcomeKind::Succeeded
            | OutcomeKind::DryRun
            | OutcomeKind::Throttled
            | OutcomeKind::Failed => Self::Open,
        }
    }

    fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Agrees => ("number agrees", "agree"),
            Self::Differs => ("number differs", "differ"),
            Self::Open => ("number", "not compared"),
        }
    }
}

/// How far the rest can be trusted, in a sentence.
pub(super) fn trust(report: &AgreementReport) -> Escaped {
    let Some(share) = share(report.agreeing, report.comparable) else {
        return "No recorded outcome could be compared with a simulated one: \
                nothing here shows how far the verdicts can be trusted."
            .into();
    };
    let mut text = Escaped::from(element("strong").with(share));
    text.push(format!(
        " of {} with a recorded and a simulated outcome agree ({} of them do not).",
        counted(report.comparable, "call", "calls"),
        number(report.comparable.saturating_sub(report.agreeing)),
    ));
    text
}

/// The matrix and the disagreements.
pub(super) fn agreement(page: &Page<'_>) -> Escaped {
    let report = &page.audit.agreement;
    let mut content = Escaped::from(element("p").with(trust(report)));
    content.push(matrix(report));
    if report.disagreements.is_empty() {
        return content.and(element("p").with("There are no disagreements."));
    }
    let look = Look {
        caption: "Disagreements, with the likely reason of each".into(),
        columns: &DISAGREEMENTS,
        class: FILTERED,
    };
    content.and(table(look, &report.disagreements, disagreement))
}

fn matrix(report: &AgreementReport) -> Element {
    let mut titles = Escaped::from(element("th").attribute("scope", "col").with("Recorded"));
    for simulated in SIMULATED {
        let title = simulated.map_or("not judged", verdict);
        let cell = element("th").attribute("scope", "col").class("number");
        titles.push(cell.with(title));
    }
    let rows = OutcomeKind::ALL.into_iter().map(|recorded| {
        let cells = SIMULATED
            .into_iter()
            .map(|simulated| cell(report, recorded, simulated));
        element("tr")
            .with(
                element("th")
                    .attribute("scope", "row")
                    .with(outcome(recorded)),
            )
            .with(cells.collect::<Escaped>())
    });
    let caption = "Calls by recorded outcome (rows) and simulated verdict (columns). Where a kind of \
                   policy that was not supplied refused a call, its two sides are not counted as compared.";
    let table = element("table")
        .class("matrix")
        .with(element("caption").with(caption))
        .with(element("thead").with(element("tr").with(titles)))
        .with(element("tbody").with(rows.collect::<Escaped>()));
    element("div")
        .class("scroll")
        .attribute("tabindex", "0")
        .with(table)
}

fn cell(report: &AgreementReport, recorded: OutcomeKind, simulated: Option<Verdict>) -> Element {
    let cells = report.cells.iter();
    let count: u64 = cells
        .filter(|cell| cell.recorded == recorded && cell.simulated == simulated)
        .map(|cell| cell.count)
        .fold(0, u64::saturating_add);
    if count == 0 {
        return element("td").class("number none").with("0");
    }
    let (class, words) = Pair::of(recorded, simulated).look();
    element("td")
        .class(class)
        .with(element("span").class("amount").with(number(count)))
        .with(" ")
        .with(element("span").class("mark").with(words))
}

fn disagreement(group: &Disagreement) -> Row {
    let why = Escaped::from(element("strong").with(reason(group.reason)))
        .and(element("p").with(prose(&group.text)));
    let more = element("details")
        .with(element("summary").with("Example"))
        .with(element("p").with(example(&group.example)));
    Row::of(vec![
        Cell::number(group.count),
        code(&group.principal).into(),
        code(&group.action).into(),
        code(&group.resource).into(),
        badge("badge plain", outcome(group.recorded)).into(),
        verdict_badge(group.simulated).into(),
        Cell::from(why).sorted_by(reason(group.reason).to_owned()),
    ])
    .with_more(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_outcomes_that_tell_of_permission_are_compared() {
        for (recorded, simulated, pair) in [
            (OutcomeKind::Succeeded, Some(Verdict::Allowed), Pair::Agrees),
            (OutcomeKind::DryRun, Some(Verdict::Allowed), Pair::Agrees),
            (
                OutcomeKind::Denied,
                Some(Verdict::ImplicitDeny),
                Pair::Agrees,
            ),
            (OutcomeKind::Denied, Some(Verdict::Allowed), Pair::Differs),
            (
                OutcomeKind::Succeeded,
                Some(Verdict::ExplicitDeny),
                Pair::Differs,
            ),
            (OutcomeKind::Failed, Some(Verdict::Allowed), Pair::Open),
            (
                OutcomeKind::Throttled,
                Some(Verdict::ImplicitDeny),
                Pair::Open,
            ),
            (OutcomeKind::Succeeded, Some(Verdict::Depends), Pair::Open),
            (OutcomeKind::Denied, None, Pair::Open),
        ] {
            assert_eq!(
                Pair::of(recorded, simulated),
                pair,
                "{recorded:?} {simulated:?}"
            );
        }
    }
}
