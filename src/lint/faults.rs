//! Which rule a fault of text or shape belongs to.

use super::{Findings, Rule, rules};
use crate::{
    policy::{Comparison, Operator, ShapeFault, ShapeFaultKind, VariableErrorKind},
    source::{Edit, Finding, Safety},
    syntax::{Fault, FaultKind},
};

/// The finding of a fault of the text.
pub(super) fn of_syntax(fault: &Fault) -> Finding {
    let mut finding = finding(syntax_rule(&fault.kind), |findings| {
        findings
            .report(fault.span, fault.kind.message())
            .help(fault.kind.help());
    });
    finding.labels.clone_from(&fault.labels);
    finding.fix = syntax_edit(fault).map(|(title, edit)| crate::source::Fix {
        title: title.to_owned(),
        safety: Safety::Safe,
        edits: vec![edit],
    });
    finding
}

/// The finding of a fault of the shape.
pub(super) fn of_shape(fault: &ShapeFault) -> Finding {
    let mut finding = finding(shape_rule(&fault.kind), |findings| {
        findings
            .report(fault.span, fault.kind.message())
            .help(fault.kind.help());
    });
    finding.labels.clone_from(&fault.labels);
    finding.fix = fault.edit.clone().map(|edit| crate::source::Fix {
        title: format!("write `{}`", edit.replacement),
        safety: Safety::Unsafe,
        edits: vec![edit],
    });
    finding
}

/// Lets one rule report one finding, so that its name and severity are stamped as always.
fn finding(rule: &'static Rule, report: impl FnOnce(&mut Findings<'_>)) -> Finding {
    let mut list = Vec::new();
    report(&mut Findings::new(rule, &mut list));
    #[expect(clippy::expect_used, reason = "both callers report exactly once")]
    list.pop().expect("a fault is reported")
}

fn syntax_rule(kind: &FaultKind) -> &'static Rule {
    match kind {
        FaultKind::TooLarge | FaultKind::TooDeep => &rules::json_too_deep_or_large::RULE,
        FaultKind::Binary
        | FaultKind::Utf16
        | FaultKind::InvalidUtf8(_)
        | FaultKind::ByteOrderMark
        | FaultKind::ControlCharacter(_) => &rules::json_bom_or_encoding::RULE,
        FaultKind::TrailingComma => &rules::json_trailing_comma::RULE,
        FaultKind::Comment | FaultKind::UnterminatedComment => &rules::json_comment::RULE,
        FaultKind::TypographicQuotes => &rules::json_smart_quotes::RULE,
        FaultKind::Empty
        | FaultKind::ExtraComma
        | FaultKind::MissingComma
        | FaultKind::MissingColon
        | FaultKind::EqualsForColon
        | FaultKind::MissingValue
        | FaultKind::SingleQuotes
        | FaultKind::Unquoted(_)
        | FaultKind::UnterminatedString
        | FaultKind::BadEscape
        | FaultKind::LoneSurrogate
        | FaultKind::BadNumber
        | FaultKind::BadKey
        | FaultKind::UnmatchedClose(_)
        | FaultKind::MismatchedClose { .. }
        | FaultKind::Unclosed(_)
        | FaultKind::UnexpectedCharacter(_)
        | FaultKind::SecondDocument
        | FaultKind::TooManyFaults => &rules::json_syntax::RULE,
    }
}

