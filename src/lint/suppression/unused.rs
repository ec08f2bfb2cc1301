//! Suppressions that are over, or suppress nothing.

use super::{Comment, Findings, Name, Options, Suppression, Use, is_over, rule_by_id, rules};
use crate::source::{Edit, Finding, Safety, Span};
use jiff::civil::Date;

/// Reports a comment that is over, or the names in it that suppressed nothing.
pub(super) fn report_comment(comment: &Comment, options: &Options, told: &mut Vec<Finding>) {
    let directive = &comment.directive;
    if let Some(until) = directive
        .until
        .filter(|until| is_over(Some(*until), options))
    {
        report_end(until.span, until.value, told);
        return;
    }
    let unused: Vec<_> = directive
        .names
        .iter()
        .zip(&comment.used)
        .map(|(name, used)| !used && options.selection.is_any_on(name.selector))
        .collect();
    let mut out = Findings::new(&rules::unused_ignore::RULE, told);
    if unused.iter().all(|unused| *unused) {
        let message = match directive.names.as_slice() {
            [name] => format!(
                "no finding of `{}` is suppressed here",
                name.selector.name()
            ),
            _ => "no finding is suppressed here".to_owned(),
        };
        out.report(directive.head, message)
            .help("remove it, or put it on the line of the finding or right before it")
            .fix(
                "remove the comment",
                Safety::Unsafe,
                vec![removal(comment.span)],
            );
        return;
    }
    let mut previous: Option<&Name> = None;
    let mut names = directive.names.iter().zip(&unused).peekable();
    let mut all_before = true;
    while let Some((name, unused)) = names.next() {
        all_before &= unused;
        if *unused {
            // The comma goes too: the one after it, or the one before it where names before it stay.
            let next = names.peek().map(|(next, _)| next.span.start);
            let span = match (previous, next) {
                (Some(previous), _) if !all_before => Span::new(previous.span.end, name.span.end),
                (_, Some(next)) => Span::new(name.span.start, next),
                (_, None) => name.span,
            };
            let own = name.selector.name();
            out.report(
                name.span,
                format!("no finding of `{own}` is suppressed here"),
            )
            .help(format!("remove `{own}` from the brackets"))
            .fix(
                format!("remove `{own}`"),
                Safety::Unsafe,
                vec![removal(span)],
            );
        }
        previous = Some(name);
    }
}

fn removal(span: Span) -> Edit {
    Edit {
        span,
        replacement: String::new(),
    }
}

fn report_end(span: Span, day: Date, told: &mut Vec<Finding>) {
    Findings::new(&rules::expired_suppression::RULE, told)
        .report(span, format!("the suppression ended with {day}"))
        .help("mend what it hides, or look at it again and give it a later day");
}

/// The findings on entries of the configuration that are over, or suppressed nothing, in the order in which
/// they are given; their places are in the configuration. `Use` is what came of an entry over all
/// documents: [`Use::NotJudged`] where not all of them were looked at that it may be for.
pub fn findings_of_entries(entries: &[(&Suppression, Use)], options: &Options) -> Vec<Finding> {
    let mut told = Vec::new();
    for (entry, came_to) in entries.iter().copied() {
        let end = entry.expires.filter(|_| entry.is_over(options));
        if let Some(end) = end {
            report_end(end.span, end.value, &mut told);
        } else if came_to == Use::Unused {
            let name = entry.rule.name();
            Findings::new(&rules::unused_ignore::RULE, &mut told)
                .report(
                    entry.span,
                    format!("no finding of `{name}` is suppressed by it"),
                )
                .help("remove the entry, or mend what it is for");
        }
    }
    // An entry for several rules ends once.
    told.dedup_by(|next, last| next == last);
    told.retain(|finding| {
        rule_by_id(finding.rule.as_str()).is_some_and(|rule| options.selection.is_on(rule))
    });
    for finding in &mut told {
        if let Some(severity) = options.severities.get(&finding.rule) {
            finding.severity = *severity;
        }
    }
    told
}
