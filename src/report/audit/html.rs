//! An audit as one page for a browser, which needs nothing from elsewhere.
//!
//! It reads whole without scripts: a script only adds that tables can be sorted and filtered. Recorded text
//! is written by attackers, so none of it becomes markup (see `markup`), no link is made of it, and a
//! content security policy lets nothing run or load but the page's own style sheet and script.

mod accounting;
mod agreement;
mod breadth;
mod chart;
mod denied;
mod markup;
mod policies;
mod proposals;
mod summary;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod texts;
mod watch;
mod wording;

use crate::audit::Audit;
use base64::Engine as _;
use markup::{Element, Escaped, element};
use policies::Policies;
use sha2::{Digest as _, Sha256};
use table::RowsLeft;
use texts::Room;
use wording::length;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// The most bytes and lines of diffs and new policies on a page.
const MOST_BYTES: usize = 4 * 1024 * 1024;
const MOST_LINES: usize = 100_000;
/// The most rows of the tables of policies and alarms, of which there may be any number.
const MOST_ROWS_IN_ALL: usize = 10_000;

/// What the parts of the page are made of.
#[derive(Debug)]
struct Page<'a> {
    audit: &'a Audit,
    policies: Policies<'a>,
    /// The room that is left for diffs and new policies.
    room: Room,
    /// The rows that are left for tables of which there may be many.
    rows: RowsLeft,
}

/// A part of the page.
#[derive(Debug)]
struct Section {
    /// What it is called in links.
    id: &'static str,
    title: &'static str,
    /// How many there are of what it tells of, where it tells of several.
    count: Option<u64>,
    content: Escaped,
}

/// The page: HTML that is well-formed XML too. Tables, texts and lists are bounded, and where
/// something is left out, the page says how much.
pub fn render(audit: &Audit) -> String {
    let page = Page {
        audit,
        policies: Policies::new(&audit.policies),
        room: Room::of(MOST_BYTES, MOST_LINES),
        rows: RowsLeft::of(MOST_ROWS_IN_ALL),
    };
    let html = element("html")
        .attribute("xmlns", "http://www.w3.org/1999/xhtml")
        .attribute("lang", "en")
        .with(head())
        .with(body(&page));
    format!("<!DOCTYPE html>\n{}\n", Escaped::from(html).into_string())
}

fn head() -> Element {
    let meta = |name, content| {
        element("meta")
            .attribute("name", name)
            .attribute("content", content)
    };
    element("head")
        .with(element("meta").attribute("charset", "utf-8"))
        .with(
            element("meta")
                .attribute("http-equiv", "Content-Security-Policy")
                .attribute("content", &content_security_policy()),
        )
        .with(meta("viewport", "width=device-width, initial-scale=1"))
        .with(meta("color-scheme", "light dark"))
        .with(meta("referrer", "no-referrer"))
        .with(meta("generator", "iamsim"))
        .with(element("title").with("IAM audit of a CloudTrail trail"))
        // Browsers would ask the server for an icon.
        .with(
            element("link")
                .attribute("rel", "icon")
                .attribute("href", "data:,"),
        )
        .with(Element::of_program("style", STYLE))
}

/// <https://www.w3.org/TR/CSP3/>: nothing but this style sheet and this script.
fn content_security_policy() -> String {
    let hash = |program| {
        let hash = Sha256::digest(Element::program_content(program));
        base64::engine::general_purpose::STANDARD.encode(hash)
    };
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn body(page: &Page<'_>) -> Element {
    let sections = sections(page);
    let navigation = sections.iter().map(|it| element("li").with(it.link()));
    let navigation = element("ul").with(navigation.collect::<Escaped>());
    let skip = element("a")
        .class("skip")
        .attribute("href", "#content")
        .with("Skip to the content");
    let banner = element("header").with(element("h1").with("IAM audit"));
    let banner = banner.with(element("p").with(
        "What was recorded by CloudTrail against what IAM policies allow. All times are UTC.",
    ));
    let content: Escaped = sections.into_iter().map(Section::element).collect();
    element("body")
        .with(skip)
        .with(banner)
        .with(
            element("nav")
                .attribute("aria-label", "Parts of this page")
                .with(navigation),
        )
        .with(
            element("main")
                .attribute("id", "content")
                .attribute("tabindex", "-1")
                .with(content),
        )
        .with(
            element("footer").with(
                element("p").with(format!("Written by iamsim {}.", env!("CARGO_PKG_VERSION"))),
            ),
        )
        .with(Element::of_program("script", SCRIPT))
}

/// The parts in the order of the page.
fn sections(page: &Page<'_>) -> Vec<Section> {
    let audit = page.audit;
    let section = |id, title, count: Option<u64>, content| Section {
        id,
        title,
        count,
        content,
    };
    vec![
        section("summary", "Summary", None, summary::summary(page)),
        section(
            "denied",
            "Would be denied",
            Some(length(&audit.denied)),
            denied::denied(page),
        ),
        section(
            "undecided",
            "Undecided",
            Some(length(&audit.undecided)),
            denied::undecided(page),
        ),
        section("agreement", "Agreement", None, agreement::agreement(page)),
        section(
            "breadth",
            "Broader than its use",
            Some(length(&audit.breadth)),
            breadth::breadth(page),
        ),
        section(
            "proposals",
            "Proposals",
            Some(length(&audit.proposals)),
            proposals::proposals(page),
        ),
        section("series", "Over time", None, over_time(page)),
        section(
            "accounting",
            "Accounting",
            None,
            accounting::accounting(page),
        ),
        section(
            "policies",
            "Policies",
            Some(length(&audit.policies)),
            policy_texts(page),
        ),
    ]
}

fn over_time(page: &Page<'_>) -> Escaped {
    let part =
        |title: &str, content: Escaped| Escaped::from(element("h3").with(title)).and(content);
    part("Counts", watch::series(page))
        .and(part("Alarms", watch::alarms(page)))
        .and(part("Unusual rates", watch::rates(page)))
}

fn policy_texts(page: &Page<'_>) -> Escaped {
    let texts = page.policies.texts();
    if texts.is_empty() {
        return element("p").with("No policies were given.").into();
    }
    texts
}

impl Section {
    fn link(&self) -> Escaped {
        let mut link = element("a")
            .attribute("href", &format!("#{}", self.id))
            .with(self.title);
        if let Some(count) = self.count {
            let count = element("span").class("count").with(wording::number(count));
            link = link.with(" ").with(count);
        }
        link.into()
    }

    fn element(self) -> Element {
        let title = format!("{}-title", self.id);
        element("section")
            .attribute("id", self.id)
            .attribute("aria-labelledby", &title)
            .with(element("h2").attribute("id", &title).with(self.title))
            .with(self.content)
    }
}
