//! What holds of the page as a whole. How it behaves in a browser is tried by `.ci/browser`.

use super::{MOST_ROWS_IN_ALL, render, table::MOST_ROWS, testing};
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::BTreeSet;

fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(page, options).unwrap()
}

fn named<'a, 'i>(page: &'a Document<'i>, name: &str) -> Vec<Node<'a, 'i>> {
    let nodes = page.descendants();
    nodes
        .filter(|node| node.tag_name().name() == name)
        .collect()
}

fn text_of(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(Node::is_text);
    texts.filter_map(|node| node.text()).collect()
}

fn section(page: &str, id: &str) -> String {
    let document = parsed(page);
    let nodes = document.descendants();
    let mut found = nodes.filter(|node| node.attribute("id") == Some(id));
    text_of(found.next().unwrap())
}

fn pages() -> [(&'static str, String); 4] {
    [
        ("full", render(&testing::full())),
        ("empty", render(&testing::empty())),
        ("hostile", render(&testing::hostile())),
        ("large", render(&testing::large(5_000))),
    ]
}

/// The pages are written to a folder if one is named, for `.ci/browser`.
#[test]
fn every_page_is_well_formed_and_every_anchor_is_there_once() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the browser's check names a folder"
    )]
    let folder = std::env::var_os("IAMSIM_WRITE_PAGE");
    for (name, page) in pages() {
        assert!(page.starts_with("<!DOCTYPE html>\n<html "), "{name}");
        let document = parsed(&page);
        let attributes = |wanted: &str| -> Vec<String> {
            let nodes = document.descendants();
            nodes
                .filter_map(|node| node.attribute(wanted).map(str::to_owned))
                .collect()
        };
        let ids = attributes("id");
        let distinct: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), distinct.len(), "{name}");
        for link in attributes("href") {
            let known = link
                .strip_prefix('#')
                .map(|id| distinct.contains(&id.to_owned()));
            assert!(known == Some(true) || link == "data:,", "{name}: {link}");
        }
        let title = named(&document, "title").first().copied().map(text_of);
        assert_eq!(title.as_deref(), Some("IAM audit of a CloudTrail trail"));
        if let Some(folder) = &folder {
            let path = std::path::Path::new(folder).join(format!("{name}.html"));
            std::fs::write(path, &page).unwrap();
        }
    }
}

