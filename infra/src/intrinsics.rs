//! CloudFormation's functions, as far as the template uses them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::TemplateError;
use crate::names::Names;
use crate::parameters::text_of;

/// What names stand for while a template is resolved.
pub(crate) struct Scope {
    /// Parameters and pseudo parameters.
    pub(crate) values: BTreeMap<String, Value>,
    pub(crate) conditions: BTreeMap<String, bool>,
    pub(crate) names: Names,
}

impl Scope {
    /// The value without functions; `None` stands for `AWS::NoValue`, which takes its field away.
    pub(crate) fn resolve(&self, value: &Value, at: &str) -> Result<Option<Value>, TemplateError> {
        match value {
            Value::Object(fields) => match as_call(fields) {
                Some((name, argument)) => self.call(name, argument, at),
                None => self.resolve_fields(fields, at).map(Some),
            },
            Value::Array(items) => self.resolve_items(items, at).map(Value::Array).map(Some),
            scalar => Ok(Some(scalar.clone())),
        }
    }

    /// Whether a condition of the template's own section holds.
    pub(crate) fn holds(&self, condition: &Value, at: &str) -> Result<bool, TemplateError> {
        let call = condition.as_object().and_then(as_call);
        let (name, argument) = call.ok_or_else(|| TemplateError::unusable(at, "is not a condition"))?;
        let Value::Array(arguments) = argument else {
            return Err(TemplateError::intrinsic(name, at));
        };
        match (name, arguments.as_slice()) {
            ("Fn::Equals", [left, right]) => {
                let text = |value| Ok::<_, TemplateError>(self.resolve(value, at)?.as_ref().map(text_of));
                Ok(text(left)? == text(right)?)
            }
            ("Fn::Not", [inner]) => self.holds(inner, at).map(|truth| !truth),
            ("Fn::And", all) => all
                .iter()
                .try_fold(true, |truth, each| Ok(self.holds(each, at)? && truth)),
            ("Fn::Or", any) => any
                .iter()
                .try_fold(false, |truth, each| Ok(self.holds(each, at)? || truth)),
            _ => Err(TemplateError::intrinsic(name, at)),
        }
    }

    fn resolve_fields(&self, fields: &Map<String, Value>, at: &str) -> Result<Value, TemplateError> {
        let mut resolved = Map::new();
        for (name, value) in fields {
            if let Some(value) = self.resolve(value, &format!("{at}.{name}"))? {
                resolved.insert(name.clone(), value);
            }
        }
        Ok(Value::Object(resolved))
    }

    fn resolve_items(&self, items: &[Value], at: &str) -> Result<Vec<Value>, TemplateError> {
        let resolve = |(place, item)| self.resolve(item, &format!("{at}.{place}")).transpose();
        items.iter().enumerate().filter_map(resolve).collect()
    }

    fn call(&self, name: &str, argument: &Value, at: &str) -> Result<Option<Value>, TemplateError> {
        match (name, argument) {
            ("Ref", Value::String(target)) if target == "AWS::NoValue" => Ok(None),
            ("Ref", Value::String(target)) => self.reference(target, at).map(Some),
            ("Fn::Sub", Value::String(text)) => self.substitute(text, &Map::new(), at).map(Some),
            ("Fn::Sub", Value::Array(pair)) => match pair.as_slice() {
                [Value::String(text), Value::Object(own)] => self.substitute(text, own, at).map(Some),
                _ => Err(TemplateError::intrinsic(name, at)),
            },
            ("Fn::GetAtt", Value::Array(path)) => match path.as_slice() {
                [Value::String(resource), Value::String(attribute)] => self
                    .attribute(resource, attribute, at)
                    .map(Value::String)
                    .map(Some),
                _ => Err(TemplateError::intrinsic(name, at)),
            },
            ("Fn::Join", Value::Array(pair)) => self.join(pair, at).map(Some),
            ("Fn::If", Value::Array(branches)) => self.choose(branches, at),
            _ => Err(TemplateError::intrinsic(name, at)),
        }
    }

    fn reference(&self, target: &str, at: &str) -> Result<Value, TemplateError> {
        let resource = || self.names.reference(target).map(Value::String);
        let value = self.values.get(target).cloned().or_else(resource);
        value.ok_or_else(|| TemplateError::Reference {
            name: target.to_owned(),
            at: at.to_owned(),
        })
    }

    fn attribute(&self, resource: &str, attribute: &str, at: &str) -> Result<String, TemplateError> {
        if !self.names.contains(resource) {
            return Err(TemplateError::Reference {
                name: resource.to_owned(),
                at: at.to_owned(),
            });
        }
        self.names
            .attribute(resource, attribute)
            .ok_or_else(|| TemplateError::Attribute {
                resource: resource.to_owned(),
                attribute: attribute.to_owned(),
                at: at.to_owned(),
            })
    }

