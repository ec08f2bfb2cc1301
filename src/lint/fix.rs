//! Taking the fixes that findings carry.
//!
//! In passes: the document is checked, the fixes that do not get into each other's way are taken at
//! once, and what comes of it is checked again, until nothing is left to take. Everything outside of
//! the edits stays byte for byte.

mod claims;
#[cfg(test)]
mod tests;

use super::{Checked, Companion, Options, RULES, Selection, check_beside, rule_by_id, rules};
use crate::{
    source::{
        Edit, Finding, Fix, MAX_POLICY_BYTES, RuleId, Safety, Severity, Source, Span, Undecodable,
    },
    syntax,
};
use claims::Claims;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

/// How often fixes are taken at most. A fix that waits for another needs a pass more, and few wait for
/// more than two.
const MOST_PASSES: usize = 16;

/// How much text is checked at most in all, searches for fixes that break the document counted in.
const MOST_CHECKED_BYTES: usize = 1024 * 1024;

/// How often a document is checked at most, even where that is more text, and even where it is less.
const MOST_CHECKS: [usize; 2] = [24, 256];

/// What came of fixing a document.
#[derive(Debug)]
pub struct Fixed {
    /// The text of the document; as it was where no fix was taken.
    pub text: String,
    /// The fixes that were taken, in the order of the passes and then of the text.
    pub applied: Vec<AppliedFix>,
    /// What is found in the text now.
    pub after: Checked,
    /// Why no further fix was taken.
    pub end: End,
}

/// A fix that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedFix {
    /// The rule whose finding it mends.
    pub rule: RuleId,
    /// What it does, as an order.
    pub title: String,
    /// Whether it keeps the meaning.
    pub safety: Safety,
}

/// Why fixing came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// No fix is left that may be taken, so that fixing once more changes nothing.
    Settled,
    /// There were too many passes or checks; another run may take more fixes.
    OutOfPasses,
    /// The file is not UTF-8, or larger than what is read of one, so that its text is not all there is.
    Unreadable,
}

/// Takes the fixes up to a safety of those findings that are wanted.
///
/// A fix is left out where the document would no longer be JSON after it, would have an error that it had
/// not before, or would still have the finding. That is judged by all rules that are on by default, even
/// where the options select few, and by the severities of the rules themselves.
pub fn fix(
    source: &Source,
    companions: &[&Companion],
    options: &Options,
    up_to: Safety,
    wanted: &dyn Fn(&Finding) -> bool,
) -> Fixed {
    let unread = source.text().len() > MAX_POLICY_BYTES;
    if unread || source.undecodable() != Undecodable::Nothing {
        return Fixed {
            text: source.text().to_owned(),
            applied: Vec::new(),
            after: check_beside(source, companions, options),
            end: End::Unreadable,
        };
    }
    let wanted = |finding: &Finding| {
        is_asked_for(finding, options) && wanted(&as_reported(finding, options))
    };
    let mut judge = Judge::new(source, companions, options);
    judge.seen.insert(fingerprint(source.text()));
    let mut state = judge.state(source.clone());
    let mut applied = Vec::new();
    let mut end = End::OutOfPasses;
    for _ in 0..MOST_PASSES {
        let batch = candidates(&state, up_to, &wanted);
        let Some((next, fixes)) = judge.take(&state, &batch) else {
            if batch.is_empty() || judge.checks > 0 {
                end = End::Settled;
            }
            break;
        };
        applied.extend(fixes);
        state = next;
    }
    Fixed {
        after: check_beside(&state.source, companions, options),
        text: state.source.text().to_owned(),
        applied,
        end,
    }
}

/// Whether the rule of a finding is on.
fn is_asked_for(finding: &Finding, options: &Options) -> bool {
    rule_by_id(finding.rule.as_str()).is_none_or(|rule| options.selection.is_on(rule))
}

/// A finding with the severity that the options give it.
fn as_reported<'a>(finding: &'a Finding, options: &Options) -> Cow<'a, Finding> {
    match options.severities.get(&finding.rule) {
        Some(severity) if *severity != finding.severity => Cow::Owned(Finding {
            severity: *severity,
            ..finding.clone()
        }),
        Some(_) | None => Cow::Borrowed(finding),
    }
}

