//! What recorded API calls ask of IAM, where that is more than the action of the same name.

use super::{
    embedded::{
        compare_names, find, list, optional_text, partition_point, row, rows, text, text_pairs,
    },
    layout::{EVENT_ACTIONS, OPERATION_ACTIONS, OPERATIONS, REST_CALLS},
};
use crate::policy::compare_ignoring_case;
use std::fmt;

/// The actions that an event stands for, where they are not its own name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventActions(u32);

impl EventActions {
    pub(super) fn of(prefix: &str, event_name: &str) -> Option<Self> {
        find(rows(EVENT_ACTIONS), |number| {
            let [known_prefix, known_name, ..] = row(EVENT_ACTIONS, number);
            compare_names([known_prefix, known_name], (prefix, event_name))
        })
        .map(Self)
    }

    /// The actions, such as `s3:PutObject`; none if the event asks for no permission. Of a copy of
    /// an S3 object, the second action is on the object that is copied.
    pub fn actions(self) -> impl ExactSizeIterator<Item = &'static str> {
        let [_, _, actions, _] = row(EVENT_ACTIONS, self.0);
        list(actions).map(text)
    }

    /// Whether only some of the actions are asked for, which the text of the request decides: a
    /// `PartiQL` statement is a select, an insert, an update or a delete.
    pub fn depend_on_request(self) -> bool {
        let [.., depends] = row(EVENT_ACTIONS, self.0);
        depends != 0
    }
}

impl fmt::Debug for EventActions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.actions()).finish()
    }
}

/// An API operation that asks for several actions, or whose resources its parameters name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation(u32);

impl Operation {
    pub(super) fn of(prefix: &str, event_name: &str) -> Option<Self> {
        find(rows(OPERATIONS), |number| {
            let [known_prefix, known_name, ..] = row(OPERATIONS, number);
            compare_names([known_prefix, known_name], (prefix, event_name))
        })
        .map(Self)
    }

    /// The prefix of its service.
    pub fn prefix(self) -> &'static str {
        let [prefix, ..] = row(OPERATIONS, self.0);
        text(prefix)
    }

    /// Its name, such as `CreateFunction`.
    pub fn name(self) -> &'static str {
        let [_, name, ..] = row(OPERATIONS, self.0);
        text(name)
    }

    /// What it asks for. An action is there once for each way to its resource. Actions of another
    /// service are those that the operation can need; that can depend on more than the request.
    pub fn actions(self) -> impl ExactSizeIterator<Item = OperationAction> {
        let [.., first, end] = row(OPERATIONS, self.0);
        (first..end).map(OperationAction)
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("prefix", &self.prefix())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

/// One action that an operation asks for, and where its resource comes from.
///
/// Templates are text with `${Path}` in it. A path names a request parameter: `A.B` is member `B`
/// of `A`, `A[]` is each item of `A`. Parameters are spelled as in the API, which is not always as
/// CloudTrail spells them: compare without regard to case. `*` stands for what the request does
/// not say. `${Partition}`, `${Region}` and `${Account}` are those of the event, `${aws:username}` is
/// the caller's own name. A value that is an ARN itself is the whole ARN. A value that starts with
/// `/`, as paths of IAM and parameters of SSM do, follows a `/` that the ARN template has already.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OperationAction(u32);

impl OperationAction {
    /// The action, such as `iam:PassRole`.
    pub fn action(self) -> &'static str {
        let [action, ..] = row(OPERATION_ACTIONS, self.0);
        text(action)
    }

    /// The path that must be in the request for the action to be asked for.
    pub fn when(self) -> Option<&'static str> {
        let [_, when, ..] = row(OPERATION_ACTIONS, self.0);
        optional_text(when)
    }

    /// The path that must not be in the request for the action to be asked for.
    pub fn unless(self) -> Option<&'static str> {
        let [_, _, unless, ..] = row(OPERATION_ACTIONS, self.0);
        optional_text(unless)
    }

    /// Variables of the ARN templates of the action's resource types, each with the template that
    /// fills it. A variable that is there twice makes two resources.
    pub fn variables(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let [_, _, _, _, variables, _] = row(OPERATION_ACTIONS, self.0);
        text_pairs(variables)
    }

    /// Resource types of the action, each with the template of a whole ARN. Where several types
    /// have the same template, the ARN itself says of which type it is.
    pub fn arns(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let [.., arns] = row(OPERATION_ACTIONS, self.0);
        text_pairs(arns)
    }

    /// The template of the whole ARN, whatever its type. If the request lacks its parameter, the
    /// action is not asked for.
    pub fn arn_override(self) -> Option<&'static str> {
        let [_, _, _, arn, ..] = row(OPERATION_ACTIONS, self.0);
        optional_text(arn)
    }
}

impl fmt::Debug for OperationAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationAction")
            .field("action", &self.action())
            .field("when", &self.when())
            .field("unless", &self.unless())
            .field("variables", &self.variables().collect::<Vec<_>>())
            .field("arns", &self.arns().collect::<Vec<_>>())
            .field("arn_override", &self.arn_override())
            .finish()
    }
}

/// The HTTP verb and path of an API Gateway operation: IAM sees only these.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RestCall(u32);

impl RestCall {
    pub(super) fn all(event_name: &str) -> impl Iterator<Item = Self> {
        let compare = |number: u32| compare_ignoring_case(Self(number).name(), event_name);
        let table = rows(REST_CALLS);
        let first = partition_point(table.clone(), |number| compare(number).is_lt());
        let end = partition_point(table, |number| compare(number).is_le());
        (first..end).map(Self)
    }

    /// The name of the operation.
    pub fn name(self) -> &'static str {
        let [name, ..] = row(REST_CALLS, self.0);
        text(name)
    }

    /// 1 for the API of REST APIs, 2 for the API of HTTP and WebSocket APIs.
    pub fn version(self) -> u32 {
        let [_, version, ..] = row(REST_CALLS, self.0);
        version
    }

    /// The verb, such as `GET`, which is also the name of the action.
    pub fn verb(self) -> &'static str {
        let [_, _, verb, _] = row(REST_CALLS, self.0);
        text(verb)
    }

    /// The path as in the ARN, with parameters in braces, such as `/restapis/{restapi_id}`.
    pub fn path(self) -> &'static str {
        let [.., path] = row(REST_CALLS, self.0);
        text(path)
    }
}

impl fmt::Debug for RestCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb(), self.path())
    }
}
