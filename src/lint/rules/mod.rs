//! Every rule, a file each, named after it.

/// Declares the modules of the rules and the one list of them.
macro_rules! rules {
    ($($module:ident),+ $(,)?) => {
        $(pub(in crate::lint) mod $module;)+

        /// Every rule, in the order in which they run and are listed.
        pub const RULES: &[super::Rule] = &[$($module::RULE),+];
    };
}

rules! {
    json_trailing_comma,
    unknown_action,
}
