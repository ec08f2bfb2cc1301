//! Policies and a request from any text to a verdict. The fuzz target `decide` compiles this file too.

use iamsim::{
    eval::{
        CompiledPolicy, Context, Decision, Fact, Layer, Origin, Principal, Request, Setting,
        Target, Verdict, decide, derive_context,
    },
    policy::{AccountId, ActionName, lower},
    source::Source,
    syntax::parse,
};

/// A request and what judges it, as nothing but text. What cannot be read is left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    /// Policies, each with the number of its layer and its level.
    pub(crate) policies: Vec<(u8, u8, String)>,
    /// The numbers of the layers whose policies are not known.
    pub(crate) unknown_layers: Vec<u8>,
    pub(crate) principal: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) resource_account: String,
    /// Keys with their values; a key without values is not known.
    pub(crate) context: Vec<(String, Vec<String>)>,
    /// Whether keys that are not told are unknown, and the resource a pattern.
    pub(crate) is_partial: bool,
}

fn layer(number: u8) -> Layer {
    Layer::ALL[usize::from(number) % Layer::ALL.len()]
}

/// Decides, and checks what holds of every decision.
pub(crate) fn judge(texts: &Texts) -> Decision {
    let decision = decide(&setting(texts), &request(texts));
    assert!(!decision.possible.is_empty(), "nothing is possible");
    assert!(!decision.possible.contains(&Verdict::Depends));
    assert_eq!(
        decision.verdict,
        Verdict::of_possible(&decision.possible),
        "the verdict is not what is possible"
    );
    assert_eq!(
        decision.verdict == Verdict::Depends,
        decision.residual.is_some(),
        "what depends has a residual, and nothing else has"
    );
    if let Some(residual) = &decision.residual {
        for outcome in &residual.outcomes {
            assert!(decision.possible.contains(&outcome.verdict));
        }
        let proved = residual.outcomes.len();
        assert!(!residual.exact || proved == decision.possible.len());
    }
    decision
}

fn setting(texts: &Texts) -> Setting {
    let mut setting = Setting::new();
    for of_layer in Layer::ALL {
        let mut levels: Vec<Vec<CompiledPolicy>> = Vec::new();
        for (number, level, text) in &texts.policies {
            if layer(*number) != of_layer {
                continue;
            }
            let source = Source::new("policy", text.as_bytes().to_vec());
            let Some(policy) = lower(&parse(&source).root).policy else {
                continue;
            };
            let levels_of_layer = if of_layer.has_levels() { 3 } else { 1 };
            let level = usize::from(*level) % levels_of_layer;
            levels.resize_with(levels.len().max(level + 1), Vec::new);
            levels[level].push(CompiledPolicy::new(&policy));
        }
        if !levels.is_empty() {
            setting.supply_levels(of_layer, levels);
        }
    }
    for number in &texts.unknown_layers {
        setting.set_unknown(layer(*number));
    }
    setting
}

fn request(texts: &Texts) -> Request {
    let mut context = if texts.is_partial {
        Context::partial()
    } else {
        Context::complete()
    };
    for (key, values) in &texts.context {
        let fact = if values.is_empty() {
            Fact::Unknown
        } else {
            Fact::Values(values.clone())
        };
        context.set(key.as_str(), fact, Origin::Given);
    }
    let resource = match texts.resource.as_str() {
        "*" => Target::Star,
        "" => Target::Unknown,
        text if texts.is_partial => Target::Like(text.to_owned()),
        text => Target::Arn(text.to_owned()),
    };
    let principal = Principal::parse(&texts.principal).unwrap_or(Principal::Unknown);
    let action = ActionName::new(texts.action.as_str());
    let mut request = Request::new(principal, action, resource, context);
    request.resource_account = AccountId::parse(&texts.resource_account);
    derive_context(&mut request);
    request
}
