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
    check_failed,
    conflicting_elements,
    data_type_mismatch,
    duplicate_condition_key_case,
    duplicate_operator_block,
    duplicate_sid,
    duplicate_sid_required,
    element_name_case,
    empty_action,
    empty_condition,
    empty_condition_value,
    empty_not_element,
    empty_principal,
    empty_resource,
    empty_sid,
    empty_statement,
    invalid_character,
    invalid_effect,
    invalid_root_type,
    invalid_sid,
    invalid_statement_type,
    invalid_version,
    malformed_condition,
    missing_action,
    missing_effect,
    missing_principal,
    missing_resource,
    missing_statement,
    missing_version,
    not_a_policy,
    outdated_version,
    policy_type_ambiguous,
    rcp_action_service,
    rcp_effect_allow,
    rcp_not_action,
    rcp_principal,
    scp_action_wildcard_position,
    scp_legacy_restrictions,
    trust_has_resource,
    trust_not_principal,
    unknown_policy_element,
    unknown_statement_element,
    unsupported_principal,
    action_format,
    action_wildcard_matches_nothing,
    arn_missing_field,
    arn_prefix,
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
    admin_star_star,
    resource_star_unneeded,
    service_wildcard,
    size_inline,
    size_managed,
    size_near_limit,
    size_rcp,
    size_resource_policy,
    size_scp,
    size_trust,
}

#[cfg(test)]
mod tests;