#[test]
fn no_text_becomes_an_element_an_attribute_or_a_character_that_is_not_seen() {
    let names = |page: &str| -> BTreeSet<String> {
        let document = parsed(page);
        let elements = document.descendants().filter(Node::is_element);
        let mut names = BTreeSet::new();
        for element in elements {
            names.insert(element.tag_name().name().to_owned());
            names.extend(element.attributes().map(|it| format!("@{}", it.name())));
        }
        names
    };
    let hostile = render(&testing::hostile());
    let added: Vec<_> = names(&hostile)
        .difference(&names(&render(&testing::full())))
        .cloned()
        .collect();
    assert_eq!(added, [""; 0]);
    let document = parsed(&hostile);
    for (name, count) in [("script", 1), ("style", 1), ("img", 0)] {
        assert_eq!(named(&document, name).len(), count, "{name}");
    }
    let unseen = |c: char| crate::source::escape::is_unprintable(c) && !matches!(c, '\n' | '\t');
    assert_eq!(hostile.chars().find(|c| unseen(*c)), None);
    // It is all there to be read.
    let text = text_of(document.root_element());
    for part in [
        "</script><script>",
        "<img src=x",
        "javascript:window",
        "\\u{202e}",
        "\\u{1b}[2J\\u{0}",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn headings_are_in_order_and_sections_are_named_by_theirs() {
    for (name, page) in pages() {
        let document = parsed(&page);
        let mut before = 0;
        for node in document.descendants() {
            let level = node
                .tag_name()
                .name()
                .strip_prefix('h')
                .and_then(|it| it.parse().ok());
            let Some(level) = level else { continue };
            assert!(level <= before + 1, "{name}: {}", text_of(node));
            before = level;
        }
        let ids: BTreeSet<_> = named(&document, "h2")
            .iter()
            .filter_map(|it| it.attribute("id"))
            .collect();
        let sections = named(&document, "section");
        assert_eq!(sections.len(), 9);
        for section in sections {
            assert!(ids.contains(section.attribute("aria-labelledby").unwrap()));
        }
    }
}

#[test]
fn tables_have_captions_and_every_cell_has_a_head() {
    for (name, page) in pages() {
        let document = parsed(&page);
        for table in named(&document, "table") {
            let caption = table.first_element_child().unwrap();
            assert_eq!(caption.tag_name().name(), "caption", "{name}");
            assert!(!text_of(caption).is_empty(), "{name}");
            let heads = table
                .descendants()
                .filter(|it| it.has_tag_name(("http://www.w3.org/1999/xhtml", "th")));
            assert!(
                heads.clone().count() > 1 && heads.clone().all(|it| it.has_attribute("scope")),
                "{name}"
            );
            let columns = heads
                .filter(|it| it.attribute("scope") == Some("col"))
                .count();
            for row in table
                .descendants()
                .filter(|it| it.tag_name().name() == "tr")
            {
                let cells = row.children().filter(Node::is_element);
                let cells: usize = cells
                    .map(|it| it.attribute("colspan").map_or(1, |it| it.parse().unwrap()))
                    .sum();
                assert_eq!(cells, columns, "{name}: {}", text_of(row));
            }
        }
    }
}

#[test]
fn pictures_are_told_in_words() {
    let page = render(&testing::full());
    let document = parsed(&page);
    let pictures = named(&document, "svg");
    // Eleven metrics that were counted, twenty services, two alarms and two rates.
    assert_eq!(pictures.len(), 11 + 20 + 2 + 2);
    for picture in pictures {
        assert_eq!(picture.attribute("role"), Some("img"));
        let told = picture
            .attribute("aria-label")
            .or(picture.attribute("aria-labelledby"));
        assert!(told.is_some_and(|told| !told.is_empty()));
    }
    let text = section(&page, "series");
    for part in [
        "Never counted in this time:Use of the root user",
        "200 periods of 15 minutes each",
        "raised 2 times",
        "not raised",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn findings_link_to_the_statements_that_made_them() {
    let page = render(&testing::full());
    let document = parsed(&page);
    for (link, start, end) in [
        (
            "#policy-0-statement-2",
            "      \"Sid\": \"NoKeys\"",
            "    }\n",
        ),
        (
            "#policy-1-statement-1",
            "{\"Sid\": \"OnlyInEurope\"",
            "\"eu-*\"}}}",
        ),
        (
            "#policy-2-statement-1",
            "{\"Effect\":\"Deny\"",
            "payroll/*\"}",
        ),
    ] {
        let links = named(&document, "a");
        assert!(
            links.iter().any(|it| it.attribute("href") == Some(link)),
            "{link}"
        );
        let anchor = link.trim_start_matches('#');
        let mut targets = document
            .descendants()
            .filter(|it| it.attribute("id") == Some(anchor));
        let text = text_of(targets.next().unwrap());
        assert!(text.starts_with(start) && text.ends_with(end), "{text}");
    }
}

#[test]
fn what_is_left_out_is_counted() {
    let page = render(&testing::large(5_000));
    let document = parsed(&page);
    let rows = document
        .descendants()
        .filter(|it| it.attribute("id") == Some("denied"));
    let bodies = rows
        .flat_map(|it| it.descendants())
        .filter(|it| it.tag_name().name() == "tbody");
    assert_eq!(bodies.count(), MOST_ROWS);
    assert!(section(&page, "denied").contains("3,000 more rows are left out here"));
    // Three of the long texts have room beside the three short ones.
    assert_eq!(
        section(&page, "policies")
            .matches("bytes is left out here")
            .count(),
        2
    );
    let hostile = render(&testing::hostile());
    for part in ["and 10 others", "more characters)"] {
        assert!(hostile.contains(part), "{part}");
    }
}

#[test]
fn tables_of_many_policies_have_so_many_rows_together() {
    let mut audit = testing::full();
    let mut policy = audit.breadth.remove(0);
    policy.statements = vec![policy.statements.remove(0); 400];
    audit.breadth = vec![policy; 8];
    let page = render(&audit);
    let document = parsed(&page);
    let mut nodes = document.descendants();
    let breadth = nodes
        .find(|it| it.attribute("id") == Some("breadth"))
        .unwrap();
    let bodies = breadth
        .descendants()
        .filter(|it| it.tag_name().name() == "tbody");
    assert_eq!(bodies.count(), MOST_ROWS_IN_ALL);
    // Of six rows for each statement, one table has 2,000.
    assert!(section(&page, "breadth").contains("400 more rows are left out here"));
}

#[test]
fn every_record_is_accounted_for() {
    let text = section(&render(&testing::full()), "accounting");
    for part in [
        "evaluated1,190,50495.7 %",
        "console-sign-in61< 0.1 %",
        "malformed9",
        "all records1,243,877100.0 %",
        "3 more problems were counted and not listed",
        "resources of s3:GetObject beyond",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let audit = testing::full().accounting;
    let classes: u64 = audit.not_calls.iter().map(|it| it.count).sum();
    let shown = audit.evaluated
        + audit.without_policies
        + audit.by_others
        + audit.no_permission_needed
        + audit.unmapped;
    assert_eq!(
        shown + classes + audit.copies + audit.filtered + audit.malformed,
        audit.records
    );
}

#[test]
fn a_proposal_that_fails_its_verification_is_called_withdrawn() {
    let text = section(&render(&testing::full()), "proposals");
    let (held, withdrawn) = text.split_once("New policy for").unwrap();
    assert!(held.contains("verified 88,112 of 88,112 calls") && !held.contains("withdrawn"));
    assert!(
        withdrawn.contains("withdrawn 4,117 of 4,118 calls") && !withdrawn.contains("verified")
    );
    assert!(withdrawn.contains("newly grants3:GetObject"));
}

#[test]
fn nothing_read_is_told_as_such() {
    let page = render(&testing::empty());
    for (id, part) in [
        ("summary", "0 records in 0 files were read"),
        (
            "summary",
            "nothing here shows how far the verdicts can be trusted",
        ),
        ("denied", "No call that was judged would be denied"),
        ("policies", "No policies were given"),
        ("accounting", "no record has a time"),
    ] {
        assert!(section(&page, id).contains(part), "{part}");
    }
}
