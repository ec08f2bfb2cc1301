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
    principal_format,
    principal_key,
    resource_requires_star,
    resource_type_mismatch,
    shadowed_allow,
    unknown_action,
    unknown_condition_operator,
    unknown_service_prefix,
    variable_default_quote,
    variable_empty,
    variable_space,
    variable_unclosed,
    admin_star_star,
    kms_key_policy_no_root,
    not_action_and_not_resource,
    rcp_missing_null_check,
    rcp_missing_principal_carveout,
    rcp_missing_service_carveout,
    resource_policy_lockout,
    resource_star_unneeded,
    s3_no_tls_enforcement,
    scp_denies_all,
    scp_region_deny_global_services,
    service_wildcard,
    tagging_unconstrained,
    missing_sid,
    redundant_action,
    redundant_resource,
    redundant_statement,
    style_action_listing_collapsible,
    style_collapsible_statements,
    style_element_order,
    style_single_item_list,
    style_sort,
}

#[cfg(test)]
mod tests;
