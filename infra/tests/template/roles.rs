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
    assert_eq!((functions, roles.len()), (11, 11));
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
