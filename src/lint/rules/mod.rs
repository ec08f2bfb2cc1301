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
    oidc_sub_malformed,
    principal_federated_unsupported,
    principal_federation_source,
    principal_format,
    principal_group,
    principal_key,
    principal_unique_id,
    principal_unknown_service,
    principal_value,
    principal_wildcard_partial,
    resource_requires_star,
    resource_type_mismatch,
    trust_action_foreign,
    trust_action_principal_mismatch,
    trust_rolesanywhere_actions,
    unknown_action,
    unknown_condition_operator,
    unknown_service_prefix,
    variable_default_quote,
    variable_empty,
    variable_space,
    variable_unclosed,
    admin_star_star,
    allow_not_principal,
    cognito_unauthenticated_role,
    confused_deputy,
    deny_not_principal,
    oidc_aud_qualifier,
    oidc_github_sub_wide,
    oidc_missing_aud,
    oidc_missing_condition,
    oidc_missing_sub,
    principal_service_wildcard,
    resource_star_unneeded,
    saml_missing_aud,
    service_principal_weak_condition,
    service_wildcard,
    trust_account_root,
    trust_action_wildcard,
    trust_compute_service,
    trust_cross_account_no_external_id,
    trust_principal_star,
    redundant_principal,
}

#[cfg(test)]
mod tests;
