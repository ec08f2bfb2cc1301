//! Turns the text files of `data/` into the tables that the catalog embeds.
//!
//! `data/README.md` says what each file holds, `src/catalog/layout.rs` what each table holds. A line
//! that does not fit fails the build with its file and number.

#[path = "build/data_file.rs"]
mod data_file;
#[path = "build/embedded.rs"]
mod embedded;
#[path = "src/catalog/layout.rs"]
mod layout;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{
    data_file::{DataError, DataFile, Order, Place, items},
    embedded::Embedded,
    layout::{
        ACCESS_LEVELS, ACTION_TYPES, ACTIONS, CONDITION_KEYS, EVENT_ACTIONS, EVENT_SOURCES,
        FREE_ACTIONS, GLOBAL_KEYS, OPERATION_ACTIONS, OPERATIONS, RCP_SERVICES, RESOURCE_TYPES,
        REST_CALLS, SERVICES, SOURCES, TEMPLATED_KEYS, VALUE_TYPES,
    },
};

fn main() -> ExitCode {
    println_for_cargo("rerun-if-changed=build");
    println_for_cargo("rerun-if-changed=build.rs");
    println_for_cargo("rerun-if-changed=data");
    println_for_cargo("rerun-if-changed=src/catalog/layout.rs");
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println_for_cargo(&format!("error={error}"));
            ExitCode::FAILURE
        }
    }
}

fn println_for_cargo(instruction: &str) {
    println!("cargo::{instruction}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo passes the output folder this way"
)]
fn embed() -> Result<(), Box<dyn std::error::Error>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let output = PathBuf::from(std::env::var("OUT_DIR")?);
    let (words, text) = Builder::new(data)
        .build()
        .map_err(|error| error.to_string())?;
    fs::write(output.join("catalog.words"), words)?;
    fs::write(output.join("catalog.text"), text)?;
    Ok(())
}

/// Adds one file after the other; later files name things of earlier ones.
struct Builder {
    folder: PathBuf,
    embedded: Embedded,
    /// Numbers by lower-case name.
    services: BTreeMap<String, u32>,
    keys: BTreeMap<String, u32>,
    types: BTreeMap<(u32, String), u32>,
    /// The condition keys that an action takes with one resource type, by lower-case action and
    /// resource type.
    action_type_keys: BTreeMap<(String, String), (Place, u32)>,
    actions: BTreeMap<String, u32>,
}

