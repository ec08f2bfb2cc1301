//! `iamsim simulate`

mod batch;

use super::{
    args::SimulateArguments,
    case_file::{self, report_case_error, report_error_of_file},
    input::{StdinTwice, policy, reads_stdin_once},
    io::{Exit, Io, Outcome},
    levels::{LevelError, levels},
};
use crate::{
    cases::{
        CaseReader, CaseRequest, CaseSetting, Completeness, RequestError, UnknownName,
        context_pair, decide_all,
        form::{ContextValue, OneOrMore, RequestForm, Scalar},
        sound, unknown_fact,
    },
    catalog::Catalog,
    eval::{Layer, Target, Verdict, trace},
    policy::{ConditionKey, Policy},
    report::{
        judged_policies,
        simulate::{JudgedRequest, SimulatedCall, render},
    },
    source::Source,
};
use miette::Diagnostic;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Arguments that make no setting.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum SettingError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Level(#[from] LevelError),

    #[error("`{name}` is not a layer of policies")]
    #[diagnostic(help(
        "the layers are `identity`, `resource`, `boundary`, `session`, `scp`, `rcp` and \
         `vpcEndpoint`"
    ))]
    Layer { name: String },

    #[error("{} are given, and said to be {said}", layer.title())]
    #[diagnostic(help("keep one of the two"))]
    Contradiction { layer: Layer, said: &'static str },
}

