//! The name that was probably meant.

/// The item whose name is most like `wanted`, the first of several; none if all are too far off.
pub(crate) fn nearest<Item>(
    items: impl Iterator<Item = Item>,
    name: impl Fn(&Item) -> &'static str,
    wanted: &str,
) -> Option<Item> {
    let wanted = wanted.to_ascii_lowercase();
    // One slip in every four characters, and never so many that unrelated names are near.
    let limit = (wanted.chars().count() / 4).clamp(1, 4);
    items
        .filter(|item| name(item).len().abs_diff(wanted.len()) <= limit)
        .map(|item| {
            (
                strsim::osa_distance(&name(&item).to_ascii_lowercase(), &wanted),
                item,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, item)| item)
}
