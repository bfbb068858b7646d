//! YAML with CloudFormation's short forms becomes JSON with the long forms: `!Ref x` is `{"Ref": "x"}`.

use serde_json::{Map, Value, json};
use serde_norway::Value as Yaml;

use crate::TemplateError;

pub(crate) fn parse(text: &str) -> Result<Value, TemplateError> {
    plain(serde_norway::from_str(text)?, "template")
}

fn plain(yaml: Yaml, at: &str) -> Result<Value, TemplateError> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(truth) => Value::Bool(truth),
        Yaml::Number(number) => number_of(&number, at)?,
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => {
            let items = items
                .into_iter()
                .enumerate()
                .map(|(place, item)| plain(item, &format!("{at}.{place}")));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(entries) => Value::Object(
            entries
                .into_iter()
                .map(|entry| pair(entry, at))
                .collect::<Result<_, _>>()?,
        ),
        Yaml::Tagged(tagged) => long_form(&tagged.tag.to_string(), plain(tagged.value, at)?),
    })
}

fn pair((key, value): (Yaml, Yaml), at: &str) -> Result<(String, Value), TemplateError> {
    let Yaml::String(key) = key else {
        return Err(TemplateError::unusable(at, "a key is not a text"));
    };
    let value = plain(value, &format!("{at}.{key}"))?;
    Ok((key, value))
}

fn number_of(number: &serde_norway::Number, at: &str) -> Result<Value, TemplateError> {
    let whole = number.as_i64().map(Value::from);
    let value = whole
        .or_else(|| number.as_u64().map(Value::from))
        .or_else(|| number.as_f64().map(Value::from));
    value
        .filter(|value| !value.is_null())
        .ok_or_else(|| TemplateError::unusable(at, "is not a finite number"))
}

fn long_form(tag: &str, argument: Value) -> Value {
    let name = match tag.trim_start_matches('!') {
        "Ref" => "Ref".to_owned(),
        other => format!("Fn::{other}"),
    };
    let argument = match (name.as_str(), &argument) {
        ("Fn::GetAtt", Value::String(text)) => match text.split_once('.') {
            Some((resource, attribute)) => json!([resource, attribute]),
            None => argument,
        },
        _ => argument,
    };
    Value::Object(Map::from_iter([(name, argument)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_become_long_forms() {
        let value =
            parse("a: !Ref B\nc: !GetAtt D.Arn\ne: !Sub '${F}'\ng: [1, -2, 2.5, true, null]").unwrap();
        let expected = json!({
            "a": {"Ref": "B"},
            "c": {"Fn::GetAtt": ["D", "Arn"]},
            "e": {"Fn::Sub": "${F}"},
            "g": [1, -2, 2.5, true, null],
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn what_is_not_a_template_is_refused() {
        assert!(matches!(parse("a: [1"), Err(TemplateError::Yaml(_))));
        assert!(
            parse("1: 2")
                .unwrap_err()
                .to_string()
                .contains("a key is not a text")
        );
        assert!(parse("a: .inf").is_err());
    }
}