pub(super) fn run(arguments: &SimulateArguments, io: &mut Io<'_>) -> Outcome {
    if let Some(path) = &arguments.batch {
        return batch::run(path, io);
    }
    let layers = match layers(arguments) {
        Ok(layers) => layers,
        Err(error) => {
            io.misuse(&error);
            return Ok(Exit::Failed);
        }
    };
    let paths: Vec<_> = layers
        .iter()
        .flat_map(|layer| layer.levels.concat())
        .collect();
    let of_setting: Vec<_> = arguments.setting.iter().cloned().collect();
    if !reads_stdin_once(&[&paths, &of_setting]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let Some(requests) = requests(arguments, &layers, io) else {
        return Ok(Exit::Failed);
    };
    let decided = decide_all(&requests);
    let decisions = &decided.decisions;
    let traces: Vec<_> = requests
        .iter()
        .map(|one| trace(&one.setting.setting, &one.request))
        .collect();
    let policies: Vec<_> = requests
        .iter()
        .zip(&traces)
        .map(|(request, trace)| judged_policies(&request.setting, trace))
        .collect();
    let judged: Vec<_> = requests
        .iter()
        .zip(decisions)
        .zip(&policies)
        .map(|((request, decision), policies)| JudgedRequest {
            request: &request.request,
            decision,
            setting: &request.setting.setting,
            policies,
        })
        .collect();
    let call = SimulatedCall {
        decision: &decided,
        requests: &judged,
        notes: &notes(arguments, &requests),
        trace: arguments.trace,
    };
    io.write(&render(arguments.format.get(), &call, &io.painter()))?;
    Ok(if decided.verdict == Verdict::Allowed {
        Exit::Clean
    } else {
        Exit::Found
    })
}

/// The files that the arguments give for a layer.
struct LayerFiles {
    layer: Layer,
    levels: Vec<Vec<PathBuf>>,
}

/// What the arguments say of each layer that they name.
fn layers(arguments: &SimulateArguments) -> Result<Vec<LayerFiles>, SettingError> {
    let mut layers = Vec::new();
    let plain = [
        (Layer::Identity, &arguments.identity),
        (Layer::Resource, &arguments.resource_policy),
        (Layer::Boundary, &arguments.boundary),
        (Layer::Session, &arguments.session),
        (Layer::VpcEndpoint, &arguments.endpoint),
    ];
    for (layer, paths) in plain {
        if !paths.is_empty() {
            let levels = vec![paths.clone()];
            layers.push(LayerFiles { layer, levels });
        }
    }
    for (layer, texts) in [(Layer::Scp, &arguments.scp), (Layer::Rcp, &arguments.rcp)] {
        if !texts.is_empty() {
            let levels = levels(texts)?;
            layers.push(LayerFiles { layer, levels });
        }
    }
    for name in &arguments.none {
        let Ok(UnknownName::Layer(layer)) = unknown_fact(name) else {
            return Err(SettingError::Layer { name: name.clone() });
        };
        if layers.iter().any(|own| own.layer == layer) {
            return Err(SettingError::Contradiction {
                layer,
                said: "none",
            });
        }
        let levels = if layer.has_levels() {
            Vec::new()
        } else {
            vec![Vec::new()]
        };
        layers.push(LayerFiles { layer, levels });
    }
    for name in &arguments.unknown {
        if let Ok(UnknownName::Layer(layer)) = unknown_fact(name)
            && layers.iter().any(|own| own.layer == layer)
        {
            return Err(SettingError::Contradiction {
                layer,
                said: "unknown",
            });
        }
    }
    Ok(layers)
}

/// Reads all policies and the request. `None` where any of them cannot be used; everything that is
/// wrong is reported.
fn requests(
    arguments: &SimulateArguments,
    layers: &[LayerFiles],
    io: &mut Io<'_>,
) -> Option<Vec<CaseRequest>> {
    let mut given = Vec::new();
    let mut complete = true;
    for LayerFiles { layer, levels } in layers {
        let mut read_levels: Vec<Vec<(Source, Policy)>> = Vec::new();
        for paths in levels {
            let mut read = Vec::new();
            for path in paths {
                match read_policy(*layer, path, io) {
                    Some(policy) => read.push(policy),
                    None => complete = false,
                }
            }
            read_levels.push(read);
        }
        given.push((*layer, read_levels));
    }
    let form = match request_form(arguments) {
        Ok(form) => form,
        Err(error) => {
            io.misuse(&error);
            return None;
        }
    };
    let supply = |setting: &mut CaseSetting| {
        for (layer, levels) in given {
            let whole: Result<(), std::convert::Infallible> =
                setting.supply(layer, levels, |_, policy| Ok(policy));
            match whole {
                Ok(()) => {}
            }
        }
    };
    let found = match &arguments.setting {
        None => {
            let mut setting = CaseSetting::new();
            supply(&mut setting);
            CaseReader::new(Completeness::Typed).requests(&Arc::new(setting), &form)
        }
        Some(path) => {
            let text = case_file::read(path, io)?;
            let files = case_file::beside(path);
            let reader = CaseReader::with_files(&files, Completeness::Typed);
            case_file::parse(&text).and_then(|case| {
                let mut setting = reader.policies_of(&case)?;
                supply(&mut setting);
                let form = form.over(&case.request);
                reader.requests(&Arc::new(setting), &form)
            })
        }
    };
    match found {
        Ok(requests) if complete => Some(requests),
        Ok(_) => None,
        Err(error) => {
            match &arguments.setting {
                Some(path) => report_error_of_file(&error, path, io),
                None => report_case_error(&error, io),
            }
            None
        }
    }
}

/// The request as the arguments say it.
fn request_form(arguments: &SimulateArguments) -> Result<RequestForm<'static>, RequestError> {
    let mut context: BTreeMap<ConditionKey, Vec<Scalar>> = BTreeMap::new();
    for text in &arguments.context {
        let (key, value) = context_pair(text)?;
        context.entry(key).or_default().push(Scalar::Text(value));
    }
    let context: BTreeMap<_, _> = context
        .into_iter()
        .map(|(key, values)| (key.as_str().to_owned(), ContextValue::More(values)))
        .collect();
    let list = |texts: &Vec<String>| (!texts.is_empty()).then(|| OneOrMore::More(texts.clone()));
    Ok(RequestForm {
        principal: arguments.principal.clone(),
        action: list(&arguments.action),
        resource: list(&arguments.resource),
        resource_account: arguments.resource_account.clone(),
        context: (!context.is_empty()).then_some(context),
        management_account: arguments.management_account.clone(),
        canonical_user: arguments.canonical_user.clone(),
        unknown: (!arguments.unknown.is_empty()).then(|| arguments.unknown.clone()),
        also: None,
    })
}

fn read_policy(layer: Layer, path: &Path, io: &mut Io<'_>) -> Option<(Source, Policy)> {
    let source = match policy(path, io) {
        Ok(source) => source,
        Err(error) => {
            io.error(&error);
            return None;
        }
    };
    match sound(layer, layer.title(), source) {
        Ok(read) => Some(read),
        Err(error) => {
            report_case_error(&error, io);
            None
        }
    }
}

/// What should be known of the requests.
fn notes(arguments: &SimulateArguments, requests: &[CaseRequest]) -> Vec<String> {
    let mut notes = case_file::notes(requests);
    for CaseRequest { request, .. } in requests {
        let action = &request.action;
        let takes_none = Catalog::embedded()
            .action(action.as_str())
            .is_some_and(|known| !known.has_resource_types());
        let is_typed = arguments.resource.iter().any(|text| text != "*");
        if takes_none && is_typed {
            notes.insert(format!(
                "`{action}` takes no resource, so it is judged on `*`"
            ));
        }
        if request.resource == Target::Unknown {
            notes.insert(format!(
                "`{action}` is called on a resource, and `*` does not say which; name one for a \
                 verdict on it"
            ));
        }
    }
    notes.into_iter().collect()
}
