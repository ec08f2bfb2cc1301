//! Every rule, a file each, named after it.

/// Declares the modules of the rules and the one list of them.
macro_rules! rules {
    ($($module:ident),+ $(,)?) => {
        $(pub(in crate::lint) mod $module;)+

        /// Every rule, in the order in which they run and are listed.
        pub const RULES: &[super::Rule] = &[$($module::RULE),+];

        /// The names of their files.
        #[cfg(test)]
        const FILES: &[&str] = &[$(stringify!($module)),+];
    };
}

rules! {
    json_bom_or_encoding,
    json_comment,
    json_duplicate_key,
    json_smart_quotes,
    json_syntax,
    json_too_deep_or_large,
    json_trailing_comma,
    conflicting_elements,
    data_type_mismatch,
    element_name_case,
    empty_action,
    empty_condition,
    empty_condition_value,
    empty_not_element,
    empty_principal,
    empty_resource,
    empty_statement,
    invalid_effect,
    invalid_root_type,
    invalid_statement_type,
    invalid_version,
    malformed_condition,
    missing_action,
    missing_effect,
    missing_resource,
    missing_statement,
    missing_version,
    not_a_policy,
    unknown_policy_element,
    unknown_statement_element,
    action_format,
    action_wildcard_matches_nothing,
    arn_missing_field,
    arn_prefix,
    condition_always_true,
    condition_never_true,
    deny_ineffective,
    missing_set_operator,
    partially_denied_allow,
    principal_format,
    principal_key,
    resource_requires_star,
    resource_type_mismatch,
    unknown_action,
    unknown_condition_operator,
    unknown_service_prefix,
    variable_default_quote,
    variable_empty,
    variable_space,
    variable_unclosed,
    wildcard_without_like,
    admin_star_star,
    condition_wildcard_too_wide,
    deny_negated_missing_key,
    deny_not_element_review,
    dynamodb_attributes_without_select,
    forallvalues_allow_without_null,
    foranyvalue_deny_without_null,
    ifexists_weakens_allow,
    mfa_bool_false,
    mfa_boolifexists_allow,
    mfa_null_check,
    resource_star_unneeded,
    s3_prefix_negative,
    service_wildcard,
    set_operator_on_single_valued_key,
    untrustworthy_condition_key,
    condition_equivalent_to_null,
    ifexists_on_present_key,
    like_without_wildcard,
}

#[cfg(test)]
mod tests;
