pub(super) fn render(_: &crate::audit::Audit) -> String {
    String::new()
}
