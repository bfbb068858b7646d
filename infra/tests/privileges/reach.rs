//! What a function can reach: from its bootstrap through use cases and ports into the adapters, by the types of what
//! methods are called on.

use std::collections::{BTreeMap, BTreeSet};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Lit, Pat, Token};

use crate::sources::{Function, FunctionKey, Sources, type_name};

/// One call of a provider's service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The crate of the adapter, such as `crates/store`.
    pub adapter: String,
    /// The SDK's operation, such as `get_item`.
    pub operation: String,
    /// What narrows it: an index, or the topic's variant and whether it is retained.
    pub detail: String,
}

/// What was found on the way.
#[derive(Default)]
pub struct Reached {
    /// The calls of services.
    pub calls: BTreeSet<Call>,
    /// Awaited calls of a port's method on something whose type is not known.
    pub unclear: BTreeSet<String>,
    seen: BTreeSet<FunctionKey>,
}

impl Reached {
    /// Everything that is reached from these functions.
    pub fn from(sources: &Sources, roots: impl IntoIterator<Item = FunctionKey>) -> Self {
        let mut reached = Self::default();
        let mut waiting: Vec<FunctionKey> = roots.into_iter().collect();
        while let Some(key) = waiting.pop() {
            if !reached.seen.insert(key.clone()) {
                continue;
            }
            for function in sources.functions.get(&key).into_iter().flatten() {
                waiting.extend(reached.walk(sources, function));
            }
        }
        reached
    }

    fn walk(&mut self, sources: &Sources, function: &Function) -> BTreeSet<FunctionKey> {
        let mut walk = Walk::new(sources, function);
        walk.visit_block(&function.body);
        self.calls.extend(walk.calls);
        self.unclear.extend(walk.unclear);
        walk.next
    }
}

