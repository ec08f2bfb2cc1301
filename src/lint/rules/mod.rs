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
    condition_account_format,
    condition_date_epoch,
    condition_enum_value,
    condition_kms_key_value,
    condition_multiple_booleans,
    condition_operator_type,
    condition_org_id_format,
    condition_region_value,
    condition_service_principal_format,
    condition_value_arn,
    condition_value_binary,
    condition_value_boolean,
    condition_value_date,
    condition_value_ip,
    condition_value_mixed_types,
    condition_value_number,
    condition_vpc_format,
    condition_vpce_format,
    external_id_format,
    principal_format,
    principal_key,
    resource_requires_star,
    resource_type_mismatch,
    source_ip_mixed_private,
    source_ip_private,
    unknown_action,
    unknown_condition_operator,
    unknown_service_prefix,
    variable_default_quote,
    variable_empty,
    variable_space,
    variable_unclosed,
    admin_star_star,
    missing_paired_condition_key,
    resource_star_unneeded,
    service_wildcard,
    source_ip_any,
    source_ip_too_wide,
    string_operator_on_arn_key,
    condition_ip_host_bits,
    redundant_numeric_value,
}

#[cfg(test)]
mod tests;
