use infra::Template;
use serde_json::Value;

use crate::template;

#[test]
fn each_function_has_a_role_of_its_own_that_names_its_actions() {
    let template = template();
    let resources = template.resources();
    let mut roles: Vec<&Value> = resources
        .values()
        .filter(|resource| resource.kind == "AWS::Serverless::Function")
        .map(|function| &function.properties["Role"])
        .collect();
    let functions = roles.len();
    roles.sort_by_key(|role| role.to_string());
    roles.dedup();
    assert_eq!((functions, roles.len()), (8, 8));
    for role in resources
        .values()
        .filter(|resource| resource.kind == "AWS::IAM::Role")
    {
        for statement in role.properties["Policies"][0]["PolicyDocument"]["Statement"]
            .as_array()
            .unwrap()
        {
            let actions = statement["Action"].to_string();
            assert!(
                !actions.contains('*') && !actions.contains("dynamodb:Scan"),
                "{actions}"
            );
        }
    }
}

/// What the role of a function may do with the table.
fn table_actions(template: &Template, role: &str) -> Vec<String> {
    let statements = &template.resources()[role].properties["Policies"][0]["PolicyDocument"]["Statement"];
    let on_table = |statement: &&Value| {
        statement["Resource"]
            .as_str()
            .is_some_and(|arn| arn.ends_with("table/Table"))
    };
    let statement = statements.as_array().unwrap().iter().find(on_table).unwrap();
    let actions = match &statement["Action"] {
        Value::Array(list) => list.clone(),
        single => vec![single.clone()],
    };
    let names = actions
        .iter()
        .map(|action| action.as_str().unwrap().replace("dynamodb:", ""));
    names.collect()
}

#[test]
fn each_role_may_do_with_the_table_what_its_use_case_does() {
    let template = template();
    for (role, expected) in [
        ("MapIngestRole", "GetItem PutItem Query"),
        ("RunEventsRole", "GetItem PutItem Query"),
        ("StatusRole", "GetItem PutItem UpdateItem"),
        ("CommandOutcomeRole", "GetItem PutItem UpdateItem"),
        ("PresenceRole", "GetItem PutItem UpdateItem"),
        ("FoldRole", "GetItem PutItem UpdateItem Query"),
        ("LiveAuthorizerRole", "GetItem"),
        (
            "ApiRole",
            "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
        ),
    ] {
        assert_eq!(table_actions(&template, role).join(" "), expected, "{role}");
    }
}

#[test]
fn whoever_calls_a_function_is_held_to_this_account_and_one_source() {
    let template = template();
    let mut permitted = Vec::new();
    for permission in template
        .resources()
        .values()
        .filter(|resource| resource.kind == "AWS::Lambda::Permission")
    {
        assert_eq!(permission.properties["SourceAccount"], "000000000000");
        permitted.push(permission.properties["SourceArn"].as_str().unwrap());
    }
    for rule in template.rules() {
        assert!(
            permitted.contains(&format!("arn:aws:iot:us-east-1:000000000000:rule/{}", rule.name).as_str())
        );
    }
}
