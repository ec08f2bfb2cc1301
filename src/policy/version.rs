//! The language that a policy is written in.

/// The `Version` element: which policy language holds.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `2008-10-17`, and what holds where a policy has no version: `${...}` is literal text.
    V2008,
    /// `2012-10-17`: policy variables are replaced.
    V2012,
}

impl Version {
    /// Reads one of the two dates.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "2008-10-17" => Some(Self::V2008),
            "2012-10-17" => Some(Self::V2012),
            _ => None,
        }
    }

    /// Whether `${...}` is a variable.
    pub fn has_variables(self) -> bool {
        self == Self::V2012
    }
}
