//! CloudTrail bytes to events to requests.
