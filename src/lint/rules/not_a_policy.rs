use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a document that has neither `Statement` nor anything near it, and says what it looks
    /// like where that is known: a CloudTrail record, a CloudFormation template, a Terraform plan,
    /// the answer of an IAM call.
    ///
    /// ## Why it matters
    /// No part of such a file was checked. The policies inside it have to be taken out first.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Resources": {
    ///     "Bucket": {"Type": "AWS::S3::Bucket"}
    ///   }
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "not-a-policy",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "JSON that is something other than a policy",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(template, r#"{"Resources": {}}"#, "{");
    fires!(anything_else, r#"{"name": "x"}"#, "{");
    fires!(
        statement_on_its_own,
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#,
        "{"
    );
    silent!(misspelt_statement, r#"{"Statements": []}"#);
    silent!(
        version_alone_lacks_its_statement,
        r#"{"Version": "2012-10-17"}"#
    );
}
