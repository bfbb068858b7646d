//! The sources of the functions, indexed by type: what is called on what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, iter};

use syn::{Fields, FnArg, ImplItem, Item, ReturnType, Signature, TraitItem, Type};

/// A function: its type or trait, if it has one, its name, and the file it stands in if it has none.
pub type FunctionKey = (Option<String>, String);

/// A function with its body.
pub struct Function {
    pub crate_name: String,
    pub file: PathBuf,
    pub owner: Option<String>,
    pub signature: Signature,
    pub body: syn::Block,
}

/// All functions and types of some crates, types by their last name.
#[derive(Default)]
pub struct Sources {
    pub functions: BTreeMap<FunctionKey, Vec<Function>>,
    /// What implements a trait.
    pub implementers: BTreeMap<String, BTreeSet<String>>,
    /// The methods of each trait.
    pub traits: BTreeMap<String, BTreeSet<String>>,
    fields: BTreeMap<String, BTreeMap<String, String>>,
    targets: BTreeMap<String, String>,
}

impl Sources {
    /// Reads the sources of these folders of the workspace.
    pub fn read(folders: &[&str]) -> Self {
        let mut sources = Self::default();
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for folder in folders {
            for file in rust_files(&workspace.join(folder).join("src")) {
                let parsed = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap();
                let place = (*folder, file.as_path());
                parsed.items.into_iter().for_each(|item| sources.add(place, item));
            }
        }
        sources
    }

    /// The type of a field, also through `Deref`.
    pub fn field(&self, owner: &str, field: &str) -> Option<&str> {
        let own = self.fields.get(owner).and_then(|fields| fields.get(field));
        let through = || self.field(self.targets.get(owner)?, field);
        own.map(String::as_str).or_else(through)
    }

    /// The functions that a call of `name` on a value of this type may reach: for a trait, those of all its
    /// implementers.
    pub fn methods(&self, owner: &str, name: &str) -> Vec<FunctionKey> {
        let owners = iter::once(owner).chain(
            self.implementers
                .get(owner)
                .into_iter()
                .flatten()
                .map(String::as_str),
        );
        let keys = owners.map(|owner| (Some(owner.to_owned()), name.to_owned()));
        let found: Vec<_> = keys.filter(|key| self.functions.contains_key(key)).collect();
        match self.targets.get(owner) {
            Some(target) if found.is_empty() => self.methods(target, name),
            _ => found,
        }
    }

    fn add(&mut self, place: (&str, &Path), item: Item) {
        match item {
            Item::Fn(function) => self.add_function(place, None, function.sig, *function.block),
            Item::Impl(block) => self.add_impl(place, block),
            Item::Struct(item) => self.add_fields(item.ident.to_string(), &item.fields),
            Item::Enum(item) => {
                for variant in &item.variants {
                    self.add_fields(format!("{}::{}", item.ident, variant.ident), &variant.fields);
                }
            }
            Item::Trait(item) => self.add_trait(place, item),
            Item::Mod(module) if !is_test(&module.attrs) => {
                let items = module.content.into_iter().flat_map(|(_, items)| items);
                items.for_each(|item| self.add(place, item));
            }
            _ => {}
        }
    }

    fn add_fields(&mut self, owner: String, fields: &Fields) {
        let named = fields.iter().enumerate().filter_map(|(place, field)| {
            let name = field
                .ident
                .as_ref()
                .map_or(place.to_string(), ToString::to_string);
            Some((name, type_name(&field.ty, None)?))
        });
        self.fields.entry(owner).or_default().extend(named);
    }

    fn add_impl(&mut self, place: (&str, &Path), block: syn::ItemImpl) {
        let Some(owner) = type_name(&block.self_ty, None) else {
            return;
        };
        if let Some((_, path, _)) = &block.trait_ {
            let implemented = path.segments.last().unwrap().ident.to_string();
            self.implementers
                .entry(implemented)
                .or_default()
                .insert(owner.clone());
        }
        for item in block.items {
            match item {
                ImplItem::Fn(function) => {
                    self.add_function(place, Some(&owner), function.sig, function.block);
                }
                ImplItem::Type(target) if target.ident == "Target" => {
                    self.targets
                        .extend(type_name(&target.ty, None).map(|target| (owner.clone(), target)));
                }
                _ => {}
            }
        }
    }

    fn add_trait(&mut self, place: (&str, &Path), item: syn::ItemTrait) {
        let owner = item.ident.to_string();
        for item in item.items {
            let TraitItem::Fn(function) = item else { continue };
            self.traits
                .entry(owner.clone())
                .or_default()
                .insert(function.sig.ident.to_string());
            if let Some(body) = function.default {
                self.add_function(place, Some(&owner), function.sig, body);
            }
        }
    }

    fn add_function(
        &mut self,
        place: (&str, &Path),
        owner: Option<&str>,
        signature: Signature,
        body: syn::Block,
    ) {
        let function = Function {
            crate_name: place.0.to_owned(),
            file: place.1.to_owned(),
            owner: owner.map(str::to_owned),
            signature,
            body,
        };
        let key = (function.owner.clone(), function.signature.ident.to_string());
        self.functions.entry(key).or_default().push(function);
    }
}

impl Function {
    /// The types of the parameters that have a name.
    pub fn parameters(&self) -> impl Iterator<Item = (&syn::Pat, &Type)> {
        self.signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(parameter) => Some((&*parameter.pat, &*parameter.ty)),
            FnArg::Receiver(_) => None,
        })
    }

    /// The type that it gives, without what it is wrapped in.
    pub fn result(&self) -> Option<String> {
        match &self.signature.output {
            ReturnType::Type(_, ty) => type_name(ty, self.owner.as_deref()),
            ReturnType::Default => None,
        }
    }
}

/// The last name of a type, without references and what wraps a value: `Arc<dyn Store>` is `Store`.
pub fn type_name(ty: &Type, this: Option<&str>) -> Option<String> {
    match ty {
        Type::Reference(reference) => type_name(&reference.elem, this),
        Type::Paren(inner) => type_name(&inner.elem, this),
        Type::TraitObject(object) => object.bounds.iter().find_map(bound_name),
        Type::ImplTrait(object) => object.bounds.iter().find_map(bound_name),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            match last.ident.to_string().as_str() {
                "Arc" | "Box" | "Option" | "Result" | "State" | "Vec" => {
                    type_name(first_argument(last)?, this)
                }
                "Self" => this.map(str::to_owned),
                name => Some(name.to_owned()),
            }
        }
        _ => None,
    }
}

fn bound_name(bound: &syn::TypeParamBound) -> Option<String> {
    match bound {
        syn::TypeParamBound::Trait(bound) => Some(bound.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn first_argument(segment: &syn::PathSegment) -> Option<&Type> {
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    let is_cfg_test = |attribute: &syn::Attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|name| name == "test")
    };
    attributes.iter().any(is_cfg_test)
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
