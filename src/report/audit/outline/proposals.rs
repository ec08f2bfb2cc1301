//! Policies narrowed to what was used.

use super::{
    Block,
    words::{calls, counted, length, number, quoted, shortened},
};
use crate::audit::proposal::{Proposal, Verification};

pub(super) fn of(proposals: &[Proposal]) -> Vec<Block> {
    if proposals.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Section("Proposals")];
    blocks.extend(proposals.iter().flat_map(proposal));
    blocks
}

fn proposal(proposal: &Proposal) -> Vec<Block> {
    let mut blocks = vec![
        Block::Heading(quoted(&proposal.name)),
        Block::Paragraph(verification(&proposal.verification)),
    ];
    let mut items = |lead: &str, of: &[String]| {
        let items = of.iter().map(|text| format!("{lead}{}", shortened(text)));
        let items: Vec<_> = items.collect();
        if !items.is_empty() {
            blocks.push(Block::Items(items));
        }
    };
    items("it would no longer allow ", &proposal.verification.lost);
    items("it would newly allow ", &proposal.verification.gained);
    items("", &proposal.changes);
    items("kept though not seen: ", &proposal.kept);
    // One that breaks its promise is not there to be taken.
    if proposal.verification.holds() {
        blocks.extend(texts(proposal));
    }
    blocks
}

/// What to take: the difference where there is an old policy, else the new ones.
fn texts(proposal: &Proposal) -> Vec<Block> {
    if !proposal.diff.is_empty() {
        return vec![Block::Diff(proposal.diff.clone())];
    }
    if proposal.document.is_some() && proposal.texts.is_empty() {
        // What is written above says that it is to be removed, or why nothing is proposed.
        return Vec::new();
    }
    if proposal.document.is_some() && proposal.texts.len() < 2 {
        let same = "Nothing changes: the policy is as narrow as what was used.";
        return vec![Block::Paragraph(same.to_owned())];
    }
    let mut blocks = Vec::new();
    if proposal.texts.len() > 1 {
        let parts = counted(length(&proposal.texts), "policy", "policies");
        let text = format!("It takes {parts}, as one would be larger than IAM takes.");
        blocks.push(Block::Paragraph(text));
    }
    blocks.extend(proposal.texts.iter().cloned().map(Block::Policy));
    blocks
}

fn verification(verification: &Verification) -> String {
    if verification.holds() {
        return format!(
            "Verified by simulating the trail again: all {} that were recorded as allowed stay allowed, and nothing \
             new is granted.",
            calls(verification.calls)
        );
    }
    format!(
        "Withdrawn, as it does not hold what it must: it allows {} of {} that were recorded as allowed.",
        number(verification.allowed),
        calls(verification.calls)
    )
}