/// A fix that may be taken, with the rule that it is of.
#[derive(Debug, Clone, Copy)]
struct Candidate<'a> {
    rule: RuleId,
    fix: &'a Fix,
}

impl Candidate<'_> {
    fn applied(self) -> AppliedFix {
        AppliedFix {
            rule: self.rule,
            title: self.fix.title.clone(),
            safety: self.fix.safety,
        }
    }
}

/// The fixes that can be taken together, in the order of their findings. One that gets into the way of
/// another before it waits for the next pass, as it may be out of date by then.
fn candidates<'a>(
    state: &'a State,
    up_to: Safety,
    wanted: &dyn Fn(&Finding) -> bool,
) -> Vec<Candidate<'a>> {
    let text = state.source.text();
    let mut claims = Claims::default();
    let mut batch = Vec::new();
    for finding in &state.findings {
        let Some(fix) = &finding.fix else { continue };
        let fits = fix.safety <= up_to
            && changes(text, &fix.edits)
            && (is_on_comments(finding.rule) || !state.has_comment_in(&fix.edits));
        if fits && wanted(finding) && claims.claim(finding, &fix.edits) {
            let rule = finding.rule;
            batch.push(Candidate { rule, fix });
        }
    }
    batch
}

/// Whether edits are in order, lie in the text and change it.
fn changes(text: &str, edits: &[Edit]) -> bool {
    let ordered = edits.is_sorted_by(|left, right| left.span.end <= right.span.start);
    let mut changed = false;
    let lies_in_text = edits.iter().all(|edit| {
        let old = text.get(edit.span.start..edit.span.end);
        changed |= old.is_some_and(|old| old != edit.replacement);
        old.is_some()
    });
    ordered && lies_in_text && changed
}

/// The text after edits that are in order; `None` where they are not, or do not lie in it.
fn edited(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    let mut end = 0;
    for edit in edits {
        written.push_str(text.get(end..edit.span.start)?);
        written.push_str(&edit.replacement);
        end = edit.span.end;
    }
    written.push_str(text.get(end..)?);
    Some(written)
}

/// A text and what is found in it.
#[derive(Debug)]
struct State {
    source: Source,
    findings: Vec<Finding>,
    /// How many findings of each rule are accepted.
    accepted: BTreeMap<RuleId, usize>,
    /// The comments.
    comments: Vec<Span>,
    /// Whether its tree is whole. Else nothing is known yet but what is wrong with the text.
    is_sound: bool,
}

/// Whether a rule is one on comments, whose fixes may change them. No other is to lose what people wrote.
fn is_on_comments(rule: RuleId) -> bool {
    let rules = [
        rules::json_comment::RULE.rule_id(),
        rules::unused_ignore::RULE.rule_id(),
    ];
    rules.contains(&rule)
}

impl State {
    /// Whether edits replace a comment or a part of one.
    fn has_comment_in(&self, edits: &[Edit]) -> bool {
        let touches = |edit: &Edit| {
            let after = self
                .comments
                .partition_point(|each| each.end <= edit.span.start);
            let comment = self.comments.get(after);
            comment.is_some_and(|comment| comment.start < edit.span.end)
        };
        edits.iter().any(touches)
    }

    /// How many findings there are of each rule, and how many of them are errors.
    fn counts(&self) -> BTreeMap<RuleId, [usize; 2]> {
        let mut counts = BTreeMap::new();
        for finding in &self.findings {
            let [all, errors] = counts.entry(finding.rule).or_insert([0, 0]);
            *all += 1;
            *errors += usize::from(finding.severity == Severity::Error);
        }
        counts
    }