struct Walk<'a> {
    sources: &'a Sources,
    function: &'a Function,
    variables: BTreeMap<String, String>,
    next: BTreeSet<FunctionKey>,
    calls: BTreeSet<Call>,
    unclear: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    fn new(sources: &'a Sources, function: &'a Function) -> Self {
        let mut walk = Self {
            sources,
            function,
            variables: BTreeMap::new(),
            next: BTreeSet::new(),
            calls: BTreeSet::new(),
            unclear: BTreeSet::new(),
        };
        walk.variables
            .extend(function.owner.clone().map(|owner| ("self".to_owned(), owner)));
        for (pattern, ty) in function.parameters() {
            let name = type_name(ty, function.owner.as_deref());
            walk.variables.extend(variable(pattern).zip(name));
        }
        walk
    }

    fn type_of(&self, value: &Expr) -> Option<String> {
        match value {
            Expr::Path(path) => self.variables.get(&path.path.get_ident()?.to_string()).cloned(),
            Expr::Field(access) => {
                let owner = self.type_of(&access.base)?;
                let syn::Member::Named(field) = &access.member else {
                    return None;
                };
                self.sources.field(&owner, &field.to_string()).map(str::to_owned)
            }
            Expr::Reference(inner) => self.type_of(&inner.expr),
            Expr::Unary(inner) => self.type_of(&inner.expr),
            Expr::Paren(inner) => self.type_of(&inner.expr),
            Expr::Await(inner) => self.type_of(&inner.base),
            Expr::Try(inner) => self.type_of(&inner.expr),
            Expr::MethodCall(call) => {
                let owner = self.type_of(&call.receiver)?;
                let name = call.method.to_string();
                match name.as_str() {
                    "as_ref" | "clone" | "as_deref" => Some(owner),
                    _ => self.result_of(&self.sources.methods(&owner, &name)),
                }
            }
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => self.result_of(&self.named(&path.path)),
                _ => None,
            },
            _ => None,
        }
    }

    fn result_of(&self, keys: &[FunctionKey]) -> Option<String> {
        let mut functions = keys
            .iter()
            .filter_map(|key| self.sources.functions.get(key))
            .flatten();
        functions.find_map(Function::result)
    }

    /// The functions that a path may name: `Type::method`, or a free function.
    fn named(&self, path: &syn::Path) -> Vec<FunctionKey> {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let Some((name, before)) = names.split_last() else {
            return Vec::new();
        };
        match before.last() {
            Some(owner) if owner == "Self" => match &self.function.owner {
                Some(owner) => self.sources.methods(owner, name),
                None => Vec::new(),
            },
            Some(owner) if owner.starts_with(char::is_uppercase) => self.sources.methods(owner, name),
            _ => {
                let key = (None, name.clone());
                self.sources
                    .functions
                    .contains_key(&key)
                    .then_some(key)
                    .into_iter()
                    .collect()
            }
        }
    }

    /// A message over the data plane: its topic and whether it is retained stand in the call of the adapter's own
    /// `publish`.
    fn publish(&mut self, arguments: &Punctuated<Expr, Token![,]>) {
        let topic = arguments.first().and_then(variant_of).unwrap_or_default();
        let retained = arguments.last().is_some_and(is_true);
        self.call("publish", &topic);
        if retained {
            self.call("retain_publish", &topic);
        }
    }

    fn call(&mut self, operation: &str, detail: &str) {
        self.calls.insert(Call {
            adapter: self.function.crate_name.clone(),
            operation: operation.to_owned(),
            detail: detail.to_owned(),
        });
    }

    fn is_port_method(&self, name: &str) -> bool {
        self.sources.traits.values().any(|methods| methods.contains(name))
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        match self.type_of(&call.receiver).as_deref() {
            Some("Client") if name != "publish" => {
                let indexed = quoted(&self.function.body).contains("index_name");
                self.call(&name, if indexed { "index" } else { "" });
            }
            Some("DataPlane") if name == "publish" => self.publish(&call.args),
            Some(owner) => self.next.extend(self.sources.methods(owner, &name)),
            None => {}
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_await(&mut self, awaited: &'ast syn::ExprAwait) {
        if let Expr::MethodCall(call) = &*awaited.base
            && self.is_port_method(&call.method.to_string())
            && self.type_of(&call.receiver).is_none()
        {
            let place = format!("{} in {}", call.method, self.function.file.display());
            self.unclear.insert(place);
        }
        visit::visit_expr_await(self, awaited);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let named = self.named(&path.path);
        self.next.extend(named);
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func
            && let Some(step) = step_of(&path.path)
        {
            self.call("step", &step);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        visit::visit_local(self, local);
        if let Some(init) = &local.init {
            let named = variable(&local.pat).zip(self.type_of(&init.expr));
            self.variables.extend(named);
        }
    }

    fn visit_pat_struct(&mut self, pattern: &'ast syn::PatStruct) {
        let names: Vec<String> = pattern
            .path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let owner = names
            .get(names.len().saturating_sub(2)..)
            .unwrap_or_default()
            .join("::");
        for field in &pattern.fields {
            let syn::Member::Named(name) = &field.member else {
                continue;
            };
            let ty = self.sources.field(&owner, &name.to_string()).map(str::to_owned);
            self.variables.extend(variable(&field.pat).zip(ty));
        }
        visit::visit_pat_struct(self, pattern);
    }

    /// What a macro is given, where that is a list of expressions.
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if let Ok(arguments) = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            let mut inner = Walk::new(self.sources, self.function);
            inner.variables.clone_from(&self.variables);
            arguments.iter().for_each(|argument| inner.visit_expr(argument));
            self.next.extend(inner.next);
            self.calls.extend(inner.calls);
            self.unclear.extend(inner.unclear);
        }
    }
}

/// The name that a pattern binds, alone or in a wrapper such as `State(state)`.
fn variable(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) => Some(name.ident.to_string()),
        Pat::Type(typed) => variable(&typed.pat),
        Pat::TupleStruct(wrapper) if wrapper.elems.len() == 1 => variable(wrapper.elems.first()?),
        _ => None,
    }
}

/// `Commands` of `Downlink::Commands(robot)`.
fn variant_of(value: &Expr) -> Option<String> {
    let Expr::Call(call) = value else { return None };
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    Some(path.path.segments.last()?.ident.to_string())
}

/// `Put` of `Step::Put(…)`, one write of a transaction.
fn step_of(path: &syn::Path) -> Option<String> {
    let mut names = path
        .segments
        .iter()
        .rev()
        .map(|segment| segment.ident.to_string());
    let variant = names.next()?;
    (names.next()? == "Step").then_some(variant)
}

fn is_true(value: &Expr) -> bool {
    matches!(value, Expr::Lit(literal) if matches!(&literal.lit, Lit::Bool(truth) if truth.value))
}

fn quoted(body: &syn::Block) -> String {
    struct Names(String);
    impl<'ast> Visit<'ast> for Names {
        fn visit_ident(&mut self, name: &'ast syn::Ident) {
            self.0.push_str(&name.to_string());
            self.0.push(' ');
        }
    }
    let mut names = Names(String::new());
    names.visit_block(body);
    names.0
}
