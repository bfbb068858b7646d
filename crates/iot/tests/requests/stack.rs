//! The deployed stack, from which recordings are made.

use std::sync::{Arc, Mutex};

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use crate::flows::play;
use crate::recording::{Answer, Exchange, Origin, Recording, Request, modelled};
use crate::replay::{POLICY, Service};

/// What is asked before a flow and is none of it.
const PREPARATION: &str = "CreatePolicy";

/// A stack that listens somewhere, and what it was asked.
#[derive(Debug, Clone)]
pub struct Stack {
    pub url: String,
    connector: Arc<Connector>,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Stack {
    pub fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let stack = self.clone();
        HttpConnectorFuture::new(async move {
            let asked = Request::of(&request);
            let (answer, origin) = match modelled(asked.call()) {
                Some(answer) => (answer, Origin::Unproven),
                None => (stack.ask(request).await?, Origin::Deployed),
            };
            let response = HttpResponse::new(
                answer.status.try_into().unwrap(),
                SdkBody::from(answer.body.as_str()),
            );
            let call = asked.call().to_owned();
            let exchange = Exchange {
                call,
                origin,
                request: asked,
                answer,
            };
            stack.exchanges.lock().unwrap().push(exchange);
            Ok(response)
        })
    }

    async fn ask(&self, request: HttpRequest) -> Result<Answer, ConnectorError> {
        let response = self.connector.call(request).await?;
        let status = response.status().as_u16();
        let body = ByteStream::new(response.into_body()).collect().await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Ok(Answer { status, body })
    }
}

/// Makes the recording of a flow anew.
pub async fn record(flow: &str, url: &str) {
    let stack = Stack {
        url: url.to_owned(),
        connector: Arc::new(Connector::builder().build_http()),
        exchanges: Arc::default(),
    };
    let mut reset = HttpRequest::new(SdkBody::empty());
    reset.set_method("POST").unwrap();
    reset.set_uri(format!("{url}/_ministack/reset")).unwrap();
    assert_eq!(stack.ask(reset).await.unwrap().status, 200);
    let service = Service::of(stack.clone());
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}"#;
    let made = service
        .control()
        .create_policy()
        .policy_name(POLICY)
        .policy_document(policy)
        .send()
        .await;
    made.unwrap();
    let outcome = play(flow, &service).await.unwrap();
    let mut exchanges = std::mem::take(&mut *stack.exchanges.lock().unwrap());
    exchanges.retain(|exchange| exchange.call != PREPARATION);
    Recording { outcome, exchanges }.save(flow);
}
