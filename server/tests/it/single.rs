//! Single sign-on against a provider that can be made to lie. The real one is end2end's (`support/provider.mjs`).

use crate::support::{Console, PASSWORD, cookie, location, text};
use app::paths::{SINGLE, SINGLE_BACK, encode, pairs};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use domain::role::Role;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use server::door::oidc::{Provider, Settings};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const SECRET: &str = "canary-client-secret-5e";

fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let n = (0..3).fold(0_u32, |n, at| (n << 8) | u32::from(three.get(at).copied().unwrap_or_default()));
        (0..=three.len()).for_each(|at| out.push(char::from(LETTERS[((n >> (18 - 6 * at)) & 63) as usize])));
    }
    out
}

/// What the provider answers next.
#[derive(Clone, Default)]
struct Told {
    claims: Value,
    /// In place of the right header.
    header: Option<Value>,
    asked: HashMap<String, String>,
}

#[derive(Clone)]
struct Liar {
    issuer: String,
    key: Arc<EcdsaKeyPair>,
    told: Arc<Mutex<Told>>,
}

impl Liar {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let rng = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &rng).unwrap();
        let liar = Self { issuer: format!("http://{}", listener.local_addr().unwrap()), key: Arc::new(key), told: Arc::default() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(Self::metadata))
            .route("/jwks", get(Self::keys))
            .route("/token", post(Self::token))
            .with_state(liar.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        liar
    }

    async fn metadata(State(liar): State<Self>) -> Json<Value> {
        let at = |path: &str| format!("{}/{path}", liar.issuer);
        Json(json!({
            "issuer": liar.issuer, "authorization_endpoint": at("auth"), "token_endpoint": at("token"), "jwks_uri": at("jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"],
        }))
    }

    async fn keys(State(liar): State<Self>) -> Json<Value> {
        let point = &liar.key.public_key().as_ref()[1..];
        Json(
            json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k", "x": base64url(&point[..32]), "y": base64url(&point[32..])}]}),
        )
    }

    async fn token(State(liar): State<Self>, Form(asked): Form<HashMap<String, String>>) -> Json<Value> {
        let mut told = liar.told.lock().unwrap();
        told.asked = asked;
        let header = told.header.clone().unwrap_or_else(|| json!({"alg": "ES256", "kid": "k"}));
        let signed = [header, told.claims.clone()].map(|part| base64url(part.to_string().as_bytes())).join(".");
        let signature = liar.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        let token = format!("{signed}.{}", base64url(signature.as_ref()));
        Json(json!({"access_token": "canary-access-token", "token_type": "Bearer", "expires_in": 60, "id_token": token}))
    }

    async fn console(&self) -> Console {
        let settings = Settings {
            issuer: IssuerUrl::new(self.issuer.clone()).unwrap(),
            client_id: ClientId::new("console".into()),
            client_secret: Some(ClientSecret::new(SECRET.into())),
            redirect: RedirectUrl::new(format!("https://console.example{SINGLE_BACK}")).unwrap(),
            scopes: vec!["profile".into()],
            group_claim: "groups".into(),
            roles: vec![(Role::Viewer, "everybody".into()), (Role::Operator, "operators".into())],
            label: "Example’s sign-on".into(),
        };
        let connector = server::gateway::client::connector(&self.issuer).unwrap();
        Console::with_provider(Provider::new(settings, connector)).await
    }

    /// Goes to the provider and back, which tells `claims`; the cookie of before, and where it led with which cookie.
    async fn through(&self, console: &Console, claims: Value, header: Option<Value>, forged: Option<&str>) -> (String, String, String) {
        let away = console.get(&format!("{SINGLE}?to=/fleets%3Fstate%3Drunning"), "").await;
        assert_eq!(away.status(), StatusCode::SEE_OTHER);
        let before = cookie(&away);
        let url = location(&away);
        let (at, query) = url.split_once('?').unwrap();
        assert_eq!(at, format!("{}/auth", self.issuer));
        let sent: HashMap<String, String> = pairs(query).into_iter().collect();
        assert_eq!((sent["scope"].as_str(), sent["code_challenge_method"].as_str()), ("openid profile", "S256"));
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        let mut all = json!({"iss": self.issuer, "aud": "console", "sub": "s-1", "iat": now, "exp": now + 60, "nonce": sent["nonce"],
            "preferred_username": "Ana.Silva", "groups": ["everybody", "operators"]});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        *self.told.lock().unwrap() = Told { claims: all, header, asked: HashMap::new() };
        let state = forged.unwrap_or(&sent["state"]);
        let back = console.get(&format!("{SINGLE_BACK}?code=c-1&state={}", encode(state)), &before).await;
        let asked = self.told.lock().unwrap().asked.clone();
        if let Some(verifier) = asked.get("code_verifier") {
            assert_eq!(base64url(&Sha256::digest(verifier.as_bytes())), sent["code_challenge"], "PKCE");
            assert_eq!(asked["code"], "c-1");
        }
        let to = location(&back);
        let after = back.headers().get("set-cookie").map_or_else(|| before.clone(), |_| cookie(&back));
        (before, to, after)
    }
}