    fn substitute(&self, text: &str, own: &Map<String, Value>, at: &str) -> Result<Value, TemplateError> {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after
                .split_once('}')
                .ok_or_else(|| TemplateError::unusable(at, "a ${ has no }"))?;
            result.push_str(before);
            result.push_str(&self.substituted(name, own, at)?);
            rest = tail;
        }
        result.push_str(rest);
        Ok(Value::String(result))
    }

    fn substituted(&self, name: &str, own: &Map<String, Value>, at: &str) -> Result<String, TemplateError> {
        if let Some(literal) = name.strip_prefix('!') {
            return Ok(format!("${{{literal}}}"));
        }
        if let Some(value) = own.get(name) {
            return Ok(self.resolve(value, at)?.as_ref().map(text_of).unwrap_or_default());
        }
        match name.split_once('.') {
            Some((resource, attribute)) => self.attribute(resource, attribute, at),
            None => self.reference(name, at).map(|value| text_of(&value)),
        }
    }

    fn join(&self, pair: &[Value], at: &str) -> Result<Value, TemplateError> {
        let [Value::String(separator), Value::Array(items)] = pair else {
            return Err(TemplateError::intrinsic("Fn::Join", at));
        };
        let texts: Vec<String> = self.resolve_items(items, at)?.iter().map(text_of).collect();
        Ok(Value::String(texts.join(separator)))
    }

    fn choose(&self, branches: &[Value], at: &str) -> Result<Option<Value>, TemplateError> {
        let [Value::String(condition), then, otherwise] = branches else {
            return Err(TemplateError::intrinsic("Fn::If", at));
        };
        let truth = self.condition(condition, at)?;
        self.resolve(if truth { then } else { otherwise }, at)
    }

    /// Whether the named condition holds.
    pub(crate) fn condition(&self, name: &str, at: &str) -> Result<bool, TemplateError> {
        let unknown = || TemplateError::Reference {
            name: name.to_owned(),
            at: at.to_owned(),
        };
        self.conditions.get(name).copied().ok_or_else(unknown)
    }
}

/// A function call is an object with one field, named `Ref` or `Fn::…`.
fn as_call(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = fields.iter().next().filter(|_| fields.len() == 1)?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name, argument))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Parameters;
    use crate::names::kind;

    fn scope() -> Scope {
        let mut names = Names::new(&Parameters::new("dev", "us-east-1", "000000000000"));
        names.add("Queue", kind::QUEUE, Some("failed".into()));
        let values = [("Stage".to_owned(), json!("dev")), ("Days".to_owned(), json!(3))].into();
        Scope {
            values,
            conditions: [("Live".to_owned(), false)].into(),
            names,
        }
    }

    fn resolved(value: Value) -> Option<Value> {
        scope().resolve(&value, "here").unwrap()
    }

    #[test]
    fn names_become_values() {
        assert_eq!(resolved(json!({"Ref": "Days"})), Some(json!(3)));
        assert_eq!(
            resolved(json!({"Fn::Sub": "${Stage}-${Days}-${!iot:ClientId}-${Queue.Arn}"})),
            Some(json!(
                "dev-3-${iot:ClientId}-arn:aws:sqs:us-east-1:000000000000:failed"
            ))
        );
        assert_eq!(
            resolved(json!({"Fn::Sub": ["${X}", {"X": {"Ref": "Stage"}}]})),
            Some(json!("dev"))
        );
        assert_eq!(
            resolved(json!({"Fn::Join": ["/", ["a", {"Ref": "Stage"}]]})),
            Some(json!("a/dev"))
        );
    }

    #[test]
    fn no_value_takes_its_field_away() {
        let value =
            json!({"a": {"Fn::If": ["Live", 1, {"Ref": "AWS::NoValue"}]}, "b": [{"Ref": "AWS::NoValue"}, 2]});
        assert_eq!(resolved(value), Some(json!({"b": [2]})));
    }

    #[test]
    fn what_is_not_known_is_named_with_its_place() {
        let error = |value: Value| scope().resolve(&value, "here").unwrap_err().to_string();
        assert_eq!(
            error(json!({"x": {"Fn::Cidr": []}})),
            "here.x: Fn::Cidr is not known with these arguments"
        );
        assert_eq!(
            error(json!([{"Ref": "Nobody"}])),
            "here.0: Nobody is neither a parameter nor a resource"
        );
        assert_eq!(
            error(json!({"Fn::Sub": "${Nobody.Arn}"})),
            "here: Nobody is neither a parameter nor a resource"
        );
        assert_eq!(
            error(json!({"Fn::GetAtt": ["Queue", "Colour"]})),
            "here: Queue has no attribute Colour"
        );
        assert_eq!(error(json!({"Fn::Sub": "${Stage"})), "here: a ${ has no }");
        assert!(error(json!({"Fn::If": ["Nobody", 1, 2]})).contains("Nobody"));
    }

    #[test]
    fn conditions_compare_and_combine() {
        let equal = json!({"Fn::Equals": [{"Ref": "Days"}, "3"]});
        let holds = |value: Value| scope().holds(&value, "here");
        assert!(holds(equal.clone()).unwrap());
        assert!(!holds(json!({"Fn::Not": [equal.clone()]})).unwrap());
        assert!(!holds(json!({"Fn::And": [equal.clone(), {"Fn::Not": [equal.clone()]}]})).unwrap());
        assert!(holds(json!({"Fn::Or": [{"Fn::Not": [equal.clone()]}, equal]})).unwrap());
        assert!(
            holds(json!({"Fn::Contains": []}))
                .unwrap_err()
                .to_string()
                .contains("Fn::Contains")
        );
    }
}
