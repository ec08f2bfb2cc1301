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
    condition_key_format,
    condition_key_service_scope,
    irrelevant_condition_key,
    missing_action_for_condition_key,
    missing_tag_key,
    null_value_type,
    null_with_ifexists,
    null_with_set_operator,
    principal_format,
    principal_key,
    resource_requires_star,
    resource_type_mismatch,
    tag_key_unsupported_allow,
    unknown_action,
    unknown_condition_operator,
    unknown_global_condition_key,
    unknown_service_condition_key,
    unknown_service_prefix,
    unsupported_condition_key_for_action,
    unsupported_condition_key_for_service_principal,
    unsupported_global_condition_key,
    variable_default_quote,
    variable_empty,
    variable_old_version,
    variable_space,
    variable_terraform_escape,
    variable_unclosed,
    variable_unknown,
    variable_wrong_element,
    variable_wrong_operator,
    admin_star_star,
    resource_star_unneeded,
    service_wildcard,
    tag_key_unsupported_deny,
}

#[cfg(test)]
mod tests;