impl Builder {
    fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            embedded: Embedded::new(),
            services: BTreeMap::new(),
            keys: BTreeMap::new(),
            types: BTreeMap::new(),
            action_type_keys: BTreeMap::new(),
            actions: BTreeMap::new(),
        }
    }

    fn build(mut self) -> Result<(Vec<u8>, String), DataError> {
        self.sources()?;
        let services = self.services()?;
        let service_keys = self.condition_keys()?;
        let types = self.resource_types()?;
        self.action_type_keys()?;
        let actions = self.actions()?;
        for (service, (prefix, name)) in (0..).zip(services) {
            let (first_action, end_action) = actions.get(&service).copied().unwrap_or_default();
            let (first_type, end_type) = types.get(&service).copied().unwrap_or_default();
            let keys = service_keys.get(&service).cloned().unwrap_or_default();
            let keys = self.embedded.list(keys);
            let row = [
                prefix,
                name,
                first_action,
                end_action,
                first_type,
                end_type,
                keys,
            ];
            self.embedded.push(SERVICES, row);
        }
        self.global_condition_keys()?;
        self.event_sources()?;
        self.event_actions()?;
        self.api_calls()?;
        self.rest_paths()?;
        self.no_permission()?;
        self.rcp_services()?;
        Ok(self.embedded.finish())
    }

    fn read(&self, name: &'static str) -> Result<DataFile, DataError> {
        DataFile::read(&self.folder, name)
    }

    fn sources(&mut self) -> Result<(), DataError> {
        for line in self.read("source.txt")?.lines() {
            let [package, version, date, _licence] = line?.fields;
            let package = self.embedded.text(&format!("{package} {version}"));
            let date = self.embedded.text(date);
            self.embedded.push(SOURCES, [package, date]);
        }
        Ok(())
    }

    /// Prefix and name of each service; their rows wait for what belongs to them.
    fn services(&mut self) -> Result<Vec<(u32, u32)>, DataError> {
        let mut rows = Vec::new();
        let mut order = Order::new();
        for (line, number) in self.read("services.txt")?.lines().zip(0..) {
            let line = line?;
            let [prefix, name] = line.fields;
            order.check(line.place, prefix.to_owned())?;
            self.services.insert(prefix.to_owned(), number);
            rows.push((self.embedded.text(prefix), self.embedded.text(name)));
        }
        Ok(rows)
    }

    /// The keys that each service lists.
    fn condition_keys(&mut self) -> Result<BTreeMap<u32, Vec<u32>>, DataError> {
        let file = self.read("condition-keys.txt")?;
        let mut facts = BTreeMap::new();
        let mut order = Order::new();
        for line in file.lines() {
            let line = line?;
            let [prefix, key, value_type, multiplicity] = line.fields;
            order.check(line.place, (prefix.to_owned(), key.to_ascii_lowercase()))?;
            self.service(line.place, prefix)?;
            if key.matches("${").count() > 1 {
                return Err(line.place.error("more than one `${..}`"));
            }
            let value_type = line.place.choice(&VALUE_TYPES, value_type)?;
            let multivalued = line
                .place
                .choice(&["single", "multivalued"], multiplicity)?;
            let fact = (key, value_type, multivalued);
            // Other services list the keys of one that they work with, not always with its type.
            let own = key
                .split_once(':')
                .is_some_and(|(owner, _)| owner == prefix);
            if own {
                facts.insert(key.to_ascii_lowercase(), fact);
            } else {
                facts.entry(key.to_ascii_lowercase()).or_insert(fact);
            }
        }
        for (lower, (key, value_type, multivalued)) in facts {
            let text = self.embedded.text(key);
            let number = self
                .embedded
                .push(CONDITION_KEYS, [text, value_type, multivalued]);
            if key.contains("${") {
                self.embedded.push(TEMPLATED_KEYS, [number]);
            }
            self.keys.insert(lower, number);
        }
        let mut listed = BTreeMap::<_, Vec<_>>::new();
        for line in file.lines::<4>() {
            let line = line?;
            let [prefix, key, ..] = line.fields;
            let service = self.service(line.place, prefix)?;
            listed
                .entry(service)
                .or_default()
                .push(self.key(line.place, key)?);
        }
        Ok(listed)
    }

    /// First and end row of each service's resource types.
    fn resource_types(&mut self) -> Result<BTreeMap<u32, (u32, u32)>, DataError> {
        let mut ranges = BTreeMap::new();
        let mut order = Order::new();
        for line in self.read("resource-types.txt")?.lines() {
            let line = line?;
            let [prefix, name, templates, keys] = line.fields;
            let lower = name.to_ascii_lowercase();
            order.check(line.place, (prefix.to_owned(), lower.clone()))?;
            let service = self.service(line.place, prefix)?;
            let templates = items(templates, ", ")
                .map(|text| self.embedded.text(text))
                .collect();
            let templates = self.embedded.list(templates);
            let keys = self.key_list(line.place, keys)?;
            let name = self.embedded.text(name);
            let number = self
                .embedded
                .push(RESOURCE_TYPES, [name, service, templates, keys]);
            self.types.insert((service, lower), number);
            ranges.entry(service).or_insert((number, 0)).1 = number + 1;
        }
        Ok(ranges)
    }

    fn action_type_keys(&mut self) -> Result<(), DataError> {
        let mut order = Order::new();
        for line in self.read("action-resource-keys.txt")?.lines() {
            let line = line?;
            let [action, kind, keys] = line.fields;
            let (prefix, name) = line.place.split_action(action)?;
            let at = (action.to_ascii_lowercase(), kind.to_ascii_lowercase());
            order.check(
                line.place,
                (prefix.to_owned(), name.to_ascii_lowercase(), at.1.clone()),
            )?;
            let keys = self.key_list(line.place, keys)?;
            self.action_type_keys.insert(at, (line.place, keys));
        }
        Ok(())
    }

    /// First and end row of each service's actions.
    fn actions(&mut self) -> Result<BTreeMap<u32, (u32, u32)>, DataError> {
        let mut ranges = BTreeMap::new();
        let mut order = Order::new();
        let no_keys = self.embedded.list(Vec::new());
        for line in self.read("actions.txt")?.lines() {
            let line = line?;
            let [action, level, types, keys] = line.fields;
            let (prefix, name) = line.place.split_action(action)?;
            let lower = action.to_ascii_lowercase();
            order.check(line.place, (prefix.to_owned(), name.to_ascii_lowercase()))?;
            let service = self.service(line.place, prefix)?;
            let level = line.place.choice(&ACCESS_LEVELS, level)?;
            let first_type = self.embedded.rows(ACTION_TYPES);
            for written in items(types, ", ") {
                let kind = written.trim_end_matches('*');
                let at = (service, kind.to_ascii_lowercase());
                let number = *self
                    .types
                    .get(&at)
                    .ok_or_else(|| line.place.error(format!("no resource type `{kind}`")))?;
                let required = u32::from(kind != written);
                let keys = self
                    .action_type_keys
                    .remove(&(lower.clone(), at.1))
                    .map_or(no_keys, |(_, keys)| keys);
                self.embedded.push(ACTION_TYPES, [number, required, keys]);
            }
            let end_type = self.embedded.rows(ACTION_TYPES);
            let keys = self.key_list(line.place, keys)?;
            let name = self.embedded.text(name);
            let row = [name, service, level, first_type, end_type, keys];
            let number = self.embedded.push(ACTIONS, row);
            self.actions.insert(lower, number);
            ranges.entry(service).or_insert((number, 0)).1 = number + 1;
        }
        match self.action_type_keys.values().next() {
            Some((place, _)) => Err(place.error("no such resource type of such an action")),
            None => Ok(ranges),
        }
    }

    fn global_condition_keys(&mut self) -> Result<(), DataError> {
        let mut order = Order::new();
        for line in self.read("global-condition-keys.txt")?.lines() {
            let line = line?;
            let [key, value_types, multiplicity, availability] = line.fields;
            order.check(line.place, key.to_ascii_lowercase())?;
            let value_types: Result<_, _> = items(value_types, ", ")
                .map(|value_type| line.place.choice(&VALUE_TYPES, value_type))
                .collect();
            let row = [
                self.embedded.text(key),
                self.embedded.list(value_types?),
                line.place
                    .choice(&["single", "multivalued"], multiplicity)?,
                line.place.choice(&["sometimes", "always"], availability)?,
            ];
            self.embedded.push(GLOBAL_KEYS, row);
        }
        Ok(())
    }

    fn event_sources(&mut self) -> Result<(), DataError> {
        let mut order = Order::new();
        for line in self.read("event-sources.txt")?.lines() {
            let line = line?;
            let [source, prefix] = line.fields;
            order.check(line.place, source.to_owned())?;
            self.service(line.place, prefix)?;
            let row = [self.embedded.text(source), self.embedded.text(prefix)];
            self.embedded.push(EVENT_SOURCES, row);
        }
        Ok(())
    }

    fn event_actions(&mut self) -> Result<(), DataError> {
        let mut order = Order::new();
        for line in self.read("event-actions.txt")?.lines() {
            let line = line?;
            let [event, actions] = line.fields;
            let (prefix, name) = line.place.split_action(event)?;
            order.check(line.place, (prefix.to_owned(), name.to_ascii_lowercase()))?;
            self.service(line.place, prefix)?;
            let mut list = Vec::new();
            let depends = actions.contains(" or ");
            for action in items(actions, if depends { " or " } else { ", " }) {
                list.push(self.action(line.place, action)?);
            }
            let list = self.embedded.list(list);
            let prefix = self.embedded.text(prefix);
            let row = [prefix, self.embedded.text(name), list, u32::from(depends)];
            self.embedded.push(EVENT_ACTIONS, row);
        }
        Ok(())
    }

    fn api_calls(&mut self) -> Result<(), DataError> {
        let file = self.read("api-calls.txt")?;
        let mut operations = Vec::<(&str, u32, u32)>::new();
        let mut order = Order::new();
        for line in file.lines() {
            let line = line?;
            let [operation, action, details] = line.fields;
            let (prefix, name) = line.place.split_action(operation)?;
            let key = (
                prefix,
                name.to_ascii_lowercase(),
                action.to_ascii_lowercase(),
                details,
            );
            order.check(line.place, key)?;
            self.service(line.place, prefix)?;
            let number = self.operation_action(line.place, action, details)?;
            match operations.last_mut() {
                Some((last, _, end)) if *last == operation => *end = number + 1,
                _ => operations.push((operation, number, number + 1)),
            }
        }
        for (operation, first, end) in operations {
            let (prefix, name) = operation.split_once(':').unwrap_or_default();
            let row = [
                self.embedded.text(prefix),
                self.embedded.text(name),
                first,
                end,
            ];
            self.embedded.push(OPERATIONS, row);
        }
        Ok(())
    }

    fn operation_action(
        &mut self,
        place: Place,
        action: &str,
        details: &str,
    ) -> Result<u32, DataError> {
        let action = self.action(place, action)?;
        let [mut when, mut unless, mut arn] = [0; 3];
        let (mut variables, mut arns) = (Vec::new(), Vec::new());
        for detail in items(details, "; ") {
            if let Some(path) = detail.strip_prefix("when ") {
                when = self.embedded.text(path);
            } else if let Some(path) = detail.strip_prefix("unless ") {
                unless = self.embedded.text(path);
            } else {
                let (name, template) = detail.split_once('=').ok_or_else(|| {
                    place.error(format!(
                        "`{detail}` is neither a condition nor name=template"
                    ))
                })?;
                let template = self.embedded.text(template);
                if name == "arn" {
                    arn = template;
                } else if let Some(kind) = name.strip_prefix('@') {
                    arns.extend([self.embedded.text(kind), template]);
                } else {
                    variables.extend([self.embedded.text(name), template]);
                }
            }
        }
        let row = [
            action,
            when,
            unless,
            arn,
            self.embedded.list(variables),
            self.embedded.list(arns),
        ];
        Ok(self.embedded.push(OPERATION_ACTIONS, row))
    }

    fn rest_paths(&mut self) -> Result<(), DataError> {
        let mut order = Order::new();
        for line in self.read("rest-paths.txt")?.lines() {
            let line = line?;
            let [operation, version, verb, path] = line.fields;
            let version = line.place.choice(&["", "1", "2"], version)?;
            order.check(line.place, (operation.to_ascii_lowercase(), version))?;
            self.action(line.place, &format!("apigateway:{verb}"))?;
            let operation = self.embedded.text(operation);
            let row = [
                operation,
                version,
                self.embedded.text(verb),
                self.embedded.text(path),
            ];
            self.embedded.push(REST_CALLS, row);
        }
        Ok(())
    }

    fn no_permission(&mut self) -> Result<(), DataError> {
        let mut order = Order::new();
        for line in self.read("no-permission.txt")?.lines() {
            let line = line?;
            let [action] = line.fields;
            order.check(line.place, action.to_ascii_lowercase())?;
            let action = self.action(line.place, action)?;
            self.embedded.push(FREE_ACTIONS, [action]);
        }
        Ok(())
    }

    fn rcp_services(&mut self) -> Result<(), DataError> {
        let mut order = Order::new();
        for line in self.read("rcp-services.txt")?.lines() {
            let line = line?;
            let [prefix] = line.fields;
            order.check(line.place, prefix.to_ascii_lowercase())?;
            self.service(line.place, prefix)?;
            let prefix = self.embedded.text(prefix);
            self.embedded.push(RCP_SERVICES, [prefix]);
        }
        Ok(())
    }

    fn service(&self, place: Place, prefix: &str) -> Result<u32, DataError> {
        self.services
            .get(prefix)
            .copied()
            .ok_or_else(|| place.error(format!("no service `{prefix}`")))
    }

    fn key(&self, place: Place, key: &str) -> Result<u32, DataError> {
        self.keys
            .get(&key.to_ascii_lowercase())
            .copied()
            .ok_or_else(|| place.error(format!("no condition key `{key}`")))
    }

    fn key_list(&mut self, place: Place, field: &str) -> Result<u32, DataError> {
        let keys: Result<_, _> = items(field, ", ").map(|key| self.key(place, key)).collect();
        Ok(self.embedded.list(keys?))
    }

    /// The text of an action that there is.
    fn action(&mut self, place: Place, action: &str) -> Result<u32, DataError> {
        if !self.actions.contains_key(&action.to_ascii_lowercase()) {
            return Err(place.error(format!("no action `{action}`")));
        }
        Ok(self.embedded.text(action))
    }
}
