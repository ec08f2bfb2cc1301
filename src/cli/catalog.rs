//! `iamsim catalog`

use super::{
    args::CatalogArguments,
    io::{Exit, Io, Outcome},
};
use crate::{catalog::Catalog, report::reference};
use miette::Diagnostic;

/// An action that the catalog does not have.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("there is no action `{name}`")]
#[diagnostic(help("{help}"))]
struct UnknownAction {
    name: String,
    help: String,
}

pub(super) fn run(arguments: &CatalogArguments, io: &mut Io<'_>) -> Outcome {
    let (format, catalog) = (arguments.format.get(), Catalog::embedded());
    let report = match &arguments.action {
        None => reference::catalog(format, catalog),
        Some(name) => match catalog.action(name) {
            Some(action) => reference::action(format, action),
            None => {
                let error = UnknownAction {
                    name: name.clone(),
                    help: help(catalog, name),
                };
                io.error(&error);
                return Ok(Exit::Failed);
            }
        },
    };
    io.write(&report)?;
    Ok(Exit::Clean)
}

/// What was most likely meant by a name that is no action.
pub(super) fn help(catalog: Catalog, name: &str) -> String {
    let Some((prefix, action)) = name.split_once(':') else {
        return "write it like `s3:GetObject`".to_owned();
    };
    if let Some(actions) = catalog.actions_of_api_name(name) {
        let names: Vec<_> = actions.actions().map(|name| format!("`{name}`")).collect();
        if !names.is_empty() {
            return format!("the API call `{name}` needs {}", names.join(", "));
        }
    }
    match catalog.service(prefix) {
        None => match catalog.nearest_service(prefix) {
            Some(near) => format!(
                "there is no service `{prefix}`; did you mean `{}`?",
                near.prefix()
            ),
            None => format!("there is no service `{prefix}`"),
        },
        Some(service) => match catalog.nearest_action(service, action) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "`iamsim expand '{}:*'` lists those that there are",
                service.prefix()
            ),
        },
    }
}
