//! Who asks the API while too much is under way is told to come again, so that those who were let in are answered in
//! time; on AWS the gateway and Lambda's concurrency do so.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mobile_api::Problem;
use tokio::sync::Semaphore;

/// How many requests are worked on at a time.
pub const MAX_REQUESTS: usize = 64;
/// When somebody who was turned away may come again: far more than that many requests take.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How many more requests may be worked on now.
pub type Room = Arc<Semaphore>;

/// Lets a request in if there is room, and otherwise answers it with 429 and `Retry-After`.
pub async fn let_in(State(room): State<Room>, request: Request, next: Next) -> Response {
    match room.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => Problem::busy(RETRY_AFTER).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::{StatusCode, header};
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tokio::net::TcpListener;
    use tokio::sync::Notify;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    async fn served(room: Room, go: Arc<Notify>) -> String {
        let wait = move || async move { go.notified().await };
        let router = Router::new()
            .route("/", get(wait))
            .layer(from_fn_with_state(room, let_in));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        url
    }

    async fn ask(url: &str) -> (u16, Option<String>) {
        let url = url.to_owned();
        let asked = tokio::task::spawn_blocking(move || {
            let agent: ureq::Agent = ureq::Agent::config_builder()
                .http_status_as_error(false)
                .build()
                .into();
            let answer = agent.get(&url).call().unwrap();
            let wait = answer.headers().get(header::RETRY_AFTER.as_str());
            let wait = wait.map(|wait| wait.to_str().unwrap().to_owned());
            (answer.status().as_u16(), wait)
        });
        asked.await.unwrap()
    }

    #[tokio::test]
    async fn who_finds_no_room_is_told_when_to_come_again() {
        let (room, go) = (Arc::new(Semaphore::new(1)), Arc::new(Notify::new()));
        let url = served(room.clone(), go.clone()).await;
        let first = tokio::spawn({
            let url = url.clone();
            async move { ask(&url).await }
        });
        let taken = async {
            while room.available_permits() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, taken).await.unwrap();
        let turned_away = StatusCode::TOO_MANY_REQUESTS.as_u16();
        assert_eq!(ask(&url).await, (turned_away, Some("1".to_owned())));
        go.notify_one();
        assert_eq!(first.await.unwrap().0, StatusCode::OK.as_u16());
        assert_eq!(room.available_permits(), 1);
    }
}
