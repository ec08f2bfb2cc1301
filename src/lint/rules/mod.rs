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
    unknown_action,
    unknown_condition_operator,
    unknown_service_prefix,
    variable_default_quote,
    variable_empty,
    variable_space,
    variable_unclosed,
    action_star,
    action_wildcard_hides_sensitive,
    action_wildcard_write,
    admin_star_star,
    allow_not_action,
    allow_not_resource,
    assume_role_wide,
    create_slr_wide,
    credentials_exposure,
    data_exfiltration,
    kms_wide_decrypt,
    logging_tamper,
    marketplace_subscribe_wide,
    pass_role_no_passed_to_service,
    pass_role_wide,
    permissions_management,
    public_principal,
    public_write,
    resource_exposure,
    resource_star_unneeded,
    service_wildcard,
    write_unconstrained,
    privesc_cross_statement,
    privesc_existing_compute,
    privesc_identity_center,
    privesc_pass_role_new,
    privesc_principal_takeover,
    privesc_self_policy,
    resource_policy_self_grant,
}

#[cfg(test)]
mod tests;
