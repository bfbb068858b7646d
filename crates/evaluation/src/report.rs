//! The figures as a table.

use serde_json::Value;

/// One line for each figure; lists are left to the JSON.
pub(crate) fn table(figures: &Value) -> String {
    let mut lines = Vec::new();
    collect("", figures, &mut lines);
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value): &(String, String)| format!("{name:width$}  {value}\n");
    lines.iter().map(line).collect()
}

fn collect(name: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let dot = if name.is_empty() { "" } else { "." };
                collect(&format!("{name}{dot}{field}"), value, lines);
            }
        }
        Value::Number(number) if number.is_f64() => {
            let rounded = format!("{:.4}", number.as_f64().unwrap_or(f64::NAN));
            lines.push((name.to_owned(), rounded));
        }
        Value::Number(_) | Value::Bool(_) | Value::String(_) | Value::Null => {
            lines.push((name.to_owned(), value.to_string()));
        }
        Value::Array(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nested_figures_are_named_by_their_path() {
        let figures = json!({"homes": 3, "permanent": {"f1": 0.51234}, "plans": [1, 2]});
        assert_eq!(table(&figures), "homes         3\npermanent.f1  0.5123\n");
    }
}