async fn account(console: &Console, name: &str) -> Option<(String, Option<String>)> {
    sqlx::query_as("select role, subject from accounts where name = $1").bind(name).fetch_optional(&console.pool).await.unwrap()
}

#[tokio::test]
async fn somebody_of_a_mapped_group_comes_in_with_its_greatest_role() {
    let liar = Liar::start().await;
    let console = liar.console().await;
    let page = text(console.get("/sign-in?to=/fleets", "").await).await;
    assert!(page.contains("Example’s sign-on") && page.contains("/sign-in/single?to=/fleets"), "{page}");
    let (before, to, mine) = liar.through(&console, json!({}), None, None).await;
    assert_eq!(to, "/fleets?state=running");
    assert_ne!(before, mine, "a new id");
    assert_eq!(console.get("/fleets", &mine).await.status(), StatusCode::OK);
    assert_eq!(account(&console, "ana.silva").await.unwrap(), ("operator".into(), Some(format!("{}\ns-1", liar.issuer))));
    // The same person under another name, with other groups: the same account, and the sign-in with the old role ends.
    let (.., again) = liar.through(&console, json!({"preferred_username": "ana", "groups": "everybody"}), None, None).await;
    assert_eq!(console.get("/fleets", &again).await.status(), StatusCode::OK);
    assert_eq!(console.get("/fleets", &mine).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(account(&console, "ana.silva").await.unwrap().0, "viewer");
    // There is no password for it.
    for password in ["", "x", PASSWORD] {
        let (_, told) =
            console.call("/api/sign-in", "", &format!("form[user]=ana.silva&form[password]={}", password.replace(' ', "+"))).await;
        assert!(!told.is_null(), "{told}");
    }
    let told = console.read("/api/account", &again).await;
    assert_eq!(told["has_password"], false);
    let accounts = server::door::Accounts(console.pool.clone());
    assert!(accounts.renew("ana.silva").await.unwrap_err().contains("single sign-on"));
    assert!(accounts.set_role("ana.silva", Role::Administrator).await.unwrap_err().contains("single sign-on"));
    // Nothing of the provider is kept.
    for file in std::fs::read_dir(console.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [SECRET, "canary-access-token"] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_believed_signs_nobody_in_and_is_recorded() {
    let liar = Liar::start().await;
    let console = liar.console().await;
    for (what, (claims, header, forged)) in [
        ("another nonce", (json!({"nonce": "another"}), None, None)),
        ("another audience", (json!({"aud": "another"}), None, None)),
        ("another issuer", (json!({"iss": "https://evil.example"}), None, None)),
        ("too old", (json!({"exp": 1_000_000}), None, None)),
        ("unsigned", (json!({}), Some(json!({"alg": "none"})), None)),
        ("signed with the client’s secret", (json!({}), Some(json!({"alg": "HS256"})), None)),
        ("another key", (json!({}), Some(json!({"alg": "ES256", "kid": "other"})), None)),
        ("another state", (json!({}), None, Some("forged"))),
        ("no group", (json!({"groups": []}), None, None)),
        ("another’s group", (json!({"groups": ["strangers"]}), None, None)),
        ("an account’s name", (json!({"preferred_username": "admin"}), None, None)),
    ] {
        let (before, to, after) = liar.through(&console, claims, header, forged).await;
        assert_eq!(to, "/sign-in?to=/fleets%3Fstate%3Drunning", "{what}");
        for cookie in [&before, &after] {
            assert_eq!(console.get("/fleets", cookie).await.status(), StatusCode::SEE_OTHER, "{what}");
        }
        let page = text(console.get("/sign-in", &after).await).await;
        assert!(page.contains("Single sign-on did not let you in"), "{what}: {page}");
        if what == "no group" {
            assert!(page.contains("None of the groups of ana.silva has a role in this console."));
        }
    }
    assert_eq!(account(&console, "admin").await.unwrap(), ("administrator".into(), None));
    let failed: i64 = sqlx::query_scalar("select count(*) from audit where action = 'sign-in' and outcome = 'failed'")
        .fetch_one(&console.pool)
        .await
        .unwrap();
    assert_eq!(failed, 11);
    // A code is of use once, in the browser that asked for it.
    let (.., mine) = liar.through(&console, json!({}), None, None).await;
    assert_eq!(console.get("/fleets", &mine).await.status(), StatusCode::OK);
    let again = console.get(&format!("{SINGLE_BACK}?code=c-1&state=x"), &mine).await;
    assert_eq!(location(&again), "/sign-in");
    // Whoever is disabled here stays out, whatever the provider says.
    let admin = console.sign_in().await;
    console.call("/api/accounts/act", &admin, "form[verb]=disable&form[name]=ana.silva").await;
    let (_, to, after) = liar.through(&console, json!({}), None, None).await;
    assert!(to.starts_with("/sign-in") && text(console.get("/sign-in", &after).await).await.contains("is disabled"));
}

#[tokio::test]
async fn without_a_provider_there_is_none() {
    let console = Console::start(simulator::Seed::Empty).await;
    assert!(!text(console.get("/sign-in", "").await).await.contains(SINGLE));
    for path in [SINGLE, SINGLE_BACK] {
        let answer = console.get(&format!("{path}?to=//evil.example"), "").await;
        assert_eq!(location(&answer), "/sign-in");
    }
}