fn shape_rule(kind: &ShapeFaultKind) -> &'static Rule {
    match kind {
        ShapeFaultKind::NotAPolicy(_) => &rules::not_a_policy::RULE,
        ShapeFaultKind::RootType { .. } => &rules::invalid_root_type::RULE,
        ShapeFaultKind::MissingStatement => &rules::missing_statement::RULE,
        ShapeFaultKind::EmptyStatement => &rules::empty_statement::RULE,
        ShapeFaultKind::StatementType { .. } => &rules::invalid_statement_type::RULE,
        ShapeFaultKind::DataType { .. } => &rules::data_type_mismatch::RULE,
        ShapeFaultKind::UnknownPolicyElement { .. } => &rules::unknown_policy_element::RULE,
        ShapeFaultKind::UnknownStatementElement { .. } => &rules::unknown_statement_element::RULE,
        ShapeFaultKind::ElementCase { .. } => &rules::element_name_case::RULE,
        ShapeFaultKind::InvalidVersion(_) => &rules::invalid_version::RULE,
        ShapeFaultKind::MissingEffect => &rules::missing_effect::RULE,
        ShapeFaultKind::InvalidEffect(_) => &rules::invalid_effect::RULE,
        ShapeFaultKind::MissingAction => &rules::missing_action::RULE,
        ShapeFaultKind::MissingResource => &rules::missing_resource::RULE,
        ShapeFaultKind::ConflictingElements { .. } => &rules::conflicting_elements::RULE,
        ShapeFaultKind::EmptyAction => &rules::empty_action::RULE,
        ShapeFaultKind::EmptyResource => &rules::empty_resource::RULE,
        ShapeFaultKind::EmptyPrincipal => &rules::empty_principal::RULE,
        ShapeFaultKind::EmptyNotElement(_) => &rules::empty_not_element::RULE,
        ShapeFaultKind::EmptyCondition => &rules::empty_condition::RULE,
        ShapeFaultKind::EmptyConditionValue(_) => &rules::empty_condition_value::RULE,
        ShapeFaultKind::MalformedCondition { .. } => &rules::malformed_condition::RULE,
        ShapeFaultKind::UnknownOperator { text, .. } if is_null_if_exists(text) => {
            &rules::null_with_ifexists::RULE
        }
        ShapeFaultKind::UnknownOperator { .. } => &rules::unknown_condition_operator::RULE,
        ShapeFaultKind::PrincipalFormat(_) => &rules::principal_format::RULE,
        ShapeFaultKind::PrincipalKey { .. } => &rules::principal_key::RULE,
        ShapeFaultKind::ActionFormat(_) => &rules::action_format::RULE,
        ShapeFaultKind::ArnPrefix(_) => &rules::arn_prefix::RULE,
        ShapeFaultKind::ArnMissingField { .. } => &rules::arn_missing_field::RULE,
        ShapeFaultKind::TemplateCall(_) => &rules::unresolved_template_token::RULE,
        ShapeFaultKind::Variable(kind) => match kind {
            VariableErrorKind::Unclosed => &rules::variable_unclosed::RULE,
            VariableErrorKind::Empty => &rules::variable_empty::RULE,
            VariableErrorKind::Space => &rules::variable_space::RULE,
            VariableErrorKind::DefaultWithoutQuotes => &rules::variable_default_quote::RULE,
        },
    }
}

/// Whether an operator would be right but for its `IfExists`.
fn is_null_if_exists(operator: &str) -> bool {
    const SUFFIX: &str = "IfExists";
    let split = operator.len().checked_sub(SUFFIX.len());
    let parts = split.and_then(|at| operator.split_at_checked(at));
    parts.is_some_and(|(stem, suffix)| {
        let stem = Operator::parse(stem);
        suffix.eq_ignore_ascii_case(SUFFIX)
            && stem.is_some_and(|operator| operator.comparison == Comparison::Null)
    })
}

/// The edit that mends a fault of the text without changing what it says.
fn syntax_edit(fault: &Fault) -> Option<(&'static str, Edit)> {
    let kind = &fault.kind;
    let (title, replacement) = if matches!(kind, FaultKind::TrailingComma | FaultKind::ExtraComma) {
        ("remove the comma", "")
    } else if *kind == FaultKind::ByteOrderMark {
        ("remove the byte-order mark", "")
    } else if *kind == FaultKind::Comment {
        ("remove the comment", "")
    } else if *kind == FaultKind::ControlCharacter('\t') {
        ("write it as `\\t`", "\\t")
    } else {
        return None;
    };
    let edit = Edit {
        span: fault.span,
        replacement: replacement.to_owned(),
    };
    Some((title, edit))
}
