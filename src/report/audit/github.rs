//! As workflow commands of GitHub Actions, which become annotations beside the policies, and the
//! report for people as lines of the log.

use super::{
    full,
    place::Places,
    words::{calls, example, pattern_class, quoted, shortened, statement_name, why, window},
};
use crate::{
    audit::{
        Audit,
        breadth::{PatternBreadth, StatementBreadth, UseClass},
        denied::DeniedGroup,
        watch::AlarmResult,
    },
    report::{
        Colour, Painter, count,
        diff::first_changed_line,
        workflow::{Annotation, MOST_ANNOTATIONS, harmless, property},
    },
    source::{Level, escape::printable},
};

/// What is to stand beside a policy.
struct Note {
    level: Level,
    properties: String,
    title: &'static str,
    text: String,
}

pub(super) fn render(audit: &Audit) -> String {
    let places = Places::of(audit);
    let mut notes: Vec<_> = audit.alarms.iter().filter_map(alarm).collect();
    notes.extend(
        audit
            .denied
            .iter()
            .filter_map(|group| denied(group, &places)),
    );
    let statements = audit.breadth.iter().flat_map(|policy| &policy.statements);
    notes.extend(statements.flat_map(|statement| breadth(statement, &places)));
    let mut text = String::new();
    for level in [Level::Error, Level::Warning, Level::Note] {
        text += &commands(level, &notes);
    }
    for line in full::render(audit, &Painter::new(Colour::Off)).lines() {
        text += &harmless(line);
        text.push('\n');
    }
    text
}

/// The commands of a level, as many as GitHub shows.
fn commands(level: Level, notes: &[Note]) -> String {
    let of_level = || notes.iter().filter(|note| note.level == level);
    let more = of_level().count().saturating_sub(MOST_ANNOTATIONS);
    let shown = of_level().take(MOST_ANNOTATIONS).enumerate();
    let command = |(place, note): (usize, &Note)| {
        let annotation = Annotation {
            level,
            properties: &note.properties,
            title: note.title,
            text: &note.text,
        };
        let is_last = place + 1 == MOST_ANNOTATIONS;
        annotation.command(if is_last { more } else { 0 }, "in the log of this step")
    };
    shown.map(command).collect()
}

/// Lines of a text, each safe to print.
fn lines(lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| printable(line)).collect();
    lines.join("\n")
}

fn alarm(alarm: &AlarmResult) -> Option<Note> {
    let first = alarm.raised.first()?;
    let times = count(alarm.raised.len(), "time", "times");
    let by = first.by.as_ref().map(|by| format!(" by {}", quoted(by)));
    let text = format!(
        "{} was raised {times}, at first at {}{}",
        quoted(&alarm.expression),
        first.start.text(),
        by.unwrap_or_default()
    );
    Some(Note {
        level: Level::Error,
        properties: String::new(),
        title: "alarm",
        text: lines(&[text]),
    })
}

/// A group of denied calls, at the statement that denies it, or where the policy would be changed;
/// `None` where neither is in a file of its own.
fn denied(group: &DeniedGroup, places: &Places<'_>) -> Option<Note> {
    let deciding = group
        .denied_by
        .iter()
        .find_map(|place| Some((places.file(place.document)?, place.line)));
    let of_remedy = || {
        let remedy = group.remedy.as_ref()?;
        let file = places.file_of_name(&remedy.policy)?;
        Some((file, first_changed_line(&remedy.diff)?))
    };
    let (file, line) = deciding.or_else(of_remedy)?;
    let mut text = vec![
        format!(
            "{} of {} on {} by {} would be denied: {}",
            calls(group.count),
            quoted(&group.action),
            quoted(&group.resource),
            quoted(&group.principal),
            why(group.verdict, group.limited_by)
        ),
        format!(
            "when: {}, for example {}",
            window(group.window),
            example(&group.example)
        ),
    ];
    text.extend(
        group
            .remedy
            .iter()
            .map(|remedy| format!("help: {}", shortened(&remedy.text))),
    );
    Some(Note {
        level: Level::Error,
        properties: format!("file={},line={line}", property(file)),
        title: "would be denied",
        text: lines(&text),
    })
}

/// The patterns of a statement that are broader than their use.
fn breadth(statement: &StatementBreadth, places: &Places<'_>) -> Vec<Note> {
    let Some(file) = places.file(statement.place.document) else {
        return Vec::new();
    };
    let name = statement_name(&statement.place);
    let note = |pattern: &PatternBreadth| {
        let (level, title) = match pattern.class {
            UseClass::Unused => (Level::Warning, "unused"),
            UseClass::TooWide => (Level::Note, "too wide"),
            UseClass::Used | UseClass::NotObservable(_) => return None,
        };
        let text = format!(
            "{} of {name} is {}",
            quoted(&pattern.pattern),
            pattern_class(pattern)
        );
        Some(Note {
            level,
            properties: format!(
                "file={},line={},col={}",
                property(file),
                pattern.line,
                pattern.column
            ),
            title,
            text: lines(&[text]),
        })
    };
    let patterns = statement.actions.iter().chain(&statement.resources);
    patterns.filter_map(note).collect()
}
