//! The policies narrowed to what was used.

use super::{
    Page,
    markup::{Escaped, element},
    table::left_out,
    texts::{diff, plain},
    wording::{badge, code, counted, length, list, number},
};
use crate::audit::proposal::{Proposal, Verification};

/// The most proposals that are shown.
const MOST_PROPOSALS: usize = 200;

/// All proposals, one after the other.
pub(super) fn proposals(page: &Page<'_>) -> Escaped {
    let proposals = &page.audit.proposals;
    if proposals.is_empty() {
        return element("p")
            .with("No narrower policies were asked for.")
            .into();
    }
    let shown = proposals.iter().take(MOST_PROPOSALS);
    let shown: Escaped = shown.map(|it| proposal(page, it)).collect();
    shown.and(left_out(
        proposals.len().saturating_sub(MOST_PROPOSALS),
        "proposal",
        "proposals",
    ))
}

fn proposal(page: &Page<'_>, proposal: &Proposal) -> Escaped {
    let name = code(&proposal.name);
    let title = match proposal.document {
        Some(document) => page.policies.policy(document, name),
        None => Escaped::from("New policy for ").and(name),
    };
    let mut article = element("article")
        .with(element("h3").with(title))
        .with(verification(&proposal.verification));
    for (title, texts) in [
        ("What is taken out or narrowed", &proposal.changes),
        ("What stays though it was not seen", &proposal.kept),
    ] {
        if !texts.is_empty() {
            article = article.with(element("h4").with(title)).with(list(texts));
        }
    }
    if !proposal.diff.is_empty() {
        article = article
            .with(element("h4").with("The difference"))
            .with(diff(&proposal.diff, &page.room));
    } else if proposal.document.is_some() && !proposal.texts.is_empty() {
        article = article.with(element("p").with("Nothing changes."));
    }
    article.with(texts(page, proposal)).into()
}

fn verification(verification: &Verification) -> Escaped {
    let told = format!(
        "{} of {} that were recorded as allowed, and that the policies allowed before, are allowed by it \
         as well.",
        number(verification.allowed),
        counted(verification.calls, "call", "calls")
    );
    if verification.holds() {
        return element("p")
            .with(badge("badge good", "verified"))
            .with(" ")
            .with(told)
            .with(" It grants nothing that was not granted before.")
            .into();
    }
    let mut content = Escaped::from(
        element("p")
            .with(badge("badge bad", "withdrawn"))
            .with(" ")
            .with(told),
    );
    for (title, texts) in [
        ("Calls that it would no longer allow", &verification.lost),
        ("Requests that it would newly grant", &verification.gained),
    ] {
        if !texts.is_empty() {
            content.push(element("h4").with(title));
            content.push(list(texts));
        }
    }
    content
}

fn texts(page: &Page<'_>, proposal: &Proposal) -> Escaped {
    let many = length(&proposal.texts);
    let texts = proposal.texts.iter().enumerate().map(|(place, text)| {
        let title = if many == 1 {
            "The whole new policy".to_owned()
        } else {
            format!("New policy {} of {}", place + 1, number(many))
        };
        element("details")
            .with(element("summary").with(title))
            .with(plain(text, &page.room))
    });
    texts.collect()
}
