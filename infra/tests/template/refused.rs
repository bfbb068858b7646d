use infra::{Parameters, TEMPLATE, Template, TemplateError};

use crate::parameters;

fn error_chain(template: &str, parameters: &Parameters) -> String {
    let error = Template::parse(template, parameters).unwrap_err();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[test]
fn a_parameter_that_makes_no_sense_is_named() {
    let given = |name: &str, value: &str| {
        let mut parameters = parameters();
        parameters.overrides.insert(name.into(), value.into());
        error_chain(TEMPLATE, &parameters)
    };
    assert_eq!(
        given("LiveView", "maybe"),
        "parameter LiveView: must be one of true, false, is maybe"
    );
    assert_eq!(
        given("Colour", "red"),
        "parameter Colour: is not declared in the template"
    );
    let nameless = TEMPLATE.replace("    Default: arm64\n", "");
    let missing = error_chain(&nameless, &parameters());
    assert_eq!(
        missing,
        "parameter Architecture: has no default and was not given a value"
    );
    let stage = error_chain(TEMPLATE, &Parameters::new("a/b", "us-east-1", "000000000000"));
    assert!(stage.contains("RuleName must have 1 to 128 letters"), "{stage}");
}

#[test]
fn what_the_reader_does_not_know_stops_it_by_name() {
    let changed = |from: &str, to: &str| {
        assert!(TEMPLATE.contains(from), "{from}");
        error_chain(&TEMPLATE.replacen(from, to, 1), &parameters())
    };
    let intrinsic = changed(
        "PolicyName: !Sub '${Stage}_device'",
        "PolicyName: !Select [0, [a]]",
    );
    assert!(
        intrinsic.contains("Resources.DevicePolicy.Properties.PolicyName: Fn::Select"),
        "{intrinsic}"
    );
    let function = changed("traceid() AS trace", "newuuid() AS trace");
    assert!(
        function.contains("the function newuuid is not known"),
        "{function}"
    );
    let reference = changed(
        "FunctionArn: !GetAtt MapIngestFunction.Arn",
        "FunctionArn: !GetAtt Nobody.Arn",
    );
    assert!(reference.contains("Nobody is neither"), "{reference}");
    let filter = changed(r#"{"S": ["sealed"]}"#, r#"{"S": [{"prefix": "s"}]}"#);
    assert!(filter.contains("dynamodb.NewImage.state.S"), "{filter}");
    let action = changed("Action: iot:Connect", "Action: iot:Fly");
    assert!(action.contains("iot:Fly"), "{action}");
    let version = changed("AwsIotSqlVersion: '2016-03-23'", "AwsIotSqlVersion: '2015-10-08'");
    assert!(version.contains("2015-10-08"), "{version}");
}

#[test]
fn a_rule_must_have_an_error_action() {
    let without = TEMPLATE.replacen("        ErrorAction:\n", "        Ignored:\n", 1);
    assert!(error_chain(&without, &parameters()).contains("ErrorAction"));
    let error = Template::parse("Resources: {}", &parameters()).unwrap_err();
    assert!(matches!(
        error,
        TemplateError::NotOne {
            kind: "AWS::DynamoDB::Table",
            found: 0
        }
    ));
}