    /// Whether what came of fixes to this text is better: no new errors, and less of what was fixed.
    fn is_bettered_by(&self, next: &Self, fixes: &[Candidate<'_>]) -> bool {
        if !self.is_sound {
            let errors = |state: &Self| state.counts().values().map(|[_, errors]| errors).sum();
            let (before, after): (usize, usize) = (errors(self), errors(next));
            // What was hidden behind a broken text is no fault of its fixes.
            return next.is_sound || after <= before;
        }
        let (before, after) = (self.counts(), next.counts());
        let count = |counts: &BTreeMap<_, _>, rule| counts.get(&rule).copied().unwrap_or([0, 0]);
        let no_new_error = after.iter().all(|(rule, [_, errors])| {
            let [_, had] = count(&before, *rule);
            *errors <= had
        });
        let mends = fixes.iter().all(|fix| {
            let ([had, _], [has, _]) = (count(&before, fix.rule), count(&after, fix.rule));
            has < had
        });
        // What was accepted is not to come back, as where a comment is no longer beside what it is on.
        let none_comes_back = self.accepted.iter().all(|(rule, accepted)| {
            let ([had, _], [has, _]) = (count(&before, *rule), count(&after, *rule));
            next.accepted.get(rule) >= Some(accepted) && has <= had || has < had
        });
        next.is_sound && no_new_error && mends && none_comes_back
    }
}

/// Judges what fixes come to.
struct Judge<'a> {
    companions: &'a [&'a Companion],
    /// What every text is checked with.
    options: Options,
    /// How many checks are left.
    checks: usize,
    /// What stands for the texts that there were at the ends of passes: one that comes again would come
    /// for ever.
    seen: BTreeSet<u64>,
}

impl<'a> Judge<'a> {
    fn new(source: &Source, companions: &'a [&'a Companion], options: &Options) -> Self {
        let [least, most] = MOST_CHECKS;
        let checks = MOST_CHECKED_BYTES / source.text().len().max(1);
        let on = RULES.iter().filter(|rule| options.selection.is_on(rule));
        Self {
            companions,
            options: Options {
                selection: Selection::with(on),
                severities: BTreeMap::new(),
                ..options.clone()
            },
            checks: checks.clamp(least, most),
            seen: BTreeSet::new(),
        }
    }

    fn state(&mut self, source: Source) -> State {
        self.checks = self.checks.saturating_sub(1);
        let document = syntax::parse(&source);
        let checked = check_beside(&source, self.companions, &self.options);
        let mut accepted = BTreeMap::new();
        for suppressed in &checked.suppressed {
            *accepted.entry(suppressed.finding.rule).or_default() += 1;
        }
        State {
            is_sound: document.is_sound(),
            comments: document
                .comments
                .iter()
                .map(|comment| comment.span)
                .collect(),
            findings: checked.findings,
            accepted,
            source,
        }
    }

    /// Takes of a batch what does not make the text worse; where all of it together does, the halves are
    /// tried, and so on down to the fixes that are to blame. `None` where nothing can be taken.
    fn take(&mut self, base: &State, batch: &[Candidate<'_>]) -> Option<(State, Vec<AppliedFix>)> {
        let mut open = vec![batch];
        let mut taken: Vec<Candidate<'_>> = Vec::new();
        let mut best: Option<State> = None;
        while let Some(part) = open.pop() {
            let together = [&taken, part].concat();
            if part.is_empty() || self.checks == 0 {
                break;
            } else if let Some(next) = self.attempt(base, best.as_ref(), &together, part) {
                best = Some(next);
                taken = together;
            } else if part.len() > 1 {
                let (left, right) = part.split_at(part.len() / 2);
                open.extend([right, left]);
            }
        }
        let state = best?;
        self.seen.insert(fingerprint(state.source.text()));
        Some((state, taken.into_iter().map(Candidate::applied).collect()))
    }

    /// What comes of fixes to a text; `None` where the last of them make it worse than it was without
    /// them, or as it was before.
    fn attempt(
        &mut self,
        base: &State,
        without: Option<&State>,
        fixes: &[Candidate<'_>],
        last: &[Candidate<'_>],
    ) -> Option<State> {
        let mut edits: Vec<_> = fixes.iter().flat_map(|each| &each.fix.edits).collect();
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let text = edited(base.source.text(), &edits)?;
        if self.seen.contains(&fingerprint(&text)) {
            return None;
        }
        let next = self.state(Source::new(base.source.name(), text.into_bytes()));
        let without = without.unwrap_or(base);
        without.is_bettered_by(&next, last).then_some(next)
    }
}

fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
