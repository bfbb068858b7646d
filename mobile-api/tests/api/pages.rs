//! The pages.

use http::Method;

use crate::world::World;

#[tokio::test]
async fn pages_and_their_files_are_served_with_types_and_policy() {
    let world = World::new().await;
    for (path, kind, caching) in [
        ("/", "text/html; charset=utf-8", "private, max-age=3600"),
        ("/fleet", "text/html; charset=utf-8", "private, max-age=3600"),
        ("/web/phone.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/web/phone.css", "text/css; charset=utf-8", "no-cache"),
        ("/web/icon.svg", "image/svg+xml", "no-cache"),
    ] {
        let answer = world.send(world.request(Method::GET, path)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, Some(kind)),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), Some(caching), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(
            answer.header("content-security-policy"),
            Some(
                "default-src 'self'; connect-src 'self' ws://localhost:8884; img-src 'self' blob: data:; \
                 base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            )
        );
    }
}

#[tokio::test]
async fn a_page_names_files_that_never_change() {
    let world = World::new().await;
    let page = world.send(world.request(Method::GET, "/")).await;
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    let path = text.split('"').find(|part| part.ends_with("/phone.js")).unwrap();
    assert_eq!(path.split('/').count(), 4, "{path}");
    let file = world.send(world.request(Method::GET, path)).await;
    assert_eq!(
        file.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    let of_another = world.send(world.request(Method::GET, "/web/0123/phone.js")).await;
    assert_eq!(of_another.header("cache-control"), Some("no-cache"));
    assert_eq!(of_another.body, file.body);
}

#[tokio::test]
async fn nothing_but_the_files_of_the_pages_is_served() {
    let world = World::new().await;
    for path in [
        "/web/",
        "/web/none.js",
        "/web/0123/none.js",
        "/web/..%2f..%2fCargo.toml",
        "/web/../Cargo.toml",
        "/favicon.ico",
    ] {
        assert_eq!(
            world.send(world.request(Method::GET, path)).await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn who_finds_a_vulnerability_learns_whom_to_tell() {
    let request = |world: &World| world.request(Method::GET, "/.well-known/security.txt");
    let world = World::with_security_contact("mailto:security@example.org").await;
    let answer = world.send(request(&world)).await;
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Contact: mailto:security@example.org");
    assert!(
        lines[1].starts_with("Expires: 20") && lines[1].ends_with('Z'),
        "{}",
        lines[1]
    );
    let world = World::new().await;
    assert_eq!(world.send(request(&world)).await.status, 404);
}
