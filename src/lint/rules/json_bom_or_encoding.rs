use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a byte-order mark at the start, UTF-16, bytes that are not UTF-8, zero bytes, and
    /// control characters that stand unescaped in a string. A raw tab is one of these; so is a
    /// line break, which `json-syntax` reports as a string that is never closed.
    ///
    /// ## Why it matters
    /// Editors show none of them, so the document looks right and is refused all the same.
    ///
    /// ## Fires
    /// The `Sid` below has a tab between its two words.
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Sid": "Read	Reports",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Sid": "ReadReports",
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://www.rfc-editor.org/rfc/rfc8259#section-8.1>
    /// - <https://www.rfc-editor.org/rfc/rfc8259#section-7>
    /// - Access Analyzer: `JSON_SYNTAX_ERROR`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "json-bom-or-encoding",
        category: Category::Syntax,
        severity: Severity::Error,
        summary: "bytes that a JSON text does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(byte_order_mark, "\u{feff}{\"Statement\": []}", "\u{feff}");
    fires!(
        tab_in_a_string,
        "{\"Statement\": [], \"Id\": \"a\tb\"}",
        "\t"
    );
    fires!(binary, "\0\u{1}", "\0");
    silent!(tabs_between_values, "{\t\"Statement\":\t[]}");
    silent!(escaped_tab, r#"{"Statement": [], "Id": "a\tb"}"#);
    silent!(letters_outside_ascii, r#"{"Statement": [], "Id": "é"}"#);
}
